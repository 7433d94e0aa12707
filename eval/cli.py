"""``diance eval``: the retrieval measures of a question file, modes side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.measures import MEASURES, Estimate
from eval.questions import DATASETS, read_questions
from eval.run import ModeReport, evaluate_mode
from indexer.errors import DianceError
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings


def evaluate(
    questions: Annotated[
        Path | None, typer.Option(help="问题文件(JSON Lines),默认 eval/datasets/dev.jsonl")
    ] = None,
    mode: Annotated[list[Mode] | None, typer.Option(help="只测这些检索方式,可重复")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写入这个文件")] = None,
) -> None:
    """测量检索效果:success@k、MRR、nDCG 及置信区间,按检索方式和提问风格列出。"""
    path = questions or DATASETS / "dev.jsonl"
    asked = read_questions(path)
    index = SearchIndex.open(IndexSettings())
    modes = mode or list(Mode)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("提问", total=len(asked) * len(modes))
        reports = [
            evaluate_mode(index, asked, each, lambda: progress.advance(task)) for each in modes
        ]
    console = Console(width=150)
    console.print(f"{path}:{len(asked)} 个问题,95% 置信区间(自助法)")
    console.print(_table(reports))
    for report in reports:
        console.print(
            f"{report.mode.value}:单次检索 p50 {report.p50_ms:.1f} 毫秒,"
            f"p99 {report.p99_ms:.1f} 毫秒;前10条没有答案的问题 {len(report.failed)} 个"
        )
    if json_file is not None:
        _write(json_file, reports)


def _table(reports: Sequence[ModeReport]) -> Table:
    table = Table("检索方式", "风格", "问题数", *MEASURES)
    for report in reports:
        for style, measures in report.measures.items():
            cells = [_cell(measures[name]) for name in MEASURES]
            table.add_row(report.mode.value, style, str(report.questions[style]), *cells)
        table.add_section()
    return table


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]".replace("[", "\\[")


def _write(path: Path, reports: Sequence[ModeReport]) -> None:
    content = {report.mode.value: asdict(report) for report in reports}
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None

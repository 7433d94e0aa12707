"""``diance eval``: our own questions, the ladder of an ablation, or a public benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.ablation import measure_ladder
from eval.benchmark import measure_benchmark, read_benchmark
from eval.plots import plot_ladder, require_plotting
from eval.progress import MeasureProgress
from eval.questions import DATASETS, read_questions
from eval.reports import (
    show_ablation,
    show_benchmark,
    show_modes,
    write_modes,
    write_report,
)
from eval.run import evaluate_mode
from indexer.errors import DianceError
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings


def evaluate(
    questions: Annotated[
        Path | None, typer.Option(help="问题文件(JSON Lines),默认 eval/datasets/dev.jsonl")
    ] = None,
    mode: Annotated[list[Mode] | None, typer.Option(help="只测这些检索方式,可重复")] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="逐步加上检索的各个部分,看每一步的作用")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="把 --ablation 的结果画成图(.svg 或 .png)")
    ] = None,
    benchmark: Annotated[
        Path | None, typer.Option(help="改测这个目录中的公开基准(法条检索)")
    ] = None,
    limit_articles: Annotated[
        int | None, typer.Option(min=1, help="--benchmark 只用这么多条法条,粗略一看")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写入这个文件")] = None,
) -> None:
    """测量检索效果:success@k、MRR、nDCG 及置信区间,按检索方式和提问风格列出。"""
    _refuse(
        {
            "--ablation 和 --benchmark 不能同时用,请分两次运行": ablation and benchmark,
            "--ablation 的每一步都定好了检索方式,请去掉 --mode": ablation and mode,
            "--benchmark 自带问题,请去掉 --questions": benchmark and questions,
            "--plot 画的是 --ablation 的结果,请加上 --ablation": plot and not ablation,
            "--limit-articles 请与 --benchmark 一起用": limit_articles and not benchmark,
        }
    )
    path = questions or DATASETS / "dev.jsonl"
    if benchmark is not None:
        _benchmark(benchmark, limit_articles, mode or list(Mode), json_file)
    elif ablation:
        _ablation(path, plot, json_file)
    else:
        _modes(path, mode or list(Mode), json_file)


def _refuse(clashes: Mapping[str, object]) -> None:
    """Options that don't go together, by what to say of them."""
    for message, is_clash in clashes.items():
        if is_clash:
            raise DianceError(f"{message}。")


def _modes(path: Path, modes: Sequence[Mode], json_file: Path | None) -> None:
    asked = read_questions(path)
    index = SearchIndex.open(IndexSettings())
    done = 0
    with _progress() as progress:

        def advance() -> None:
            nonlocal done
            done += 1
            progress.asking(done, len(asked) * len(modes))

        reports = [evaluate_mode(index, asked, each, advance) for each in modes]
    show_modes(reports, path)
    if json_file is not None:
        write_modes(json_file, reports)


def _ablation(path: Path, plot: Path | None, json_file: Path | None) -> None:
    if plot is not None:
        require_plotting(plot)
    asked = read_questions(path)
    with _progress() as progress:
        report = measure_ladder(IndexSettings(), asked, progress=progress)
    show_ablation(report, path)
    if json_file is not None:
        write_report(json_file, report)
    if plot is not None:
        plot_ladder(report, plot)


def _benchmark(
    folder: Path, limit: int | None, modes: Sequence[Mode], json_file: Path | None
) -> None:
    benchmark = read_benchmark(folder, limit)
    with _progress() as progress:
        report = measure_benchmark(benchmark, IndexSettings(), modes=modes, progress=progress)
    show_benchmark(report)
    if json_file is not None:
        write_report(json_file, report)


def _progress() -> MeasureProgress:
    return MeasureProgress(Console(stderr=True))

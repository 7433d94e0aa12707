"""``diance eval``: our own questions, the ladder of an ablation, or a public benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.ablation import AblationReport, measure_ladder
from eval.answerability import measure_answerability
from eval.benchmark import measure_benchmark, read_benchmark
from eval.engine_agreement import measure_agreement
from eval.negatives import NEGATIVES
from eval.plots import plot_ladder, require_plotting
from eval.progress import MeasureProgress
from eval.questions import DATASETS, Question, read_questions
from eval.report_page import Evaluation, prepare_folder, write_page
from eval.reports import (
    show_ablation,
    show_agreement,
    show_benchmark,
    show_modes,
    write_agreement,
    write_modes,
    write_report,
)
from eval.run import ModeReport, evaluate_mode
from indexer.errors import DianceError
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings


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
    report: Annotated[
        Path | None,
        typer.Option(help="在这个目录中写一份网页报告:检索、用时、拒答、没有答对的问题"),
    ] = None,
    benchmark: Annotated[
        Path | None, typer.Option(help="改测这个目录中的公开基准(法条检索)")
    ] = None,
    engines: Annotated[
        bool, typer.Option("--engines", help="比较 embedded 和 milvus 两个引擎的结果是否一致")
    ] = False,
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
            "--engines 只比较引擎,请单独运行": engines
            and (ablation or benchmark or report or mode),
            "--report 写的是自己的问题,请去掉 --benchmark": report and benchmark,
            "--report 把各项测量写成网页,请去掉 --json": report and json_file,
            "--benchmark 自带问题,请去掉 --questions": benchmark and questions,
            "--plot 画的是 --ablation 的结果,请加上 --ablation": plot and not ablation,
            "--limit-articles 请与 --benchmark 一起用": limit_articles and not benchmark,
        }
    )
    path = questions or DATASETS / "dev.jsonl"
    if engines:
        _engines(path, json_file)
        return
    if report is not None:
        prepare_folder(report)
    if benchmark is not None:
        _benchmark(benchmark, limit_articles, mode or list(Mode), json_file)
        return
    ladder = _ablation(path, plot, json_file) if ablation else None
    if report is not None:
        _report(report, path, mode or list(Mode), ladder)
    elif ladder is None:
        _modes(path, mode or list(Mode), json_file)


def _refuse(clashes: Mapping[str, object]) -> None:
    """Options that don't go together, by what to say of them."""
    for message, is_clash in clashes.items():
        if is_clash:
            raise DianceError(f"{message}。")


def _modes(path: Path, modes: Sequence[Mode], json_file: Path | None) -> None:
    asked = read_questions(path)
    with _progress() as progress:
        index = SearchIndex.open(IndexSettings())
        reports = _measure_modes(index, asked, modes, progress)
    show_modes(reports, path)
    if json_file is not None:
        write_modes(json_file, reports)


def _engines(path: Path, json_file: Path | None) -> None:
    asked = read_questions(path)
    with _progress() as progress:
        agreements = measure_agreement(IndexSettings(), asked, progress)
    show_agreement(agreements, path)
    if json_file is not None:
        write_agreement(json_file, agreements)


def _measure_modes(
    index: SearchIndex,
    asked: Sequence[Question],
    modes: Sequence[Mode],
    progress: MeasureProgress,
) -> list[ModeReport]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress.asking(done, len(asked) * len(modes))

    return [evaluate_mode(index, asked, each, advance) for each in modes]


def _report(
    folder: Path, path: Path, modes: Sequence[Mode], ablation: AblationReport | None
) -> None:
    settings = ServerSettings()
    asked = read_questions(path)
    index = SearchIndex.open(settings)
    with _progress() as progress:
        progress.step("检索")
        reports = _measure_modes(index, asked, modes, progress)
    with _progress() as progress:
        progress.step("拒答")
        answerer = KnowledgeBase(index).answerer
        answerability = measure_answerability(answerer, NEGATIVES, progress.asking)
    evaluation = Evaluation(path.name, asked, reports, answerability, ablation)
    page = write_page(folder, evaluation, f"http://127.0.0.1:{settings.port}")
    Console(soft_wrap=True).print(f"报告已写入 {page},用浏览器打开", markup=False)


def _ablation(path: Path, plot: Path | None, json_file: Path | None) -> AblationReport:
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
    return report


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

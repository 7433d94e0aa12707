"""``diance eval-answers``, ``eval-refusals``, ``eval-benefits``, and ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.answerability import measure_answerability
from eval.answers import evaluate_answers
from eval.calibration import calibrate, write_calibration
from eval.negatives import NEGATIVES
from eval.plots import plot_reliability, require_plotting
from eval.progress import MeasureProgress
from eval.questions import DATASETS, read_questions
from eval.reports import show_answerability, show_answers, show_subsidies, write_report
from eval.subsidies import PERSONAS, measure_cases, read_cases
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.knowledge_base import KnowledgeBase

JsonFile = Annotated[Path | None, typer.Option("--json", help="把结果写入这个文件")]


def evaluate_answers_command(
    questions: Annotated[Path, typer.Option(help="问题文件(JSON Lines)")] = DATASETS / "dev.jsonl",
    json_file: JsonFile = None,
) -> None:
    """测量回答:出处对不对、原文答没答到、字数、拒答和用时。"""
    asked = read_questions(questions)
    answerer = _knowledge_base().answerer
    done = 0
    with _progress() as progress:

        def advance() -> None:
            nonlocal done
            done += 1
            progress.asking(done, len(asked))

        report = evaluate_answers(answerer, asked, advance)
    show_answers(report, questions)
    if json_file is not None:
        write_report(json_file, report)


def evaluate_refusals(
    negatives: Annotated[
        Path, typer.Option(help="这个文件中的问题汇编没有答案,应当拒答")
    ] = NEGATIVES,
    plot: Annotated[Path | None, typer.Option(help="把可靠性曲线画成图(.svg 或 .png)")] = None,
    json_file: JsonFile = None,
) -> None:
    """测量拒答:没有答案的问题拒了多少,有答案的误拒了多少,把握准不准。"""
    if plot is not None:
        require_plotting(plot)
    with _progress() as progress:
        answerer = _knowledge_base().answerer
        report = measure_answerability(answerer, negatives, progress.asking)
    show_answerability(report, negatives)
    if json_file is not None:
        write_report(json_file, report)
    if plot is not None:
        plot_reliability(report, plot)


def evaluate_benefits(
    cases: Annotated[
        Path, typer.Option(help="人和单位的案例:JSON Lines、YAML,或放 YAML 文件的目录")
    ] = PERSONAS,
    json_file: JsonFile = None,
) -> None:
    """测量待遇匹配:该找到的条款找到多少,不该适用的有没有误判,按表单和按问题各测一次。"""
    read = read_cases(cases)
    report = measure_cases(_knowledge_base(), read)
    show_subsidies(report, cases)
    if json_file is not None:
        write_report(json_file, report)


def calibrate_command() -> None:
    """重新拟合判断有无答案的权重,写回程序(更换模型或修改问法以后用)。"""
    with _progress() as progress:
        write_calibration(calibrate(IndexSettings(), progress.step))


def _knowledge_base() -> KnowledgeBase:
    return KnowledgeBase(SearchIndex.open(IndexSettings()))


def _progress() -> MeasureProgress:
    return MeasureProgress(Console(stderr=True))

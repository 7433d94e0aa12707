"""What ``diance eval`` prints and writes: tables for readers, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from eval.ablation import SIGNIFICANT, TESTED, AblationReport, Comparison
from eval.answerability import AnswerabilityReport
from eval.answers import ANSWER_MEASURES, AnswersReport
from eval.benchmark import BENCHMARK_MEASURES, BenchmarkReport
from eval.engine_agreement import DEPTH, Agreement
from eval.measures import MEASURES, Estimate
from eval.run import OVERALL, ModeReport
from eval.subsidies import SubsidyReport, found_share
from indexer.errors import DianceError
from indexer.search import Mode

_LADDER_MEASURES = ("success@1", "success@5", "ndcg@10")
_console = Console(width=150, highlight=False)


def show_modes(reports: Sequence[ModeReport], path: Path) -> None:
    """Modes one below the other, each by style, with times."""
    count = reports[0].questions[OVERALL]
    _console.print(f"{path}:{count} 个问题,95% 置信区间(自助法)", markup=False)
    table = Table("检索方式", "风格", "问题数", *MEASURES)
    for report in reports:
        for style, measures in report.measures.items():
            cells = [_cell(measures[name]) for name in MEASURES]
            table.add_row(report.mode.value, style, str(report.questions[style]), *cells)
        table.add_section()
    _console.print(table)
    for report in reports:
        _console.print(
            f"{report.mode.value}:单次检索 p50 {report.p50_ms:.1f} 毫秒,"
            f"p99 {report.p99_ms:.1f} 毫秒;前10条没有答案的问题 {len(report.failed)} 个"
        )


def show_agreement(agreements: Sequence[Agreement], path: Path) -> None:
    """How far the engines agree, a mode a row."""
    count = agreements[0].questions
    _console.print(f"{path}:{count} 个问题,embedded 与 milvus 用同一份索引", markup=False)
    table = Table("检索方式", "首条相同", f"前{DEPTH}条重合", "embedded p50", "milvus p50")
    for each in agreements:
        times = [f"{milliseconds:.1f} 毫秒" for milliseconds in (each.embedded_ms, each.milvus_ms)]
        table.add_row(each.mode.value, f"{each.top1:.3f}", f"{each.overlap:.3f}", *times)
    _console.print(table)


def show_ablation(report: AblationReport, path: Path) -> None:
    """The ladder, a step a row, each compared with the one above it."""
    styles = [style for style in report.questions if style != OVERALL]
    _console.print(f"{path}:{report.questions[OVERALL]} 个问题,95% 置信区间(自助法)", markup=False)
    table = Table(title="每一步沿用上一步的设置", title_justify="left", show_lines=True)
    table.add_column("步骤", no_wrap=True)
    for name in _LADDER_MEASURES:
        table.add_column(name)
    for style in styles:
        table.add_column(f"{style}\n({report.questions[style]})", justify="right")
    for head in ("nDCG 差", "p", "p 校正"):
        table.add_column(head, justify="right", no_wrap=True)
    for each in report.steps:
        # The interval below the mean: side by side the row would be too wide for a terminal.
        overall = [_cell(each.measures[OVERALL][n]).replace(" ", "\n", 1) for n in _LADDER_MEASURES]
        by_style = [f"{each.measures[style]['success@1'].mean:.3f}" for style in styles]
        table.add_row(each.step.label, *overall, *by_style, *_compared(each.comparison))
    _console.print(table)
    _console.print(
        f"各风格一栏是 success@1。p:与上一步的 {TESTED} 逐题配对,随机化检验(双侧);"
        f"p 校正:对整张表作 Holm 校正,* 表示小于 {SIGNIFICANT}。"
    )
    for step in report.skipped:
        _console.print(f"略去“{step.label}”:与上一步的设置完全相同。", markup=False)


def _compared(comparison: Comparison | None) -> list[str]:
    if comparison is None:
        return ["", "", ""]
    mark = "*" if comparison.p_holm < SIGNIFICANT else ""
    return [
        f"{comparison.difference:+.3f}",
        f"{comparison.p:.4f}",
        f"{comparison.p_holm:.4f}{mark}",
    ]


def show_answerability(report: AnswerabilityReport, path: Path) -> None:
    """Refusals by group, then the bins of the confidence."""
    table = Table("问题", "数量", "拒答", "说明了缺什么", title=str(path), title_justify="left")
    for each in report.refusals:
        table.add_row(each.group, str(each.questions), _cell(each.refused), str(each.named))
    _console.print(table)
    bins = Table("把握", "问题数", "平均把握", "确有答案", title="可靠性", title_justify="left")
    for place in report.bins:
        span = f"{place.low:.1f}—{place.high:.1f}"
        means = f"{place.confidence:.3f}", f"{place.answered:.3f}"
        bins.add_row(span, str(place.questions), *means)
    _console.print(bins)
    _console.print(
        f"可靠性在没有用来拟合的问题(test)上计算,有答案和没有答案的各占一半:"
        f"Brier {report.brier:.3f},ECE {report.calibration_error:.3f}"
    )
    for each in report.refusals:
        for question in each.wrong:
            _console.print(f"判断有误({each.group}):{question}", markup=False)


def show_benchmark(report: BenchmarkReport) -> None:
    """Modes one below the other."""
    model = f",向量模型 {report.model}" if set(report.measures) != {Mode.LEXICAL} else ""
    _console.print(
        f"公开基准 {report.name}:{report.questions} 个问题,{report.articles} 条法条"
        f"{model},95% 置信区间(自助法)",
        markup=False,
    )
    table = Table("检索方式", *BENCHMARK_MEASURES)
    for mode, measures in report.measures.items():
        table.add_row(mode.value, *(_cell(measures[name]) for name in BENCHMARK_MEASURES))
    _console.print(table)
    if report.is_limited:
        _console.print(
            f"注意:只在全部 {report.articles_in_all} 条中的 {report.articles} 条里找"
            "(答案全部保留,其余随机抽取),数值偏高,不能与全部法条上的结果比较。"
        )


def show_answers(report: AnswersReport, path: Path) -> None:
    """Measures of answers over all questions, by style and by kind."""
    count = report.questions[OVERALL]
    _console.print(f"{path}:{count} 个问题,95% 置信区间(自助法)", markup=False)
    table = Table("问题", "问题数", *ANSWER_MEASURES)
    for group, measures in report.measures.items():
        cells = [_cell(measures[name]) for name in ANSWER_MEASURES if name != "characters"]
        cells.insert(ANSWER_MEASURES.index("characters"), f"{measures['characters'].mean:.0f}")
        table.add_row(group, str(report.questions[group]), *cells)
    _console.print(table)
    _console.print(
        f"单次回答 p50 {report.p50_ms:.1f} 毫秒,p99 {report.p99_ms:.1f} 毫秒;"
        f"原文不对的问题 {len(report.wrong)} 个。"
        "cited@k:前 k 处出处中有正确的条款;right:原文含有答案及其数字;quoted:原文含有答案;"
        "characters:平均字数;refused:回答“没有规定”的比例。"
    )


def show_subsidies(report: SubsidyReport, path: Path) -> None:
    """Entries found, figures given and entries wrongly applied, then each case that fails."""
    ways = {"按表单(profile)": report.by_profile, "按问题(question)": report.by_question}
    table = Table(
        "方式", "案例", "应找到", "找到", "数额正确", "误判适用", "p50 毫秒", title=str(path)
    )
    for way, results in ways.items():
        figures = sum(result.figures for result in results)
        missed = sum(len(result.figures_missed) for result in results)
        table.add_row(
            way,
            str(len(results)),
            str(sum(result.expected for result in results)),
            f"{found_share(results):.3f}",
            f"{1 - missed / max(figures, 1):.3f} ({figures})",
            str(sum(len(result.wrongly_applied) for result in results)),
            f"{median(result.seconds for result in results) * 1000:.1f}",
        )
    _console.print(table)
    for way, results in ways.items():
        for result in results:
            for name, quotes in (("没有找到", result.missed), ("误判适用", result.wrongly_applied)):
                for words in quotes:
                    _console.print(f"{way} {result.id} {name}:{words}", markup=False)


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]".replace("[", "\\[")


def write_modes(path: Path, reports: Sequence[ModeReport]) -> None:
    """``{mode: report}``.

    Raises:
        DianceError: the file can't be written.
    """
    _write(path, {report.mode.value: asdict(report) for report in reports})


def write_agreement(path: Path, agreements: Sequence[Agreement]) -> None:
    """``{mode: agreement}``.

    Raises:
        DianceError: the file can't be written.
    """
    _write(path, {each.mode.value: asdict(each) for each in agreements})


def write_report(
    path: Path,
    report: AblationReport | AnswerabilityReport | AnswersReport | BenchmarkReport | SubsidyReport,
) -> None:
    """The report as it is.

    Raises:
        DianceError: the file can't be written.
    """
    _write(path, asdict(report))


def _write(path: Path, content: object) -> None:
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None

"""``make load`` and ``make soak``: ``python -m eval.load [soak]``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from eval.load.scenarios import ScenarioReport, measure, scenarios
from eval.load.served import serving
from eval.load.soak import MOST_GROWTH, SoakReport, soak
from eval.load.traffic import all_questions
from eval.progress import MeasureProgress
from indexer.errors import DianceError

_MEBIBYTE = 2**20
_out = Console(width=170, highlight=False)
_err = Console(stderr=True)

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
Workers = Annotated[int | None, typer.Option(min=1, help="服务的进程数,默认与处理器核数相同")]


@app.command("load")
def load(
    seconds: Annotated[int, typer.Option(min=1, help="每个场景的秒数")] = 20,
    workers: Workers = None,
) -> None:
    """给真实的服务加压:平稳、突发、慢客户端、过大的请求,列出用时、拒绝和差错。"""
    workers = workers or _cores()
    reports = []
    with MeasureProgress(_err) as progress, serving(workers) as server:
        for scenario in scenarios(all_questions(), seconds):
            progress.step(scenario.name)
            reports.append(measure(server, scenario))
    _show_scenarios(reports, workers)
    if any(report.faults for report in reports):
        raise typer.Exit(1)


@app.command("soak")
def soak_command(
    requests: Annotated[int, typer.Option(min=1000, help="请求数")] = 100_000,
    workers: Workers = None,
) -> None:
    """长时间运行:问很多次,看内存和打开的文件有没有增长。"""
    with MeasureProgress(_err) as progress, serving(workers or _cores()) as server:
        report = soak(
            server, all_questions(), requests, lambda done: progress.asking(done, requests)
        )
    _show_soak(report)
    if not report.passed:
        raise typer.Exit(1)


def _show_scenarios(reports: Sequence[ScenarioReport], workers: int) -> None:
    table = Table(
        "场景", "请求", "每秒", "p50 ms", "p99 ms", "服务 CPU ms/次", "429/503", "其他5xx和断开",
        "内存 MB 前→后", "文件 前→后",
    )  # fmt: skip
    for report in reports:
        outcome = report.outcome
        table.add_row(
            report.name,
            str(report.requests),
            f"{outcome.per_second:.0f}",
            f"{outcome.milliseconds(50):.1f}",
            f"{outcome.milliseconds(99):.1f}",
            f"{report.cpu_milliseconds:.1f}",
            str(report.refused),
            str(report.faults),
            f"{report.before.resident // _MEBIBYTE}→{report.after.resident // _MEBIBYTE}",
            f"{report.before.files}→{report.after.files}",
        )
    _out.print(f"{_cores()} 核,{workers} 个工作进程;内存和文件是全部进程之和")
    _out.print(table)


def _show_soak(report: SoakReport) -> None:
    first, last = report.resident[0], report.resident[-1]
    _out.print(
        f"{report.requests[-1]} 次请求,每秒 {report.outcome.per_second:.0f} 次,"
        f"p99 {report.outcome.milliseconds(99):.0f} ms;差错 {report.faults} 次"
    )
    _out.print(
        f"内存 {first // _MEBIBYTE}→{last // _MEBIBYTE} MB,预热后每万次请求 "
        f"{report.slope * 10_000 / _MEBIBYTE:+.2f} MB,共 {report.growth:+.1%}"
        f"(不超过 {MOST_GROWTH:.0%});打开的文件 {report.files_warm}→{report.files_after}"
    )
    _out.print("通过" if report.passed else "没有通过")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    try:
        app()
    except DianceError as error:
        _err.print(f"错误:{error}")
        sys.exit(2)

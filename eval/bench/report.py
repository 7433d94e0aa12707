"""The outcome as tables on the terminal, as JSON and as a figure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from eval.ablation import SIGNIFICANT
from eval.bench.collection import Wording
from eval.bench.measurement import COMPARED, Comparison, Measured, best_peer, compare
from eval.measures import Estimate
from eval.plots import Drawing, write_drawing
from indexer.errors import DianceError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MIB = 1024 * 1024
_QUALITY = ("success@1", "success@5", "ndcg@10")

COST_COLUMNS: dict[str, Callable[[Measured], str]] = {
    "建索引 秒": lambda each: f"{each.index.total_seconds:.1f}",
    "其中向量": lambda each: f"{each.index.encoding.seconds:.1f}" if each.index.encoding else "—",
    "建索引 CPU 秒": lambda each: f"{each.index.total_cpu_seconds:.1f}",
    "磁盘 MiB": lambda each: f"{each.index.size_bytes / _MIB:.1f}",
    "打开 秒": lambda each: f"{each.open_seconds:.1f}",
    "内存 MiB": lambda each: f"{each.grown_bytes / _MIB:.0f}",
}
SPEED_COLUMNS: dict[str, Callable[[Measured], str]] = {
    "p50 毫秒": lambda each: f"{each.timing.at(50):.2f}",
    "p99 毫秒": lambda each: f"{each.timing.at(99):.2f}",
    "CPU 毫秒": lambda each: f"{each.timing.cpu_mean:.2f}",
    "每秒问题数": lambda each: f"{each.throughput.best:.0f} ({each.throughput.way})",
}
RATIOS: dict[str, Callable[[Measured], float]] = {
    "p50": lambda each: each.timing.at(50),
    "p99": lambda each: each.timing.at(99),
    "CPU": lambda each: each.timing.cpu_mean,
    "每秒问题数": lambda each: each.throughput.best,
    "内存": lambda each: each.grown_bytes,
    "建索引": lambda each: each.index.total_seconds,
    "磁盘": lambda each: each.index.size_bytes,
}
_console = Console(width=150, highlight=False)


def show(systems: Sequence[Measured], questions: Path) -> None:
    """Quality, speed, cost, and ratios to ours."""
    count = len(systems[0].scores)
    timed = len(systems[0].timing.milliseconds)
    _console.print(
        f"{questions}:{count} 个问题,95% 置信区间(自助法);每个系统计时提问 {timed} 次。"
        "+q:索引中另有常见问法;(torch)、(onnx):由谁计算问题的向量。",
        markup=False,
    )
    _console.print(_quality_table(systems))
    _show_best(systems)
    _console.print(_table("速度", SPEED_COLUMNS, systems))
    _console.print(_table("代价", COST_COLUMNS, systems))
    if (ours := reference(systems)) is not None:
        _console.print(_ratio_table(systems, ours))


def _quality_table(systems: Sequence[Measured]) -> Table:
    compared = {each.peer: each for each in compare(systems)}
    heads = [head for name in COMPARED for head in (f"{name} 之差", "p")]
    table = Table("系统", *_QUALITY, *heads, title="质量", title_justify="left")
    for each in systems:
        cells = [_cell(each.measures[name]) for name in _QUALITY]
        table.add_row(each.variant.name, *cells, *_compared(compared.get(each.variant.name)))
    table.caption = (
        "之差:滇策用同样的文字(带或不带 +q)减去这个系统;p:逐题配对的随机化检验,"
        f"对所有对照系统作 Holm 校正,* 表示小于 {SIGNIFICANT}"
    )
    return table


def _compared(comparison: Comparison | None) -> list[str]:
    if comparison is None:
        return [""] * (2 * len(COMPARED))
    cells: list[str] = []
    for name in COMPARED:
        p = comparison.p_holm[name]
        cells += [f"{comparison.differences[name]:+.3f}", f"{p:.4f}{'*' * (p < SIGNIFICANT)}"]
    return cells


def _show_best(systems: Sequence[Measured]) -> None:
    for name in COMPARED:
        if (best := best_peer(systems, name)) is not None:
            mean = best.measures[name].mean
            _console.print(f"{name} 最好的对照系统:{best.variant.name},{mean:.3f}", markup=False)


def _table(
    title: str, columns: dict[str, Callable[[Measured], str]], systems: Sequence[Measured]
) -> Table:
    table = Table("系统", title=title, title_justify="left")
    for head in columns:
        table.add_column(head, justify="right")
    for each in systems:
        table.add_row(each.variant.name, *(cell(each) for cell in columns.values()))
    return table


def reference(systems: Sequence[Measured]) -> Measured | None:
    """Ours with its questions, as it is shipped; without them if that is all there is of ours."""
    ours = {each.variant.wording: each for each in systems if each.variant.is_ours}
    return ours.get(Wording.QUESTIONS) or ours.get(Wording.TEXTS)


def ratios(systems: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Each system's figures over those of ours, by name; above 1 is more. Nothing without ours."""
    ours = reference(systems)
    if ours is None:
        return {}
    return {
        each.variant.name: {head: of(each) / max(of(ours), 1e-9) for head, of in RATIOS.items()}
        for each in systems
    }


def _ratio_table(systems: Sequence[Measured], ours: Measured) -> Table:
    table = Table("系统", title=f"与 {ours.variant.name} 之比", title_justify="left")
    for head in RATIOS:
        table.add_column(head, justify="right")
    for name, values in ratios(systems).items():
        table.add_row(name, *(f"{value:.2f}" for value in values.values()))
    return table


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} \\[{estimate.low:.2f}, {estimate.high:.2f}]"


def write_json(path: Path, systems: Sequence[Measured]) -> None:
    """Everything that was measured, by system, with comparisons and ratios.

    Raises:
        DianceError: the file can't be written.
    """
    content = {
        "systems": {each.variant.name: _entry(each) for each in systems},
        "comparisons": [asdict(each) for each in compare(systems)],
        "ratios": ratios(systems),
    }
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None


def _entry(each: Measured) -> dict[str, Any]:
    return {
        **asdict(each),
        "measures": {name: asdict(value) for name, value in each.measures.items()},
        "p50_ms": each.timing.at(50),
        "p99_ms": each.timing.at(99),
        "cpu_ms": each.timing.cpu_mean,
        "questions_per_second": each.throughput.best,
        "index_total_seconds": each.index.total_seconds,
    }


def plot(path: Path, systems: Sequence[Measured]) -> None:
    """Quality against latency, a point a system; the interval of nDCG@10, p50 to p99.

    Raises:
        DianceError: see :func:`eval.plots.require_plotting`; or the file can't be written.
    """

    def draw(figure: Figure, is_chinese: bool) -> None:
        axes = figure.subplots()
        for each in systems:
            quality, median = each.measures["ndcg@10"], each.timing.at(50)
            axes.errorbar(
                [median],
                [quality.mean],
                xerr=[[0.0], [max(0.0, each.timing.at(99) - median)]],
                yerr=[[quality.mean - quality.low], [quality.high - quality.mean]],
                fmt="*" if each.variant.is_ours else "o" if each.variant.embeds else "s",
                markersize=12 if each.variant.is_ours else 6,
                elinewidth=0.6,
            )
            axes.annotate(
                each.variant.name,
                (median, quality.mean),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize="small",
            )
        axes.set_xscale("log")
        unit = "毫秒,p50 到 p99" if is_chinese else "milliseconds, p50 to p99"
        axes.set_xlabel(unit)
        axes.set_ylabel("nDCG@10")
        axes.set_ylim(0, 1.05)
        axes.grid(alpha=0.3)

    write_drawing(Drawing((9, 6), draw), path)

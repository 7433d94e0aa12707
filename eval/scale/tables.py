"""The cost by size as tables on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from eval.scale.building import BuildCost
from eval.scale.encoding import EncodingCost
from eval.scale.searching import SearchCost, Times

_Cost = TypeVar("_Cost")


def show_builds(console: Console, builds: Mapping[int, BuildCost]) -> None:
    """CPU seconds by stage, disk by part, peak memory; and what a thousand clauses take."""
    table = _table("建立索引(CPU 秒,MB)", builds)
    stages = dict.fromkeys(stage for cost in builds.values() for stage in cost.seconds)
    for stage in stages:
        table.add_row(stage, *(f"{cost.seconds.get(stage, 0):.1f}" for cost in builds.values()))
    _add(table, "条款", builds, lambda cost: f"{cost.units}")
    _add(table, "CPU 毫秒/条款", builds, _milliseconds_a_unit)
    for part in dict.fromkeys(part for cost in builds.values() for part in cost.disk):
        table.add_row(f"磁盘 {part}", *(f"{cost.disk[part]:.1f}" for cost in builds.values()))
    _add(
        table,
        "磁盘/千条",
        builds,
        lambda cost: f"{1000 * sum(cost.disk.values()) / cost.units:.1f}",
    )
    _add(table, "内存峰值", builds, lambda cost: f"{cost.memory:.0f}")
    console.print(table)


def _milliseconds_a_unit(cost: BuildCost) -> str:
    return f"{1000 * sum(cost.seconds.values()) / cost.units:.2f}"


def show_searches(console: Console, searches: Mapping[int, SearchCost]) -> None:
    """Times of a search and its parts, and how they compare with the smallest collection."""
    table = _table("检索(毫秒:中位数 / 99% / CPU 中位数)", searches)
    _add(table, "混合检索", searches, lambda cost: _shown(cost.hybrid))
    _add(table, "· 问题的向量", searches, lambda cost: _shown(cost.encoding))
    _add(table, "· 词面", searches, lambda cost: _shown(cost.lexical))
    _add(table, "· 语义", searches, lambda cost: _shown(cost.dense))
    for depth in next(iter(searches.values())).recall if searches else ():
        shares = (f"{cost.recall[depth]:.4f}" for cost in searches.values())
        table.add_row(f"召回@{depth}", *shares)
    _add(table, "打开(CPU 秒)", searches, lambda cost: _number(cost.opening))
    _add(table, "常驻内存(MB)", searches, lambda cost: _number(cost.memory))
    whole = [cost.hybrid for cost in searches.values() if cost.hybrid is not None]
    if whole:
        _add(table, "混合检索 ÷ 最小规模", searches, lambda cost: _ratio(cost.hybrid, whole[0]))
    console.print(table)


def show_encoding(console: Console, costs: Sequence[EncodingCost]) -> None:
    """How fast texts are encoded in each precision."""
    table = Table("精度", "条/秒", "CPU 毫秒/条", "与全精度的最小余弦", title="计算向量")
    for cost in costs:
        figures = (f"{cost.texts_a_second:.1f}", f"{cost.cpu:.1f}", f"{cost.least_cosine:.4f}")
        table.add_row(cost.precision, *figures)
    console.print(table)


def _table(title: str, sizes: Mapping[int, object]) -> Table:
    table = Table("", title=title)
    for size in sizes:
        table.add_column(f"{size:,}", justify="right")
    return table


def _add(
    table: Table, name: str, costs: Mapping[int, _Cost], shown: Callable[[_Cost], str]
) -> None:
    table.add_row(name, *(shown(cost) for cost in costs.values()))


def _shown(times: Times | None) -> str:
    return "—" if times is None else f"{times.p50:.1f} / {times.p99:.1f} / {times.cpu:.1f}"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _ratio(times: Times | None, smallest: Times) -> str:
    """Of the medians, by the clock and of CPU time."""
    if times is None:
        return "—"
    return f"{times.p50 / smallest.p50:.2f} / CPU {times.cpu / smallest.cpu:.2f}"

"""``python -m eval.query_cost_cli`` (``make profile``): 搜索花费的处理器时间,分步列出。"""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from eval.query_cost import ServedCost, Stage, distinct_queries, served_cost, stages_of
from indexer.search import SearchIndex
from indexer.settings import IndexSettings

_STAGE_QUERIES = 300


def main() -> None:
    """Measure and print two tables; half a minute on a quiet machine."""
    parser = argparse.ArgumentParser(prog="make profile", description=main.__doc__)
    parser.add_argument("--searches", type=int, default=2000, help="searches over HTTP")
    searches = parser.parse_args().searches
    index = SearchIndex.open(IndexSettings())
    console = Console(soft_wrap=True)
    console.print(_stage_table(stages_of(index, distinct_queries(index, _STAGE_QUERIES))))
    console.print(_served_table(served_cost(distinct_queries(index, searches))))


def _stage_table(stages: list[Stage]) -> Table:
    table = Table("stage", "ms", title="processor time of a search")
    for stage in stages:
        table.add_row(stage.name, f"{stage.cpu_ms:.2f}")
    return table


def _served_table(cost: ServedCost) -> Table:
    table = Table("measure", "value", title=f"one server process, {cost.searches} searches")
    for name, value in (
        ("start to ready", f"{cost.ready_s:.1f} s"),
        ("processor time of the start", f"{cost.start_cpu_s:.1f} s"),
        ("resident memory when ready", f"{cost.ready_mib:.0f} MiB"),
        ("resident memory at the end", f"{cost.end_mib:.0f} MiB"),
        ("processor time of a search", f"{cost.cpu_ms:.2f} ms"),
        ("searches a second that two cores can bear", f"{2000 / cost.cpu_ms:.0f}"),
        ("p50 of one client", f"{cost.p50_ms:.1f} ms"),
        ("p99 of one client", f"{cost.p99_ms:.1f} ms"),
    ):
        table.add_row(name, value)
    return table


if __name__ == "__main__":
    main()

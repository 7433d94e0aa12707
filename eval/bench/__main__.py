"""``python -m eval.bench``: this project beside its peers. ``make bench`` runs it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.bench.report import plot, show, write_json
from eval.bench.runner import MOST_ROUNDS, BenchRunner, Plan
from eval.bench.systems import FAMILIES, variants_of
from eval.plots import require_plotting
from eval.progress import MeasureProgress
from eval.questions import DATASETS, read_questions
from indexer.errors import DianceError
from indexer.search import SearchIndex
from indexer.settings import IndexSettings

_LIBRARIES = ("tantivy", "txtai", "haystack", "pymilvus", "milvus_lite")


def bench(
    systems: Annotated[
        str, typer.Option(help=f"只测这些系统,用空格隔开:{'、'.join(FAMILIES)}")
    ] = " ".join(FAMILIES),
    questions: Annotated[
        Path | None, typer.Option(help="问题文件(JSON Lines),默认 eval/datasets/test.jsonl")
    ] = None,
    rounds: Annotated[
        int, typer.Option(min=1, max=MOST_ROUNDS, help="轮流提问的轮数,越多用时越准")
    ] = 3,
    folder: Annotated[
        Path | None, typer.Option(help="索引、日志和结果写在这里,默认 build/bench")
    ] = None,
) -> None:
    """把滇策和同类检索系统放在一起测量:同样的条款、问题、机器,同一次运行。"""
    variants = variants_of(systems.split())
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        raise DianceError(
            f"对照系统还没有安装:{'、'.join(missing)}。请运行:"
            ".venv/bin/pip install -c constraints.txt -e '.[bench,plots]'"
        )
    settings = IndexSettings()
    target = (folder or settings.data_folder / "bench").resolve()
    figure = target / "quality-and-latency.svg"
    require_plotting(figure)
    path = questions or DATASETS / "test.jsonl"
    asked = read_questions(path)
    index = SearchIndex.open(settings)
    target.mkdir(parents=True, exist_ok=True)
    progress = MeasureProgress(Console(stderr=True))
    measured = BenchRunner(Plan(variants, asked, rounds, target), index, progress.step).run()
    show(measured, path)
    write_json(target / "report.json", measured)
    plot(figure, measured)
    print(f"结果写入 {target / 'report.json'},图在 {figure}")


def main() -> None:
    """Errors of ours are messages, not traces."""
    try:
        typer.run(bench)
    except DianceError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()

"""``python -m eval.scale``: what builds and searches cost, by the number of clauses."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from eval.scale.building import BuildCost
from eval.scale.collection import read_statutes
from eval.scale.encoding import measure_encoding
from eval.scale.run import ScaleRun, apart, build, open_model, search, search_copies
from eval.scale.searching import SearchCost
from eval.scale.tables import show_builds, show_encoding, show_searches
from indexer.embedding.vector_cache import VectorCache
from indexer.errors import DianceError
from indexer.settings import IndexSettings

_SIZES = (1_500, 15_000, 58_642, 147_000, 1_000_000)
_SAMPLE = 1000  # texts that are encoded for vectors to lie about
_TIMED = 100  # texts whose encoding is timed


def main(
    statutes: Annotated[Path, typer.Option(help="法条文件(statutes.jsonl.gz)")],
    sizes: Annotated[str, typer.Option(help="条数,逗号分隔")] = ",".join(map(str, _SIZES)),
    largest_build: Annotated[
        int, typer.Option(help="到这个条数为止整个建立;更大的由其中最大的一个复制而成")
    ] = 60_000,
    vectors: Annotated[
        Path | None, typer.Option(help="真实向量(向量缓存文件 .npz);不给则现算一千个")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="在哪里建立,默认 build/scale")] = None,
) -> None:
    """测量规模:建立索引的用时、内存和磁盘,检索的用时,近似检索的召回率,向量计算的速度。"""  # noqa: D415
    wanted = sorted(map(int, sizes.split(",")))
    if wanted[0] > largest_build:
        raise DianceError(
            f"最小的规模 {wanted[0]} 条超过了整个建立的上限 {largest_build} 条。"
            "请在 --sizes 中加上一个不超过它的规模,较大的由它复制而成。"
        )
    target = folder or IndexSettings().data_folder / "scale"
    texts = [text for law in read_statutes(statutes) for _, text in law.articles]
    sample = vectors or _sampled(target, texts)
    console = Console(width=150, highlight=False)
    builds: dict[int, BuildCost] = {}
    searches: dict[int, SearchCost] = {}
    for size in wanted:
        run = ScaleRun(statutes, target / str(size), sample, size)
        if size <= largest_build:
            console.print(f"· 建立 {size} 条")
            builds[size] = apart(build, run)
            console.print(f"· 检索 {size} 条")
            searches[size] = apart(search, run)
        else:
            console.print(f"· 复制到 {size} 条并检索")
            model = ScaleRun(statutes, target / str(max(builds)), sample, size)
            searches[size] = apart(search_copies, model)
    show_builds(console, builds)
    show_searches(console, searches)
    show_encoding(console, measure_encoding(texts[:: len(texts) // _TIMED][:_TIMED]))


def _sampled(folder: Path, texts: Sequence[str]) -> Path:
    """A file with the vectors of texts from all over the collection, encoded unless it is there."""
    path = folder / "sample.npz"
    chosen = texts[:: max(1, len(texts) // _SAMPLE)][:_SAMPLE]
    vectors = VectorCache(folder / "vectors", open_model()).encode(chosen)
    np.savez(path, vectors=vectors)
    return path


if __name__ == "__main__":
    try:
        typer.run(main)
    except DianceError as error:
        sys.exit(f"错误:{error}")

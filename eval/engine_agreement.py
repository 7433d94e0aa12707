"""Whether engines find the same: the hits of the same questions on the same build, side by side."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.progress import MeasureProgress
from eval.questions import Question
from indexer.engines.opening import load_engine
from indexer.index_folder import current_build, read_manifest
from indexer.search import Mode, SearchIndex
from indexer.settings import EngineKind, IndexSettings

DEPTH = 10
"""Hits that are compared."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two engines agree in one mode, over all questions.

    ``top1`` is the share of questions with the same first hit; ``overlap`` the mean share of the
    first ten hits that both have; times are the middle one of a whole search, in milliseconds.
    """

    mode: Mode
    questions: int
    top1: float
    overlap: float
    embedded_ms: float
    milvus_ms: float


def measure_agreement(
    settings: IndexSettings, asked: Sequence[Question], progress: MeasureProgress
) -> list[Agreement]:
    """Both engines on the current build, which is loaded into Milvus first if it isn't there.

    Without an address in the settings Milvus is a file of Milvus Lite in the data folder.

    Raises:
        EngineError: pymilvus isn't installed, or Milvus can't be reached.
    """
    build = current_build(settings.index_folder)
    cluster = _with_milvus(settings)
    load_engine(cluster, build, read_manifest(build), progress.step)
    alone = settings.model_copy(update={"engine": EngineKind.EMBEDDED})
    embedded, milvus = SearchIndex(build, alone), SearchIndex(build, cluster)
    try:
        return [_in_mode(embedded, milvus, asked, mode, progress) for mode in Mode]
    finally:
        milvus.engine.close()


def _with_milvus(settings: IndexSettings) -> IndexSettings:
    file: Path = settings.data_folder / "milvus.db"
    uri = settings.milvus_uri or str(file)
    return settings.model_copy(update={"engine": EngineKind.MILVUS, "milvus_uri": uri})


def _in_mode(
    embedded: SearchIndex,
    milvus: SearchIndex,
    asked: Sequence[Question],
    mode: Mode,
    progress: MeasureProgress,
) -> Agreement:
    progress.step(f"比较 {mode}")
    same_first, shared = [], []
    times: dict[str, list[float]] = {"embedded": [], "milvus": []}
    for done, question in enumerate(asked, 1):
        ours, took = _first_hits(embedded, question.question, mode)
        times["embedded"].append(took)
        theirs, took = _first_hits(milvus, question.question, mode)
        times["milvus"].append(took)
        same_first.append(ours[:1] == theirs[:1])
        most = max(len(ours), len(theirs))
        shared.append(len(set(ours) & set(theirs)) / most if most else 1.0)
        progress.asking(done, len(asked))
    return Agreement(
        mode,
        len(asked),
        statistics.fmean(same_first),
        statistics.fmean(shared),
        statistics.median(times["embedded"]),
        statistics.median(times["milvus"]),
    )


def _first_hits(index: SearchIndex, query: str, mode: Mode) -> tuple[list[str], float]:
    """The ids of the first hits, and how long the search took in milliseconds."""
    started = time.perf_counter()
    result = index.search(query, limit=DEPTH, mode=mode)
    return [hit.unit.id for hit in result.hits], (time.perf_counter() - started) * 1000

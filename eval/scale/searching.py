"""What searching a collection costs: memory, time of a hybrid search and of its parts, recall."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.dense import DenseIndex
from indexer.embedding.encoder import Encoder, Vectors
from indexer.index_folder import DENSE, LEXICAL
from indexer.lexical import LexicalIndex, index_terms
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from indexer.tokenizer import Tokenizer

_NEAREST = 400  # passages that a hybrid search looks at
_WARM_UP = 5  # questions


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds over questions: median and 99th percentile, and the median of CPU time."""

    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class SearchCost:
    """Cost of the parts and, where there was a whole index to open, of a hybrid search.

    ``opening`` are CPU seconds from nothing to the first answer's start, ``memory`` are megabytes
    more than before. ``recall`` is by depth, of the passages' units against comparing all.
    """

    encoding: Times
    lexical: Times
    dense: Times
    recall: dict[int, float]
    hybrid: Times | None = None
    opening: float | None = None
    memory: float | None = None


def measure_search(
    settings: IndexSettings, encoder: Encoder, questions: Sequence[str]
) -> SearchCost:
    """Ask an index every question, hybrid and then part by part.

    Raises:
        IndexMissingError: nothing was built there.
    """
    before, started = _resident(), time.process_time()
    index = SearchIndex.open(settings, encoder)
    index.search(questions[0])
    opening, memory = time.process_time() - started, _resident() - before

    def search(question: str) -> None:
        index.vector_of.cache_clear()  # each question is new, as those of visitors are
        index.search(question)

    hybrid = _times(search, questions)
    units = index.manifest.counts["units"]
    build, tokenizer = index.build, index.tokenizer
    return measure_parts(
        LexicalIndex.load(build / LEXICAL, units),
        DenseIndex.load(build / DENSE, units),
        tokenizer,
        encoder,
        questions,
        whole=(hybrid, opening, memory),
    )


def measure_parts(
    lexical: LexicalIndex,
    dense: DenseIndex,
    tokenizer: Tokenizer,
    encoder: Encoder,
    questions: Sequence[str],
    *,
    whole: tuple[Times, float, float] | None = None,
) -> SearchCost:
    """Ask the lexical and the dense index; ``whole`` is hybrid, opening and memory if known."""
    vectors = {question: encoder.encode_query(question) for question in questions}
    terms = {question: index_terms(question, tokenizer) for question in questions}
    hybrid, opening, memory = whole or (None, None, None)
    return SearchCost(
        encoding=_times(encoder.encode_query, questions),
        lexical=_times(lambda question: lexical.scores(terms[question]), questions),
        dense=_times(lambda question: dense.nearest_units(vectors[question], _NEAREST), questions),
        recall={depth: recall(dense, list(vectors.values()), depth) for depth in (10, _NEAREST)},
        hybrid=hybrid,
        opening=opening,
        memory=memory,
    )


def recall(dense: DenseIndex, vectors: Sequence[Vectors], depth: int) -> float:
    """Of the units of the ``depth`` nearest passages, the mean share that is found."""
    shares = []
    for vector in vectors:
        wanted = dense.nearest_units(vector, depth, exhaustive=True).units
        shares.append(np.isin(wanted, dense.nearest_units(vector, depth).units).mean())
    return float(np.mean(shares))


def _times(ask: Callable[[str], object], questions: Sequence[str]) -> Times:
    for question in questions[:_WARM_UP]:
        ask(question)
    wall, cpu = [], []
    for question in questions:
        began, began_cpu = time.perf_counter(), time.process_time()
        ask(question)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
    p50, p99 = (float(np.percentile(wall, share)) * 1000 for share in (50, 99))
    return Times(p50, p99, float(np.median(cpu)) * 1000)


def _resident() -> float:
    """Megabytes of memory that the process holds now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6

"""What search asks of an engine: candidates for a query, and what it knows of terms and vectors.

An engine is opened on one build. Everything that says something about a unit in words (its text,
its document, how it stands) is the document store's; an engine knows units by their position in
the store, and hands out those that are worth ranking, never arrays of the size of the collection.
The fusion of the sides isn't an engine's: engines that find the same candidates rank them the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.encoder import Vectors
from indexer.filters import Filters

Scores = NDArray[np.float32]
Positions = NDArray[np.int64]

NEAREST_PASSAGES = 400
"""How many of the nearest passages are looked at; several belong to one unit."""
NEAREST_QUESTIONS = 1600
"""Likewise; there are seven to a unit."""
MOST_CANDIDATES = 16_384
"""The most that a side finds, which is the most that Milvus gives out for one query."""

_NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """Index terms that weigh alike; one that is given twice counts twice."""

    weight: float
    terms: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What candidates are wanted for: terms, a vector of shape ``(dimension,)``, or both.

    Only units that pass ``filters`` are candidates. With filters a side gives all that pass, as
    what is kept is ranked as if it were all there is; without, those of its nearest passages.
    """

    terms: Sequence[WeightedTerms] = ()
    vector: Vectors | None = None
    filters: Filters = _NO_FILTERS

    @property
    def is_filtered(self) -> bool:
        """Whether there is any filter."""
        return self.filters != _NO_FILTERS


@dataclass(frozen=True, slots=True)
class Candidates:
    """Positions of units, ascending, each once, with their scores; shapes ``(n,)``."""

    units: Positions
    scores: Scores


@dataclass(frozen=True, slots=True)
class Found:
    """What each side found; a side that wasn't asked found nothing.

    ``lexical`` are BM25 scores above zero; ``texts`` and ``questions`` are cosines with the nearest
    passage and the nearest asked-as question of a unit. ``unasked`` says of the units of ``texts``
    whether nobody wrote questions for them; ``which`` is of those of ``questions`` the number of
    the nearest question within its unit.
    """

    lexical: Candidates
    texts: Candidates
    unasked: NDArray[np.bool_]
    questions: Candidates
    which: NDArray[np.int32]


class Engine(Protocol):
    """One build, opened for search. Safe to use from several threads.

    All methods raise EngineError if the engine can't be reached any more.
    """

    @property
    def size(self) -> int:
        """How many units there are."""

    def candidates(self, wanted: Wanted) -> Found:
        """The units worth ranking, by each side."""

    def frequency(self, term: str) -> int:
        """How many units have an index term."""

    def held(self, units: Sequence[int], terms: Sequence[str]) -> NDArray[np.bool_]:
        """Which of the units have which of the index terms, shape ``(units, terms)``."""

    def have_all(self, terms: Sequence[str]) -> bool:
        """Whether there is a unit that has all of the index terms."""

    def question_vectors(self, unit: int) -> Vectors:
        """Vectors of a unit's asked-as questions in order, shape ``(n, dimension)``."""

    def sentence_vectors(self, unit: int) -> Vectors:
        """Vectors of a unit's sentences in order, shape ``(n, dimension)``."""

    def nearest_to(self, units: Sequence[int], limit: int) -> Candidates:
        """Units that are near to what the given ones say together, themselves among them.

        The score is the mean, over all passages of the given units, of the cosine of a unit's
        nearest passage: one is near when it has something near to each part. At least the
        ``limit`` nearest are there; none if the given ones have no passage.
        """

    def close(self) -> None:
        """Release what is held: files, connections."""


def nothing() -> Candidates:
    """Of a side that wasn't asked or knows no unit."""
    return Candidates(np.zeros(0, np.int64), np.zeros(0, np.float32))


def best(units: Positions, scores: Scores, limit: int = MOST_CANDIDATES) -> Candidates:
    """The ``limit`` best of units that are ascending, each once."""
    if len(units) > limit:
        kept = np.sort(np.argsort(-scores, kind="stable")[:limit])
        units, scores = units[kept], scores[kept]
    return Candidates(units, scores)

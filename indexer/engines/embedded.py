"""The engine of one machine: BM25 as sparse matrices and FAISS, read from the build's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.dense import DenseIndex
from indexer.embedding.encoder import Vectors
from indexer.engines.contract import (
    NEAREST_PASSAGES,
    NEAREST_QUESTIONS,
    Candidates,
    Found,
    Wanted,
    best,
    nothing,
)
from indexer.filters import Filters
from indexer.index_folder import DENSE, LEXICAL, QUESTIONS, SENTENCES
from indexer.lexical import LexicalIndex

Admitted = Callable[[Filters], NDArray[np.bool_]]
"""Which units pass filters, shape ``(units,)``."""


class EmbeddedEngine:
    """All in memory; ``admitted`` is asked which units pass filters."""

    def __init__(self, build: Path, size: int, admitted: Admitted) -> None:
        self.size = size
        self._admitted = admitted
        self._lexical = LexicalIndex.load(build / LEXICAL, size)
        self._passages = DenseIndex.load(build / DENSE, size)
        self._questions = DenseIndex.load(build / QUESTIONS, size)
        self._sentences = DenseIndex.load(build / SENTENCES, size)
        # Position of each unit's first question among all of them, shape (units,).
        self._first_questions = self._questions.first_of_units()
        self._has_questions = self._questions.known_units()

    def candidates(self, wanted: Wanted) -> Found:
        """See :class:`~indexer.engines.contract.Engine`."""
        admitted = self._admitted(wanted.filters)
        lexical = self._lexical_candidates(wanted, admitted) if wanted.terms else nothing()
        texts = questions = nothing()
        which = np.zeros(0, np.int32)
        if wanted.vector is not None:
            # Filters come first: among the nearest of all there may be none that passes.
            among = admitted if wanted.is_filtered else None
            texts, _ = _nearest(self._passages, wanted.vector, NEAREST_PASSAGES, among)
            questions, at = _nearest(self._questions, wanted.vector, NEAREST_QUESTIONS, among)
            which = at - self._first_questions[questions.units]
        return Found(lexical, texts, ~self._has_questions[texts.units], questions, which)

    def _lexical_candidates(self, wanted: Wanted, admitted: NDArray[np.bool_]) -> Candidates:
        scores = np.zeros(self.size, np.float32)
        for weighted in wanted.terms:
            scores += weighted.weight * self._lexical.scores(weighted.terms)
        units = np.flatnonzero(admitted & (scores > 0))
        return best(units, scores[units])

    def frequency(self, term: str) -> int:
        """See :class:`~indexer.engines.contract.Engine`."""
        return self._lexical.frequency(term)

    def held(self, units: Sequence[int], terms: Sequence[str]) -> NDArray[np.bool_]:
        """See :class:`~indexer.engines.contract.Engine`."""
        held = [[self._lexical.has(term, unit) for term in terms] for unit in units]
        return np.array(held, np.bool_).reshape(len(units), len(terms))

    def have_all(self, terms: Sequence[str]) -> bool:
        """See :class:`~indexer.engines.contract.Engine`."""
        return self._lexical.have_all(terms)

    def question_vectors(self, unit: int) -> Vectors:
        """See :class:`~indexer.engines.contract.Engine`."""
        return self._questions.vectors_of(unit)

    def sentence_vectors(self, unit: int) -> Vectors:
        """See :class:`~indexer.engines.contract.Engine`."""
        return self._sentences.vectors_of(unit)

    def nearest_to(self, units: Sequence[int], limit: int) -> Candidates:
        """See :class:`~indexer.engines.contract.Engine`."""
        nearness = self._passages.nearness_to(units)
        known = np.flatnonzero(np.isfinite(nearness))
        return best(known, nearness[known], limit)

    def close(self) -> None:
        """Nothing is held but memory."""


def _nearest(
    index: DenseIndex, vector: Vectors, passages: int, admitted: NDArray[np.bool_] | None
) -> tuple[Candidates, NDArray[np.int64]]:
    """The admitted units of the nearest passages, and the position of the nearest one of each."""
    nearest = index.nearest_units(vector, passages, admitted)
    found = best(nearest.units, nearest.cosines)
    return found, nearest.passages[np.searchsorted(nearest.units, found.units)]

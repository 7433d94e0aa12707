"""Which dimension of the sparse vectors an index term has, and how many units have the term.

The vectors hold the BM25 weights that the build computed, so that scores are those of the embedded
engine to the last digits. Milvus could compute BM25 itself; but its jieba analyser cuts otherwise
than ours (it has neither our dictionary nor our bigrams), and Milvus Lite takes document
frequencies from one segment at a time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csc_array

from indexer.engines.contract import WeightedTerms

# As bm25s saves an index.
_VOCABULARY, _EDGES = "vocab.index.json", "indptr.csc.index.npy"
_WEIGHTS, _UNITS = "data.csc.index.npy", "indices.csc.index.npy"

SparseVector = dict[int, float]
"""Weights by dimension, as pymilvus takes and gives them."""


class TermTable:
    """The vocabulary of a build; knows nothing of single units."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is that of the build's lexical index."""
        vocabulary: dict[str, int] = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        self._frequencies = np.diff(np.load(folder / _EDGES))
        known = len(self._frequencies)
        self._dimensions = {term: at for term, at in vocabulary.items() if at < known}

    def dimension(self, term: str) -> int | None:
        """The dimension of a term, None if no unit has it."""
        return self._dimensions.get(term)

    def frequency(self, term: str) -> int:
        """How many units have a term."""
        at = self._dimensions.get(term)
        return int(self._frequencies[at]) if at is not None else 0

    def query(self, weighted: Iterable[WeightedTerms]) -> SparseVector:
        """The vector whose inner product with a unit's is the weighted sum of its BM25 scores."""
        vector: SparseVector = defaultdict(float)
        for each in weighted:
            for term in each.terms:
                if (at := self._dimensions.get(term)) is not None:
                    vector[at] += each.weight
        return dict(vector)


def vectors_of_units(folder: Path, size: int) -> Iterator[SparseVector]:
    """The BM25 weights of each unit's terms, in order of the units; ``size`` is their number.

    A vector may not be empty: a unit without terms has a dimension that is no term's.
    """
    edges = np.load(folder / _EDGES)
    weights, units = np.load(folder / _WEIGHTS), np.load(folder / _UNITS)
    by_unit = csc_array((weights, units, edges), shape=(size, len(edges) - 1)).tocsr()
    for first, last in zip(by_unit.indptr[:-1], by_unit.indptr[1:], strict=True):
        terms, values = by_unit.indices[first:last].tolist(), by_unit.data[first:last].tolist()
        yield dict(zip(terms, values, strict=True)) or {len(edges): 1.0}

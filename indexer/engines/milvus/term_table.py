"""Which dimension of the sparse vectors an index term has, and how many units have the term.

The vectors hold the BM25 weights that the build computed, so that scores are those of the embedded
engine to the last digits. Milvus could compute BM25 itself; but its jieba analyser cuts otherwise
than ours (it has neither our dictionary nor our bigrams), and Milvus Lite takes document
frequencies from one segment at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from indexer.engines.contract import WeightedTerms
from indexer.lexical import LexicalIndex

SparseVector = dict[int, float]
"""Weights by dimension, as pymilvus takes and gives them."""


class TermTable:
    """The vocabulary of a build; knows nothing of single units."""

    def __init__(self, index: LexicalIndex) -> None:
        self._dimensions = {term: at for at, term in enumerate(index.terms)}
        self._frequencies = np.diff(index.edges)

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


def vectors_of_units(index: LexicalIndex) -> Iterator[SparseVector]:
    """The BM25 weights of each unit's terms, in order of the units.

    A vector may not be empty: a unit without terms has a dimension that is no term's.
    """
    from scipy.sparse import csc_array  # noqa: PLC0415  (loads slowly, needed at a build only)

    by_term = csc_array(
        (index.weights, index.units, index.edges), shape=(index.size, len(index.terms))
    )
    by_unit = by_term.tocsr()
    for first, last in pairwise(by_unit.indptr.tolist()):
        terms, values = by_unit.indices[first:last].tolist(), by_unit.data[first:last].tolist()
        yield dict(zip(terms, values, strict=True)) or {len(index.terms) + 1: 1.0}

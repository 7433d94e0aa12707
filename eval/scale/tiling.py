"""An index of a million clauses without reading a million: copies of one that was really built.

Cutting a million clauses into words takes hours, and says nothing new of search: what a query costs
is how many postings its terms have and how many vectors are near. So each posting of the built
index is repeated for every copy, and every vector once more with other noise. The document store is
left out.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from eval.scale.nearby_vectors import scattered
from indexer.dense import DenseIndex
from indexer.embedding.encoder import Vectors
from indexer.index_folder import LEXICAL
from indexer.lexical import LexicalIndex

_PASSAGES_AT_A_TIME = 20_000


def tiled_lexical(build: Path, units: int, copies: int, size: int) -> LexicalIndex:
    """The lexical index of a build of ``units``, ``copies`` times over, cut at ``size`` units."""
    built = LexicalIndex.load(build / LEXICAL, units)
    repeated_units, repeated_weights, edges = [], [], [0]
    shifts = np.arange(copies, dtype=np.int32)[:, None] * np.int32(units)
    for first, last in itertools.pairwise(built.edges.tolist()):
        moved = (built.units[None, first:last] + shifts).ravel().astype(np.int32)
        kept = moved < size
        repeated_units.append(moved[kept])
        repeated_weights.append(np.tile(built.weights[first:last], copies)[kept])
        edges.append(edges[-1] + int(kept.sum()))
    return LexicalIndex(
        built.terms,
        np.array(edges, np.int32),
        np.concatenate(repeated_units),
        np.concatenate(repeated_weights),
        size,
    )


def tiled_dense(sample: Vectors, size: int, exact_passages: int) -> DenseIndex:
    """An index of ``size`` units of one passage each, about the vectors of a sample."""
    vectors = np.empty((size, sample.shape[1]), np.float32)
    for start in range(0, size, _PASSAGES_AT_A_TIME):
        seeds = list(range(start, min(start + _PASSAGES_AT_A_TIME, size)))
        vectors[start : start + len(seeds)] = scattered(sample, seeds)
    units = np.arange(size, dtype=np.int32)
    return DenseIndex.build(vectors, units, size, exact_passages=exact_passages)

"""The dense side: vectors of passages in FAISS, a unit scored by its nearest passage (MaxP).

A small collection is compared in full. Beyond ``exact_passages`` vectors are kept by the cell of
space that they lie in and a query looks into the nearest cells only (inverted file; Jégou, Douze
and Schmid, "Product Quantization for Nearest Neighbor Search", TPAMI 2011, here without the
quantisation of the vectors). Of what FAISS has, this one keeps every vector as it is, so that a
filtered search can still be exact, is trained in minutes at a million and comes out the same each
time; graphs (HNSW) find a little more in the same time, but lose what a filter leaves.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.embedding.encoder import Vectors
from indexer.settings import EXACT_PASSAGES

_FAISS: Any = faiss  # its constructors take arrays and keywords that its types don't know
_VECTORS, _UNITS = "passages.faiss", "units.npy"

_PROBED_CELLS = 128  # recall of the nearest 400 is 0.97 at 58,644 articles, of the nearest 10 0.999
_TRAINED_ON = 64  # vectors a cell
_NEAR_A_CLAUSE = 400  # passages beside each passage of a clause that others are compared with


@dataclass(frozen=True, slots=True)
class NearestUnits:
    """Units in ascending order, each once; ``passages`` are the positions of the nearest ones.

    Shapes ``(n,)``; ``cosines`` are those of these passages.
    """

    units: NDArray[np.int64]
    cosines: NDArray[np.float32]
    passages: NDArray[np.int64]


class DenseIndex:
    """Inner-product search over unit vectors (= cosine). Safe to use from several threads."""

    def __init__(self, index: faiss.Index, units: NDArray[np.int32], size: int) -> None:
        self._index: Any = index
        self._units = units
        self._size = size

    @classmethod
    def build(
        cls,
        vectors: Vectors,
        units: NDArray[np.int32],
        size: int,
        *,
        exact_passages: int | None = EXACT_PASSAGES,
    ) -> DenseIndex:
        """``vectors[i]`` is a passage of unit ``units[i]``; shapes ``(n, d)`` and ``(n,)``.

        Units are in ascending order. With ``exact_passages`` None the search is exact at any size.
        """
        is_exact = exact_passages is None or len(vectors) <= exact_passages
        index: Any = faiss.IndexFlatIP(vectors.shape[1]) if is_exact else _cells(vectors)
        index.add(np.ascontiguousarray(vectors))
        if not is_exact:
            index.make_direct_map()
        return cls(index, units, size)

    def save(self, folder: Path) -> None:
        """Write vectors and the passage-to-unit map.

        Raises:
            OSError: they can't be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            faiss.write_index(self._index, str(folder / _VECTORS))
        except RuntimeError as error:  # that is all FAISS says of a full disk
            raise OSError(errno.EIO, "向量无法写入") from error
        np.save(folder / _UNITS, self._units)

    @classmethod
    def load(cls, folder: Path, size: int) -> DenseIndex:
        """Open a saved index."""
        return cls(faiss.read_index(str(folder / _VECTORS)), np.load(folder / _UNITS), size)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return int(self._index.ntotal)

    @property
    def is_exact(self) -> bool:
        """Whether every passage is compared with every query."""
        return not isinstance(self._index, faiss.IndexIVF)

    def first_of_units(self) -> NDArray[np.int32]:
        """Position of each unit's first passage, shape ``(units,)``; units are in order."""
        return np.searchsorted(self._units, np.arange(self._size)).astype(np.int32)

    def known_units(self) -> NDArray[np.bool_]:
        """Which units have a passage, shape ``(units,)``."""
        return np.bincount(self._units, minlength=self._size) > 0

    def vectors_of(self, unit: int) -> Vectors:
        """The vectors of one unit's passages in order, shape ``(passages, dimension)``."""
        first, last = np.searchsorted(self._units, (unit, unit + 1))
        return self._vectors_at(np.arange(first, last))

    def nearness_to(self, units: Sequence[int]) -> NDArray[np.float32]:
        """How near each unit is to what the given ones say together, shape ``(units,)``.

        The mean, over all passages of the given units, of the cosine of a unit's nearest passage:
        a clause is near when it has something near to each part. -inf without a passage, and where
        the search isn't exact, of units that have no passage near to any part.
        """
        nearness = np.full(self._size, -np.inf, np.float32)
        own = np.concatenate([self.vectors_of(unit) for unit in units])
        if not len(own):
            return nearness
        near = self._near_any(own)
        starts = np.searchsorted(self._units, near)
        ends = np.searchsorted(self._units, near, side="right")
        counts = ends - starts
        # All positions from each start to its end.
        at = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        cosines = self._vectors_at(at + np.arange(len(at))) @ own.T  # (passages, own passages)
        best = np.maximum.reduceat(cosines, np.cumsum(counts) - counts, axis=0)
        nearness[near] = best.mean(axis=1)
        return nearness

    def _near_any(self, vectors: Vectors) -> NDArray[np.int64]:
        """Units worth comparing with what all of ``vectors`` say, ascending."""
        if self.is_exact:
            return np.unique(self._units).astype(np.int64)
        _, at = self._index.search(vectors, _NEAR_A_CLAUSE)
        return np.unique(self._units[at[at >= 0]]).astype(np.int64)

    def _vectors_at(self, positions: NDArray[np.int64]) -> Vectors:
        if not len(positions):
            return np.empty((0, self._index.d), np.float32)
        vectors: Vectors = self._index.reconstruct_batch(positions)
        return vectors

    def nearest_units(
        self,
        query: Vectors,
        passages: int,
        admitted: NDArray[np.bool_] | None = None,
        *,
        exhaustive: bool = False,
    ) -> NearestUnits:
        """The units of the ``passages`` nearest passages.

        With ``admitted``, shape ``(units,)``, only passages of those units count: all of them and
        exactly where they are few enough to be compared in full, else the nearest ``passages``.
        ``exhaustive`` looks into every cell, to tell what the others miss.
        """
        options: Any = None
        if exhaustive and not self.is_exact:
            options = _FAISS.SearchParametersIVF(nprobe=self._index.nlist)
        if admitted is not None:
            which = admitted[self._units]
            count = int(np.count_nonzero(which))
            if self.is_exact or count <= EXACT_PASSAGES:
                passages = count
            options = self._options(which, count)
        wanted = min(passages, self._index.ntotal)
        if not wanted:
            nothing = np.empty(0, np.int64)
            return NearestUnits(nothing, np.empty(0, np.float32), nothing)
        cosines, at = self._index.search(query.reshape(1, -1), wanted, params=options)
        cosines, at = cosines[0][at[0] >= 0], at[0][at[0] >= 0]
        # They come from near to far: the first of a unit is its nearest.
        units, first = np.unique(self._units[at], return_index=True)
        return NearestUnits(units.astype(np.int64), cosines[first], at[first])

    def _options(self, which: NDArray[np.bool_], count: int) -> faiss.SearchParameters:
        """How to search among ``count`` passages, ``which`` says among which ones."""
        bits = np.packbits(which, bitorder="little")
        selector = _FAISS.IDSelectorBitmap(bits)
        if self.is_exact:
            return cast("faiss.SearchParameters", _FAISS.SearchParameters(sel=selector))
        cells = self._index.nlist
        # The fewer are admitted, the more cells it takes to meet as many of them.
        probed = math.ceil(self._index.nprobe * len(which) / max(count, 1))
        if count <= EXACT_PASSAGES:
            probed = cells
        options = _FAISS.SearchParametersIVF(sel=selector, nprobe=min(probed, cells))
        return cast("faiss.SearchParameters", options)

    def nearest(
        self, query: Vectors, passages: int, admitted: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """:meth:`nearest_units` as cosines and positions of passages, shapes ``(units,)``.

        Units that aren't among them score -inf and have -1.
        """
        found = np.full(self._size, -np.inf, np.float32)
        best = np.full(self._size, -1, np.int32)
        nearest = self.nearest_units(query, passages, admitted)
        found[nearest.units], best[nearest.units] = nearest.cosines, nearest.passages
        return found, best


def _cells(vectors: Vectors) -> faiss.IndexIVFFlat:
    """An empty index, its cells trained; FAISS draws from a seed of its own, always the same."""
    dimension = vectors.shape[1]
    cells = 4 * math.isqrt(len(vectors))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _TRAINED_ON
    index.cp.spherical = True
    index.train(np.ascontiguousarray(vectors))
    index.nprobe = min(_PROBED_CELLS, cells)
    return index

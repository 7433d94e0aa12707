"""The dense side: vectors of passages in FAISS, a unit scored by its nearest passage (MaxP)."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.embedding.encoder import Vectors

_VECTORS, _UNITS = "passages.faiss", "units.npy"


class DenseIndex:
    """Exact inner-product search over unit vectors (= cosine)."""

    def __init__(self, index: faiss.Index, units: NDArray[np.int32], size: int) -> None:
        self._index = index
        self._units = units
        self._size = size

    @classmethod
    def build(cls, vectors: Vectors, units: NDArray[np.int32], size: int) -> DenseIndex:
        """``vectors[i]`` is a passage of unit ``units[i]``; shapes ``(n, d)`` and ``(n,)``."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
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

    def first_of_units(self) -> NDArray[np.int32]:
        """Position of each unit's first passage, shape ``(units,)``; units are in order."""
        return np.searchsorted(self._units, np.arange(self._size)).astype(np.int32)

    def known_units(self) -> NDArray[np.bool_]:
        """Which units have a passage, shape ``(units,)``."""
        return np.bincount(self._units, minlength=self._size) > 0

    def vectors_of(self, unit: int) -> Vectors:
        """The vectors of one unit's passages in order, shape ``(passages, dimension)``."""
        first, last = np.searchsorted(self._units, (unit, unit + 1))
        if first == last:
            return np.empty((0, self._index.d), np.float32)
        vectors: Vectors = self._index.reconstruct_n(int(first), int(last - first))
        return vectors

    def nearness_to(self, units: Sequence[int]) -> NDArray[np.float32]:
        """How near each unit is to what the given ones say together, shape ``(units,)``.

        The mean, over all passages of the given units, of the cosine of a unit's nearest passage:
        a clause is near when it has something near to each part. -inf without a passage.
        """
        nearness = np.full(self._size, -np.inf, np.float32)
        own = np.concatenate([self.vectors_of(unit) for unit in units])
        if len(own) and self._index.ntotal:
            vectors = self._index.reconstruct_n(0, self._index.ntotal)
            cosines = vectors @ own.T  # (passages, own passages)
            best = np.full((self._size, len(own)), -np.inf, np.float32)
            np.maximum.at(best, self._units, cosines)
            nearness = best.mean(axis=1)
        return nearness

    def nearest(
        self, query: Vectors, passages: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Cosine of each unit's best passage, and which one it is; shapes ``(units,)``.

        Units without a passage among the ``passages`` nearest ones score -inf and have -1.
        """
        found = np.full(self._size, -np.inf, np.float32)
        best = np.full(self._size, -1, np.int32)
        if not self._index.ntotal:
            return found, best
        cosines, at = self._index.search(query.reshape(1, -1), min(passages, self._index.ntotal))
        # From far to near, so that the nearest passage of a unit is the one that stays.
        units = self._units[at[0]][::-1]
        found[units], best[units] = cosines[0][::-1], at[0][::-1]
        return found, best

"""The dense side: vectors of passages in FAISS, a unit scored by its nearest passage (MaxP)."""

from __future__ import annotations

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
        """Write vectors and the passage-to-unit map."""
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._index, str(folder / _VECTORS))
        np.save(folder / _UNITS, self._units)

    @classmethod
    def load(cls, folder: Path, size: int) -> DenseIndex:
        """Open a saved index."""
        return cls(faiss.read_index(str(folder / _VECTORS)), np.load(folder / _UNITS), size)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return int(self._index.ntotal)

    def scores(self, query: Vectors, passages: int) -> NDArray[np.float32]:
        """Cosine of each unit's best passage, shape ``(units,)``.

        Units without a passage among the ``passages`` nearest ones score -inf.
        """
        found = np.full(self._size, -np.inf, np.float32)
        cosines, at = self._index.search(query.reshape(1, -1), min(passages, self._index.ntotal))
        np.maximum.at(found, self._units[at[0]], cosines[0])
        return found

"""Many texts encoded as queries are: by ONNX Runtime in 8-bit integers.

One text at a time and several texts at once, each on one thread. In a batch, activations would be
quantised over all its texts together, and the vector of a text would depend on those beside it;
alone there is also nothing to pad.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.onnx_query import OnnxQueryEncoder


class OnnxTextEncoder:
    """Texts -> unit vectors, the same for a text whatever is encoded with it."""

    def __init__(self, model: Path, folder: Path, threads: int) -> None:
        self._passages = OnnxQueryEncoder(model, folder, "passage: ")
        self._queries = OnnxQueryEncoder(model, folder, "query: ")
        self._threads = threads

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Passages as unit vectors, shape ``(len(passages), dimension)``; there is at least one."""
        return self._encode(passages, self._passages, progress)

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Many queries as unit vectors, shape ``(len(queries), dimension)``; at least one."""
        return self._encode(queries, self._queries, progress)

    def _encode(
        self,
        texts: Sequence[str],
        encoder: OnnxQueryEncoder,
        progress: Callable[[int], None] | None,
    ) -> NDArray[np.float32]:
        vectors = []
        with ThreadPoolExecutor(self._threads) as pool:
            for vector in pool.map(encoder.encode, texts):
                vectors.append(vector)
                if progress is not None:
                    progress(1)
        return np.stack(vectors)

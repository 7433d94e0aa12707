"""Vectors of a collection that would take hours to encode: real ones, moved a little.

What search costs depends on how vectors lie, not on what they mean. So each text gets the vector of
some real text, chosen by a hash of its words, plus noise; queries are encoded by the model itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from indexer.embedding.encoder import Encoder, Vectors

_NOISE = 0.35  # length beside a vector of length 1: cosine 0.94, that of two clauses on one subject


class NearbyEncoder:
    """An encoder whose passages lie about those of a sample, and whose queries are real."""

    def __init__(self, model: Encoder, sample: Vectors) -> None:
        self._model = model
        self._sample = sample
        self.fingerprint = f"nearby-{len(sample)}-{model.fingerprint}"

    def encode_query(self, query: str) -> Vectors:
        """One query as a unit vector, shape ``(dimension,)``, by the model."""
        return self._model.encode_query(query)

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Many queries as unit vectors, shape ``(len(queries), dimension)``, by the model."""
        return self._model.encode_queries(queries, progress)

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors about those of the sample, shape ``(len(passages), dimension)``."""
        digests = (hashlib.sha256(passage.encode()).digest() for passage in passages)
        vectors = scattered(self._sample, [int.from_bytes(digest[:8]) for digest in digests])
        if progress is not None:
            progress(len(passages))
        return vectors


def scattered(sample: Vectors, seeds: Sequence[int]) -> Vectors:
    """For each seed a unit vector about one of the sample, always the same for the same seed."""
    noise = np.empty((len(seeds), sample.shape[1]), np.float32)
    for row, seed in enumerate(seeds):
        noise[row] = np.random.default_rng(seed).standard_normal(sample.shape[1], np.float32)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    vectors = sample[[seed % len(sample) for seed in seeds]] + noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

"""How fast a build encodes texts, in full precision and in 8-bit integers; how alike both are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.embedding.encoder import Vectors, open_encoder, resolve_model
from indexer.settings import IndexSettings, Precision

_PRECISIONS: tuple[Precision, ...] = ("float32", "int8")
_WARM_UP = 4  # texts


@dataclass(frozen=True, slots=True)
class EncodingCost:
    """Texts a second (wall clock), CPU milliseconds a text, least cosine with full precision."""

    precision: Precision
    texts_a_second: float
    cpu: float
    least_cosine: float


def measure_encoding(texts: Sequence[str]) -> list[EncodingCost]:
    """Encode the same texts in every precision, full precision first.

    Raises:
        ModelError: the model can't be loaded.
    """
    costs: list[EncodingCost] = []
    full: Vectors | None = None
    for precision in _PRECISIONS:
        settings = IndexSettings(precision=precision)
        encoder = open_encoder(settings, resolve_model(settings))
        encoder.encode_passages(texts[:_WARM_UP])
        wall, cpu = time.perf_counter(), time.process_time()
        vectors = encoder.encode_passages(texts)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        full = vectors if full is None else full
        least = float(np.min(np.sum(full * vectors, axis=1)))
        costs.append(EncodingCost(precision, len(texts) / wall, 1000 * cpu / len(texts), least))
    return costs

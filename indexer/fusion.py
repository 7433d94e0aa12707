"""One ranking from two: a convex combination of normalised scores.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS, 2023):
with min-max normalisation over the candidates it is better than reciprocal ranks and needs one
weight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def convex_combination(lexical: Scores, dense: Scores, *, weight: float, depth: int) -> Scores:
    """``weight * lexical + (1 - weight) * dense``, each scaled to 0…1 over its ``depth`` best.

    Shapes ``(units,)``. A unit that neither side has among its best scores -inf.
    """
    scaled = _scaled(lexical, depth, floor=0.0)
    combined = weight * scaled + (1 - weight) * _scaled(dense, depth, floor=-np.inf)
    candidates = (scaled > 0) | np.isfinite(dense)
    return np.asarray(np.where(candidates, combined, -np.inf), np.float32)


def _scaled(scores: Scores, depth: int, *, floor: float) -> Scores:
    present = scores[scores > floor]
    if present.size == 0:
        return np.zeros_like(scores)
    best = np.partition(present, max(present.size - depth, 0))[max(present.size - depth, 0) :]
    low, high = float(best.min()), float(best.max())
    if high - low < 1e-9:
        return (scores >= high).astype(np.float32)
    return np.asarray(np.clip((scores - low) / (high - low), 0.0, 1.0), np.float32)

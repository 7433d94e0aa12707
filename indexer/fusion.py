"""One ranking from several: a convex combination of normalised scores.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS, 2023):
with min-max normalisation over the candidates it is better than reciprocal ranks and needs few
weights. The sides here are BM25, the nearest passage of a unit and the nearest of the questions
that people ask for it. Text and questions are evidence of their own: their sum is better than the
nearer of the two (on the questions of eval/datasets and on others).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

QUESTION_SHARE = 0.5
"""Of the weight that vectors have, the part of the questions; the rest is the text's."""


def convex_combination(sides: Sequence[tuple[float, Scores]], *, depth: int) -> Scores:
    """The weighted sum of the sides, each scaled to 0…1 over its ``depth`` best.

    Shapes ``(units,)``; -inf says that a side doesn't know a unit. A unit that no side knows scores
    -inf.
    """
    combined = np.zeros_like(sides[0][1])
    known = np.zeros(len(combined), np.bool_)
    for weight, scores in sides:
        combined += np.float32(weight) * _scaled(scores, depth)
        known |= np.isfinite(scores)
    return np.asarray(np.where(known, combined, -np.inf), np.float32)


def _scaled(scores: Scores, depth: int) -> Scores:
    """Scores over their ``depth`` best as 0…1; what is below or unknown (-inf) is 0."""
    present = scores[np.isfinite(scores)]
    if present.size == 0:
        return np.zeros_like(scores)
    best = np.partition(present, max(present.size - depth, 0))[max(present.size - depth, 0) :]
    low, high = float(best.min()), float(best.max())
    if high - low < 1e-9:
        return (scores >= high).astype(np.float32)
    return np.asarray(np.clip((scores - low) / (high - low), 0.0, 1.0), np.float32)

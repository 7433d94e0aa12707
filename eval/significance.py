"""Is one ranking better than another, or were the questions kind to it?

The paired randomisation test of Smucker, Allan and Carterette, "A Comparison of Statistical
Significance Tests for Information Retrieval Evaluation" (CIKM 2007), and for several comparisons at
once the step-down correction of Holm, "A Simple Sequentially Rejective Multiple Test Procedure"
(Scandinavian Journal of Statistics, 1979).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import permutation_test

_RESAMPLES = 99_999  # p is known to about 0.001; scipy counts all exchanges where they are fewer
_BATCH = 10_000  # resamples in memory at a time
_SEED = 20211027


def randomisation_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of the mean difference of two systems' scores on the same questions.

    Under the null hypothesis the systems are exchangeable on each question. Both sequences have
    one score a question, in the same order; there are at least two. Repeats for the same scores.

    Raises:
        ValueError: the sequences differ in length or hold fewer than two scores.
    """
    if len(first) != len(second) or len(first) < 2:
        raise ValueError("paired scores of two or more questions are needed")
    result = permutation_test(
        (np.asarray(first, float), np.asarray(second, float)),
        _mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        alternative="two-sided",
        rng=np.random.default_rng(_SEED),
    )
    return float(result.pvalue)


def _mean_difference(
    first: NDArray[np.float64], second: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    return np.asarray(np.mean(first - second, axis=axis))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values corrected for being several, in the same order.

    Rejecting those below a level keeps the chance of any false rejection below that level.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected

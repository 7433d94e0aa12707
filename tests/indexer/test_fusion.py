from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexer.fusion import convex_combination

scores = arrays(np.float32, 12, elements=st.floats(0, 50, width=32))
cosines = arrays(np.float32, 12, elements=st.floats(-1, 1, width=32))


@given(scores, cosines, st.floats(0, 1))
def test_combined_scores_stay_between_zero_and_one(
    lexical: np.ndarray, dense: np.ndarray, weight: float
) -> None:
    combined = convex_combination([(weight, lexical), (1 - weight, dense)], depth=5)
    finite = combined[np.isfinite(combined)]
    assert np.all((finite >= -1e-6) & (finite <= 1 + 1e-6))


@given(scores, cosines, st.floats(0.1, 0.9))
def test_what_is_best_on_both_sides_is_best(
    lexical: np.ndarray, dense: np.ndarray, weight: float
) -> None:
    lexical[3], dense[3] = lexical.max() + 1, 1.5
    assert (
        int(np.argmax(convex_combination([(weight, lexical), (1 - weight, dense)], depth=5))) == 3
    )


def test_scale_of_a_side_does_not_matter() -> None:
    lexical = np.array([0, 1, 2, 3], np.float32)
    dense = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    one = convex_combination([(0.5, lexical), (0.5, dense)], depth=4)
    other = convex_combination([(0.5, lexical * 10), (0.5, dense)], depth=4)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_units_that_no_side_knows_are_no_candidates() -> None:
    lexical = np.full(3, -np.inf, np.float32)
    dense = np.array([0.5, -np.inf, 0.4], np.float32)
    combined = convex_combination([(0.5, lexical), (0.5, dense)], depth=3)
    assert np.isfinite(combined).tolist() == [True, False, True]

"""The laws of the paired randomisation test and of Holm's correction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.significance import holm, randomisation_p

# Measures of a question are ratios of small numbers; few questions are counted out exactly.
scores = st.sampled_from([0.0, 0.25, 0.5, 1 / 3, 0.63, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=2, max_size=8)
p_values = st.lists(st.floats(0, 1), max_size=8)


@given(pairs)
@settings(max_examples=40, deadline=None)
def test_p_is_that_of_all_exchanges_counted_out(pairs: list[tuple[float, float]]) -> None:
    first, second = zip(*pairs, strict=True)
    differences = np.subtract(first, second)
    signs = np.array(list(product((1, -1), repeat=len(pairs))))
    means = np.abs((signs * differences).mean(axis=1))
    expected = np.mean(means >= abs(differences.mean()) - 1e-9)
    assert randomisation_p(first, second) == pytest.approx(expected)


@given(pairs)
@settings(max_examples=20, deadline=None)
def test_p_does_not_depend_on_which_system_comes_first(pairs: list[tuple[float, float]]) -> None:
    first, second = zip(*pairs, strict=True)
    assert randomisation_p(first, second) == pytest.approx(randomisation_p(second, first))


@given(st.lists(scores, min_size=2, max_size=8))
@settings(max_examples=20, deadline=None)
def test_identical_systems_do_not_differ(system: list[float]) -> None:
    assert randomisation_p(system, system) == 1.0


def test_many_questions_are_sampled_and_repeat() -> None:
    rng = np.random.default_rng(7)
    first = rng.random(60)
    better = np.clip(first + rng.normal(0.1, 0.1, 60), 0, 1)
    p = randomisation_p(first, better)
    assert 0 < p < 0.001
    assert randomisation_p(first, better) == p
    assert randomisation_p(better, first) == pytest.approx(p)
    assert randomisation_p(first, rng.permutation(first)) > 0.05
    assert randomisation_p(first, first) == 1.0


@pytest.mark.parametrize(("first", "second"), [([1.0], [0.0]), ([1.0, 0.0], [1.0]), ([], [])])
def test_unpaired_or_too_few_scores_are_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="two or more"):
        randomisation_p(first, second)


def test_holm_multiplies_the_smallest_most() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(p_values)
def test_corrected_values_lie_between_plain_and_bonferroni(p_values: list[float]) -> None:
    for p, corrected in zip(p_values, holm(p_values), strict=True):
        assert p <= corrected <= min(1.0, p * len(p_values))


@given(p_values)
def test_the_correction_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    for a, plain_a in zip(corrected, p_values, strict=True):
        for b, plain_b in zip(corrected, p_values, strict=True):
            assert plain_a > plain_b or a <= b

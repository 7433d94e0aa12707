"""Numbers in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document_number import int_to_chinese
from corpus.quantities import number_of, numbers_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5万", 50000),
        ("1.2亿", 1.2e8),
        ("1.2个亿", 1.2e8),
        ("三千", 3000),
        ("两", 2),
        ("十二", 12),
        ("半", 0.5),
        ("1,500", 1500),
        ("2千万", 2e7),
    ],
)
def test_a_number_is_read_with_its_powers_of_ten(text: str, value: float) -> None:
    assert number_of(text) == value


def test_words_without_a_number_are_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        number_of("多少")


def test_all_numbers_of_a_sentence_are_found() -> None:
    text = "分别给予每人一次性奖励5万元、2万元,补贴期限最长不超过六个月"
    assert {50000, 20000, 6} <= numbers_in(text)


def test_a_figure_counts_without_the_power_that_stands_behind_a_list() -> None:
    assert {20, 100000} <= numbers_in("奖励20、10万元")


@given(st.integers(1, 9999))
def test_chinese_and_arabic_numerals_agree(number: int) -> None:
    assert number_of(int_to_chinese(number)) == number_of(str(number)) == number

"""Figures: one value however written, with what it counts; a date is one run."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document_number import int_to_chinese
from corpus.figures import Figure, Limit, figures_in, number_of, numbers_in, states


def figure(value: str, unit: str, *, is_ordinal: bool = False, limit: Limit = Limit.NONE) -> Figure:
    return Figure(Decimal(value).normalize(), unit, is_ordinal, limit)


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("补贴3万元", (figure("30000", "元"),)),
        ("补贴三万元", (figure("30000", "元"),)),
        ("补贴30,000元", (figure("30000", "元"),)),
        ("补贴３００００元", (figure("30000", "元"),)),
        ("补贴1.5万元", (figure("15000", "元"),)),
        ("占百分之五十", (figure("50", "%"),)),
        ("占50％", (figure("50", "%"),)),
        ("3个工作日", (figure("3", "个工作日"),)),
        ("培训10万人次", (figure("100000", "人次"),)),
        ("满半年", (figure("0.5", "年"),)),
        ("1000余人", (figure("1000", "人"),)),
        ("2019年4月2日", (figure("2019", "年"), figure("4", "月"), figure("2", "日"))),
        (
            "第四条第(二)项",
            (figure("4", "条", is_ordinal=True), figure("2", "项", is_ordinal=True)),
        ),
    ],
)
def test_a_figure_has_a_value_and_a_unit(text: str, run: tuple[Figure, ...]) -> None:
    assert figures_in(text) == [run]


@pytest.mark.parametrize("text", ["统一安排", "一般情况", "一定条件"])
def test_a_lone_numeral_within_a_word_is_no_figure(text: str) -> None:
    assert figures_in(text) == []


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("不低于4000元", Limit.LEAST),
        ("不得低于4000元", Limit.LEAST),
        ("4000元以上", Limit.LEAST),
        ("最低每人每年4000元", Limit.LEAST),
        ("不超过4000元", Limit.MOST),
        ("最高给予企业4000元", Limit.MOST),
        ("4000元以内", Limit.MOST),
        ("超过4000元的部分", Limit.ABOVE),
        ("不足4000元的", Limit.BELOW),
        ("不低于原标准的,补4000元", Limit.NONE),
    ],
)
def test_a_figure_is_limited_by_the_words_around_it(text: str, limit: Limit) -> None:
    assert figures_in(text) == [(figure("4000", "元", limit=limit),)]


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert figures_in("2019—2021年") == [(figure("2019", "年"),), (figure("2021", "年"),)]


@pytest.mark.parametrize(
    ("shown", "said", "stands"),
    [
        ("补贴4000元", "4000元", True),
        ("补贴14000元", "4000元", False),
        ("补贴4000元", "4000人", False),
        ("补贴4000元", "四千元", True),
        ("2019年4月2日、2020年5月3日", "2019年4月", True),
        ("2019年4月2日、2020年5月3日", "2019年5月3日", False),
        ("限三条", "第三条", False),
        ("第三条", "第三条", True),
        ("3个月", "3个工作日", False),
        ("3个月", "3年", False),
    ],
)
def test_what_stands_in_a_text(shown: str, said: str, *, stands: bool) -> None:
    assert all(states(figures_in(shown), run) for run in figures_in(said)) is stands


@given(st.integers(min_value=2, max_value=9999))
def test_both_scripts_have_one_value(number: int) -> None:
    assert figures_in(f"共{number}元") == figures_in(f"共{int_to_chinese(number)}元")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all(run for run in figures_in(text))


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

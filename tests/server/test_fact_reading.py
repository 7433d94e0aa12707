"""Sentences read into facts by the vocabulary of the benefit rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.benefits.annotations import BENEFITS_FOLDER
from corpus.benefits.facts import Fact
from corpus.benefits.loading import load_facts
from server.eligibility.reading import FactReader

FACTS = load_facts(BENEFITS_FOLDER / "facts")
READER = FactReader(FACTS)


def chosen(text: str, fact: str) -> set[str]:
    return set(READER.read(text).chosen.get(fact, ()))


@given(st.sampled_from([(fact, words) for fact in FACTS.values() for words in fact.unrelated]))
def test_unrelated_words_alone_say_nothing_of_their_fact(unrelated: tuple[Fact, str]) -> None:
    fact, words = unrelated
    text = words.replace("*", "").replace("#", "3")
    assert fact.name not in READER.read(text).names


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("技师学院毕业", set()),
        ("评上了首席技师", set()),
        ("我是高级工程师", set()),
        ("单位没有高级岗位", set()),
        ("技师学院毕业,考了高级技师", {"高级技师"}),
        ("高级工证考下来了", {"高级"}),
    ],
)
def test_a_level_within_another_word_is_none(text: str, level: set[str]) -> None:
    assert chosen(text, "等级") == level


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("参加世界技能大赛,拿了块银牌", "世界技能大赛银牌"),
        ("世界技能大赛上得了铜牌", "世界技能大赛铜牌"),
        ("四川省技术能手", "外省荣誉"),
        ("我是云南省技术能手", "云南省技术能手"),
        ("昆明市的技术能手", "州(市)县级荣誉"),
    ],
)
def test_a_title_is_that_of_its_own_level(text: str, title: str) -> None:
    assert chosen(text, "荣誉称号") == {title}


def test_a_long_gap_ends_with_the_sentence() -> None:
    assert not chosen("没参加过世界技能大赛。银牌是公司发的", "荣誉称号")


def test_the_year_since_when_is_not_the_year_of_which_somebody_speaks() -> None:
    assert "年份" not in READER.read("2016年考的高级技师,到现在五年").numbers
    assert READER.read("2019年考的证").numbers["年份"] == 2019


def test_a_spouse_without_work_is_spoken_of_only_where_training_is_asked_for() -> None:
    assert not chosen("我是引进的技师,老婆现在没工作", "人员类别")
    assert chosen("我老婆没工作,想学月嫂", "人员类别") == {"失业人员"}

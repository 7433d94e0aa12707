"""Slips of the pen are mended, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.correction import Corrector
from indexer.search import Mode, SearchIndex
from indexer.tokenizer import Tokenizer, fold

TEXTS = ["参加职业技能培训的补贴标准由企业和学徒约定,发给证书。"] * 20


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector.learn(TEXTS, Tokenizer(["补贴标准"]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("陪训补帖", "培训补贴"),
        ("职业技能正书", "职业技能证书"),
        ("补帖标准是多少", "补贴标准是多少"),
        ("学突", "学徒"),
    ],
)
def test_a_homophone_of_a_known_word_is_mended(
    corrector: Corrector, typed: str, meant: str
) -> None:
    correction = corrector.correct(typed)
    assert correction.query == meant
    assert correction.changes


@pytest.mark.parametrize(
    "query", ["培训补贴标准", "老板不给钱怎么办", "abc 123", "云财规〔2019〕3号"]
)
def test_what_is_known_or_everyday_speech_stays(corrector: Corrector, query: str) -> None:
    assert corrector.correct(query).query == query


@pytest.mark.parametrize(
    "query", ["工伤保险谁负责认定", "大师工作室资助多少", "住房公积金怎么提取", "考茶艺师证补多少"]
)
def test_ordinary_words_side_by_side_are_no_slip(index: SearchIndex, query: str) -> None:
    assert index.search(query, mode=Mode.LEXICAL, limit=1).correction is None


def test_a_whole_word_is_mended_beside_known_words(index: SearchIndex) -> None:
    result = index.search("工商保险待遇怎么算", mode=Mode.LEXICAL, limit=1)
    assert result.correction is not None
    assert result.correction.changes == (("工商保险", "工伤保险"),)


@given(query=st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_correction_changes_only_what_it_names(corrector: Corrector, query: str) -> None:
    correction = corrector.correct(query)
    assert len(correction.query) == len(query)
    assert (correction.query == query) == (not correction.changes)


def test_the_vocabulary_of_the_collection_is_never_mended(index: SearchIndex) -> None:
    for unit in index.store.units(range(0, 2000, 40)):
        result = index.search(unit.text[:60], mode=Mode.LEXICAL, limit=1)
        assert result.correction is None, result.correction


def test_a_search_says_what_it_took_the_query_for(index: SearchIndex) -> None:
    result = index.search("企业新型学徒制陪养期是几年", mode=Mode.LEXICAL)
    assert result.correction is not None
    assert result.correction.query == "企业新型学徒制培养期是几年"


def test_traditional_characters_mean_the_same(index: SearchIndex) -> None:
    assert fold("學徒補貼標準") == "学徒补贴标准"
    simplified = index.search("学徒补贴标准", mode=Mode.LEXICAL).hits
    traditional = index.search("學徒補貼標準", mode=Mode.LEXICAL).hits
    assert [hit.unit.id for hit in simplified] == [hit.unit.id for hit in traditional]

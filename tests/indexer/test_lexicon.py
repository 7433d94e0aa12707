"""Everyday words lead to official terms."""

from __future__ import annotations

from corpus.model import Compilation
from indexer.lexicon import Lexicon
from indexer.search import Mode, SearchIndex
from indexer.tokenizer import fold


def test_the_longest_everyday_word_counts() -> None:
    lexicon = Lexicon({"师傅": ["导师"], "老师傅": ["高技能人才"]})
    assert lexicon.official_terms("厂里的老师傅") == ["高技能人才"]
    assert lexicon.official_terms("老师傅带师傅") == ["高技能人才", "导师"]


def test_terms_that_the_query_has_are_not_added() -> None:
    lexicon = Lexicon({"老板": ["用人单位", "企业"]})
    assert lexicon.official_terms("老板的企业") == ["用人单位"]
    assert Lexicon({}).official_terms("老板") == []


def test_every_official_term_occurs_in_the_collection(compilation: Compilation) -> None:
    text = fold(compilation.text).replace("\n", "")
    missing = {
        term
        for terms in Lexicon.load().entries.values()
        for term in terms
        if fold(term) not in text
    }
    assert missing == set()


def test_an_everyday_word_finds_the_official_one(index: SearchIndex) -> None:
    for everyday, official in (("东家", "用人单位"), ("月嫂", "母婴")):
        hits = index.search(everyday, mode=Mode.LEXICAL).hits
        assert any(official in hit.unit.text for hit in hits)

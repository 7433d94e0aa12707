"""Sentences: where they end, what heads a list, and that nothing is lost."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpus.edition import Edition
from corpus.sentences import sentences_of
from indexer.passages import sentences_in, units_of


def _texts(text: str, heading: str = "") -> list[str]:
    return [sentence.of(text) for sentence in sentences_of(text, heading)]


def test_a_sentence_ends_outside_brackets_and_quotation_marks_only() -> None:
    text = "按规定给予补贴(不超过3次;另有规定的除外)。坚持“政府引导。企业为主”的原则;其他从其规定"
    assert _texts(text) == [
        "按规定给予补贴(不超过3次;另有规定的除外)。",
        "坚持“政府引导。企业为主”的原则;",
        "其他从其规定",
    ]


def test_a_bracket_that_never_closes_holds_no_sentence_together() -> None:
    assert _texts("给予补贴(见附件。未尽事宜另行通知。") == [
        "给予补贴(见附件。",
        "未尽事宜另行通知。",
    ]


def test_items_know_the_sentence_that_introduces_them() -> None:
    text = "应当符合下列条件:\n(一)年满18周岁;\n(二)持有证书。证书应当有效。\n其他人员另行规定。"
    sentences = sentences_of(text)
    assert [sentence.lead_in for sentence in sentences] == [None, 0, 0, 0, None]
    assert sentences[0].is_lead_in


def test_items_within_a_paragraph_are_cut_at_their_numbers() -> None:
    text = "包括:①培训费;②鉴定费。"
    sentences = sentences_of(text)
    assert [sentence.of(text) for sentence in sentences] == ["包括:", "①培训费;", "②鉴定费。"]
    assert [sentence.lead_in for sentence in sentences] == [None, 0, 0]


def test_a_colon_without_a_list_ends_no_sentence() -> None:
    assert _texts("监督电话:12333。") == ["监督电话:12333。"]


def test_the_heading_is_marked() -> None:
    sentences = sentences_of("加大奖励力度。给予每人10万元。", "加大奖励力度")
    assert [sentence.is_heading for sentence in sentences] == [True, False]


@given(st.text(alphabet="补贴一1。;:(（）)“”《》\n ①-", max_size=60))
def test_sentences_hold_every_character_but_blanks_once_and_in_order(text: str) -> None:
    sentences = sentences_of(text)
    places = [(sentence.start, sentence.end) for sentence in sentences]
    assert places == sorted(places)
    assert "".join(_texts(text)) == "".join(_texts(text)).strip()
    assert re.sub(r"\s", "", "".join(_texts(text))) == re.sub(r"\s", "", text)
    assert all(s.lead_in is None or s.lead_in < at for at, s in enumerate(sentences))


def test_the_sentences_of_every_clause_make_up_its_text(edition: Edition) -> None:
    for unit in units_of(edition):
        if not unit.provision.cells:
            joined = "".join(sentence.of(unit.text) for sentence in sentences_in(unit))
            assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", unit.text)

"""What Python and a notebook show of a search, an answer, benefits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import escape

from indexer.notebook import marked
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.knowledge_base import KnowledgeBase
from server.schemas.answer import AnswerOut
from server.schemas.benefit import BenefitsIn, BenefitsOut
from server.schemas.search import SearchOut
from server.settings import ServerSettings

HOSTILE = "<script>alert('电工')</script>&"


@pytest.mark.usefixtures("index")
def test_five_lines_of_python_search_answer_and_match() -> None:
    index = SearchIndex.open(IndexSettings())
    hits = index.search("带徒弟有补助吗", limit=3).hits
    knowledge_base = KnowledgeBase.open(ServerSettings())
    answered = knowledge_base.answer("学徒制一年补多少钱")
    found = knowledge_base.benefits(BenefitsIn(question="我是电工,考了中级证,能领多少钱"))

    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert "4000元以上" in answered.answer
    assert found.benefits[0].citations


def test_a_search_shows_its_clauses(index: SearchIndex, knowledge_base: KnowledgeBase) -> None:
    result = index.search("导师带徒津贴", limit=2)
    found = knowledge_base.search("导师带徒津贴", limit=2)
    first = result.hits[0].unit.id
    assert repr(result).startswith(
        f"SearchResult(query='导师带徒津贴', total={result.total}, hits=["
    )
    assert f"unit='{first}'" in repr(result)
    assert repr(found).startswith("SearchOut(query='导师带徒津贴', mode='hybrid'")
    assert first in repr(found)
    assert len(repr(found)) < 300
    for shown in (result, found):
        table = html.fromstring(shown._repr_html_())
        assert len(table.xpath(".//tbody/tr")) == 2
        assert first in table.text_content()
        assert "带徒" in "".join(table.xpath(".//mark/text()"))


def test_an_answer_shows_its_words_and_its_sources(knowledge_base: KnowledgeBase) -> None:
    answered = knowledge_base.answer("学徒制一年补多少钱")
    shown = html.fromstring(answered._repr_html_()).text_content()
    for line in answered.answer.splitlines():
        assert line in shown
    for hit in answered.citations:
        assert hit.citation.text in shown
        assert hit.clause.id in repr(answered)
    for notice in answered.notices:
        assert notice in shown


def test_benefits_are_shown_with_sum_and_conditions(knowledge_base: KnowledgeBase) -> None:
    found = knowledge_base.benefits(BenefitsIn(question="我是电工,2021年考了中级证,能领多少钱"))
    shown = html.fromstring(found._repr_html_()).text_content()
    for benefit in found.benefits:
        assert benefit.name in shown
        assert f"BenefitOut(id='{benefit.id}', verdict='{benefit.verdict.value}'" in repr(found)
    assert "2000元/人" in shown
    assert all(question in shown for question in found.questions)
    nothing = found.model_copy(update={"benefits": []})
    assert "没有找到" in nothing._repr_html_()


def hostile_results(knowledge_base: KnowledgeBase) -> tuple[SearchOut, AnswerOut, BenefitsOut]:
    """Results in which every text that a source or a person wrote is an attack."""
    searched = knowledge_base.search("学徒制", limit=1)
    (hit,) = searched.results
    clause = hit.clause.model_copy(update={"text": HOSTILE, "id": HOSTILE})
    citation = hit.citation.model_copy(update={"text": HOSTILE})
    hit = hit.model_copy(update={"clause": clause, "citation": citation, "highlights": [(1, 9)]})
    found = knowledge_base.benefits(BenefitsIn(question="学徒制一年补多少钱"))
    first = found.benefits[0]
    condition = first.conditions[0].model_copy(update={"text": HOSTILE})
    benefit = first.model_copy(update={"name": HOSTILE, "conditions": [condition]})
    answered = knowledge_base.answer("学徒制一年补多少钱").model_copy(
        update={
            "question": HOSTILE,
            "answer": HOSTILE,
            "notices": [HOSTILE],
            "citations": [hit],
            "benefits": [benefit],
        }
    )
    return (
        searched.model_copy(update={"query": HOSTILE, "results": [hit]}),
        answered,
        found.model_copy(update={"benefits": [benefit], "questions": [HOSTILE]}),
    )


def test_nothing_in_a_text_becomes_markup(
    index: SearchIndex, knowledge_base: KnowledgeBase
) -> None:
    shown = [result._repr_html_() for result in hostile_results(knowledge_base)]
    shown.append(index.search(HOSTILE, limit=1)._repr_html_())
    for each in shown:
        assert "<script" not in each
        assert HOSTILE in html.fromstring(each).text_content()


@given(st.text(), st.lists(st.integers(0, 30), max_size=6))
def test_marking_changes_nothing_of_the_text(text: str, bounds: list[int]) -> None:
    ordered = sorted(set(bounds))
    spans = list(zip(ordered[::2], ordered[1::2], strict=False))
    without_marks = marked(text, spans).replace("<mark>", "").replace("</mark>", "")
    assert without_marks == escape(text)

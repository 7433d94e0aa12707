from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.search import SearchIndex
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.suggestions import Suggester, SuggestionKind


@pytest.fixture(scope="module")
def suggester(index: SearchIndex) -> Suggester:
    return Suggester(index.store)


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("云人社发〔2019〕16", SuggestionKind.DOCUMENT, "云人社发〔2019〕16号"),
        ("人社发2019 16号", SuggestionKind.DOCUMENT, "云人社发〔2019〕16号"),
        ("２０１９年16号", SuggestionKind.DOCUMENT, "云人社发〔2019〕16号"),
        ("中小企业促进条", SuggestionKind.TITLE, "云南省中小企业促进条例"),
        ("電工", SuggestionKind.OCCUPATION, "电工"),
        ("diangong", SuggestionKind.OCCUPATION, "电工"),
        ("养老护里员", SuggestionKind.OCCUPATION, "养老护理员"),
    ],
)
def test_the_nearest_comes_first_however_typed(
    suggester: Suggester, typed: str, kind: SuggestionKind, text: str
) -> None:
    first = suggester.suggest(typed, 8)[0]
    assert (first.kind, first.text) == (kind, text)


def test_words_in_another_order_find_the_question(suggester: Suggester) -> None:
    found = suggester.suggest("学徒制一年补多少", 4)
    assert {each.kind for each in found} == {SuggestionKind.QUESTION}
    assert all("学徒" in each.text for each in found)


def test_numbers_and_titles_lead_to_their_document(
    suggester: Suggester, index: SearchIndex
) -> None:
    for frame in index.store.frames:
        for name in filter(None, (frame.doc_number, frame.title)):
            found = suggester.suggest(name, 5)
            assert frame.id in {each.document_id for each in found}


def test_no_kind_crowds_out_another_that_is_as_near(suggester: Suggester) -> None:
    kinds = [each.kind for each in suggester.suggest("电", 8)]
    assert kinds.count(SuggestionKind.OCCUPATION) == 4
    assert kinds.count(SuggestionKind.QUESTION) == 4


def test_of_one_clause_one_question_is_enough(suggester: Suggester, index: SearchIndex) -> None:
    clause_of = {
        question: at
        for at, asked_as in enumerate(index.store.asked_as())
        for question in asked_as.questions
    }
    asked = [each.text for each in suggester.suggest("工伤", 20) if each.text in clause_of]
    assert len(asked) > 1
    assert len({clause_of[text] for text in asked}) == len(asked)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.text(max_size=20), limit=st.integers(1, 20))
def test_anything_may_be_typed(suggester: Suggester, typed: str, limit: int) -> None:
    found = suggester.suggest(typed, limit)
    assert len(found) <= limit
    assert len({(each.kind, each.text) for each in found}) == len(found)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_beginning_of_a_name_suggests_something_that_begins_so(
    suggester: Suggester, index: SearchIndex, data: st.DataObject
) -> None:
    names = sorted({name for name, _ in index.store.occupations()})
    name = data.draw(st.sampled_from(names))
    typed = name[: data.draw(st.integers(2, len(name)))]
    found = suggester.suggest(typed, 8)
    if typed.isalpha():
        assert any(each.text.startswith(typed) for each in found)


def test_the_api_suggests_in_the_agreed_form(knowledge_base: KnowledgeBase) -> None:
    client = TestClient(create_app(knowledge_base=knowledge_base))
    body = client.get("/api/v1/suggest", params={"q": "云财规", "limit": 1}).json()
    assert body == {
        "query": "云财规",
        "suggestions": [
            {
                "kind": "document",
                "text": "云财规〔2019〕3号",
                "note": knowledge_base.find_document("云财规〔2019〕3号").title,
                "document": "云财规-2019-3",
            }
        ],
    }
    assert client.get("/api/v1/suggest", params={"q": ""}).status_code == 422
    assert client.get("/api/v1/suggest", params={"q": "。。"}).json()["suggestions"] == []


def test_half_a_character_is_answered_with_what_can_be_sent(knowledge_base: KnowledgeBase) -> None:
    suggested = knowledge_base.suggest("电工\ud800")
    assert "电工\ufffd" in suggested.model_dump_json()

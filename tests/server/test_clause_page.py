"""One clause: its words, how to cite it, what stands around it and near it."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from tests.server.page import Page

CLAUSE = "云财规-2019-3:第四条.(二)"


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


@pytest.fixture(scope="module")
def page(client: TestClient) -> Page:
    return Page(client.get(f"/clauses/{quote(CLAUSE)}").text)


def test_citations_are_ready_to_be_copied_without_javascript(
    page: Page, knowledge_base: KnowledgeBase
) -> None:
    for form in knowledge_base.clause(CLAUSE).citation_forms:
        assert form.text in page.text
        (field,) = page.all("textarea", id=f"cite-{form.style}")
        assert "readonly" in field
    assert f"http://testserver/clauses/{quote(CLAUSE, safe=':')}" in page.text
    assert all("hidden" in button for button in page.all("button", type="button"))
    assert page.all("p", role="status")


def test_neighbours_parents_and_children_are_linked(page: Page, client: TestClient) -> None:
    links = {unquote(link) for link in page.links}
    assert "/clauses/云财规-2019-3:第四条.(一)" in links
    assert "/clauses/云财规-2019-3:第四条.(三)" in links
    assert "/clauses/云财规-2019-3:第四条" in links
    parent = Page(client.get("/clauses/云财规-2019-3:第四条").text)
    assert f"/clauses/{CLAUSE}" in {unquote(link) for link in parent.links}


def test_the_clause_is_linked_to_its_place_in_the_document(page: Page, client: TestClient) -> None:
    address, anchor = next(link for link in page.links if "#" in link and "/doc" in link).split("#")
    assert unquote(anchor) == CLAUSE
    assert CLAUSE in Page(client.get(address).text).ids


def test_near_clauses_and_named_documents_are_shown(
    page: Page, knowledge_base: KnowledgeBase
) -> None:
    detail = knowledge_base.clause(CLAUSE)
    assert len(detail.related) == 6
    links = {unquote(link) for link in page.links}
    assert {f"/clauses/{other.id}" for other in detail.related} <= links
    assert {f"/documents/{r.document}" for r in detail.cites if r.document} <= links
    assert any(r.doc_number == "云人社发〔2019〕16号" for r in detail.cites)


def test_an_entry_of_a_catalogue_shows_heads_and_rate(client: TestClient) -> None:
    page = Page(client.get("/clauses/云人社通-2021-22:附件2.第20行").text)
    assert "职业(工种)" in page.text
    assert "加气混凝土制品工" in page.text
    assert "补贴标准:" in page.text


def test_the_printed_words_and_their_place_are_there(client: TestClient) -> None:
    page = Page(client.get("/clauses/云财规-2019-3:第四条").text)
    assert "按照用工方式支付" in page.text
    assert "字符位置" in page.text


def test_a_program_gets_data(client: TestClient) -> None:
    response = client.get(f"/clauses/{CLAUSE}", headers={"Accept": "application/json"})
    assert response.json() == client.get(f"/api/v1/clauses/{CLAUSE}").json()
    assert "Accept" in response.headers["vary"].replace(" ", "").split(",")
    missing = client.get("/clauses/没有", headers={"Accept": "application/json"})
    assert (missing.status_code, missing.json()["status"]) == (404, 404)


def test_an_unknown_clause_is_said_to_be_missing(client: TestClient) -> None:
    response = client.get("/clauses/没有", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert 'role="alert"' in response.text


def test_every_kind_of_clause_has_a_page(client: TestClient, knowledge_base: KnowledgeBase) -> None:
    for clause in knowledge_base.document("云人社发-2019-16").clauses:
        response = client.get(f"/clauses/{quote(clause.id)}")
        assert response.status_code == 200
        page = Page(response.text)
        assert len(page.ids) == len(set(page.ids))

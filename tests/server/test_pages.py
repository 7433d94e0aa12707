from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.routes.pages.rendering import marked


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


class _Page(HTMLParser):
    """Ids, links, scripts and text of a page, and whether its tags nest."""

    _VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, content: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.open: list[str] = []
        self.text = ""
        self.feed(content)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]
        self.links += [found["href"]] if found.get("href") else []  # type: ignore[list-item]
        self.scripts += tag == "script"
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_home_page_has_a_search_box_and_examples(client: TestClient) -> None:
    page = _Page(client.get("/").text)
    assert "q" in page.ids
    assert any(link.startswith("/?q=") for link in page.links)


def test_results_show_what_was_understood_and_where_else_a_rule_stands(client: TestClient) -> None:
    page = _Page(
        client.get("/", params={"q": "2019年开展以工代训 贫困劳动力 工资总额20% 补贴"}).text
    )
    assert "已留意:年份 2019年" in page.text
    assert "同样的规定还见于:" in page.text
    assert "已留意" not in _Page(client.get("/", params={"q": "带徒弟有补助吗"}).text).text


def test_results_show_clause_citation_and_standing_without_javascript(client: TestClient) -> None:
    response = client.get("/", params={"q": "学徒制补贴标准"})
    page = _Page(response.text)
    assert page.scripts == 0
    assert "云人社发〔2019〕16号" in page.text
    assert "原文与出处" in page.text
    assert "<mark>" in response.text


def test_pages_can_be_turned(client: TestClient) -> None:
    first = client.get("/", params={"q": "培训补贴"})
    following = next(link for link in _Page(first.text).links if "page=2" in link)
    assert 'start="11"' in client.get(following).text


def test_a_number_shows_the_document_before_the_hits(client: TestClient) -> None:
    page = _Page(client.get("/", params={"q": "云财规(2019)3 第四条第(二)项"}).text)
    assert "给予企业每人每年4000元以上的职业培训补贴" in page.text
    assert f"/documents/{quote('云财规-2019-3')}" in page.links


def test_the_link_of_a_hit_leads_to_its_clause(client: TestClient) -> None:
    page = _Page(client.get("/", params={"q": "企业导师享受导师带徒津贴"}).text)
    link = next(link for link in page.links if "#" in link and link.startswith("/documents/"))
    address, anchor = link.split("#")
    assert anchor in _Page(client.get(address).text).ids


def test_every_document_has_a_page_with_every_clause(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    for frame in knowledge_base.index.store.frames:
        page = _Page(client.get(f"/documents/{quote(frame.id)}").text)
        wanted = {c.id for c in knowledge_base.document(frame.id).clauses if c.kind != "title"}
        assert wanted <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))


def test_the_list_of_documents_links_to_all(client: TestClient) -> None:
    links = [x for x in _Page(client.get("/documents").text).links if x.startswith("/documents/")]
    assert len(links) == 42


def test_what_a_visitor_types_is_escaped(client: TestClient) -> None:
    content = client.get("/", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>" not in content
    assert "&lt;script&gt;" in content
    assert str(marked("<b>a & b</b>", [(3, 4)])) == "&lt;b&gt;<mark>a</mark> &amp; b&lt;/b&gt;"


@pytest.mark.parametrize(("query", "status"), [("\x00", 422), ("字" * 501, 422)])
def test_bad_input_is_explained_on_the_page(client: TestClient, query: str, status: int) -> None:
    response = client.get("/", params={"q": query})
    assert response.status_code == status
    assert 'role="alert"' in response.text


def test_an_unknown_document_page_says_so(client: TestClient) -> None:
    response = client.get("/documents/nothing")
    assert response.status_code == 404
    assert "没有编号或文号" in response.text


def test_misprints_are_explained_beside_the_printed_words(client: TestClient) -> None:
    page = _Page(client.get(f"/documents/{quote('云办发〔2018〕38号')}").text)
    assert "珏琅银器" in page.text
    assert "疑为“珐琅银器”" in page.text

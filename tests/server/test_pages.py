from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.web.rendering import marked


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


class _Page(HTMLParser):
    """Ids, links and text of a page, and whether its tags nest."""

    _VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, content: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(content)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]
        self.links += [found["href"]] if found.get("href") else []  # type: ignore[list-item]
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


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


def test_marking_escapes_everything_else() -> None:
    assert str(marked("<b>a & b</b>", [(3, 4)])) == "&lt;b&gt;<mark>a</mark> &amp; b&lt;/b&gt;"


def test_an_unknown_document_page_says_so(client: TestClient) -> None:
    response = client.get("/documents/nothing")
    assert response.status_code == 404
    assert "没有编号或文号" in response.text


def test_misprints_are_explained_beside_the_printed_words(client: TestClient) -> None:
    page = _Page(client.get(f"/documents/{quote('云办发〔2018〕38号')}").text)
    assert "珏琅银器" in page.text
    assert "疑为“珐琅银器”" in page.text

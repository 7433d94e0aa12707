"""The list of documents as a reader narrows it down."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.document_list import Choice, Order, choose
from server.knowledge_base import KnowledgeBase
from server.schemas.search import DocumentOut
from tests.server.page import Page


@pytest.fixture(scope="module")
def documents(knowledge_base: KnowledgeBase) -> Sequence[DocumentOut]:
    return knowledge_base.documents().documents


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


def test_every_count_is_what_its_link_leads_to(documents: Sequence[DocumentOut]) -> None:
    start = Choice(issuer="云南省财政厅")
    for facet in choose(documents, start).facets:
        for link in facet.links:
            if link.chosen:
                assert "issuer" not in link.address
                continue
            fields = {"栏目": "section", "发文单位": "issuer", "年份": "year", "时效": "status"}
            changed = start.with_value(fields[facet.name], link.value)
            assert changed.address == link.address
            assert choose(documents, changed).total == link.count > 0


def test_titles_and_numbers_are_found_in_any_typography(documents: Sequence[DocumentOut]) -> None:
    for words in ("云财规〔2019〕3号", "云财规(2019)3号", "资金管理 职业技能提升"):
        (group,) = choose(documents, Choice(words=words)).groups
        assert "云财规-2019-3" in {document.id for document in group.documents}
    assert choose(documents, Choice(words="没有这样的标题")).total == 0


def test_the_newest_come_first_and_the_undated_last(documents: Sequence[DocumentOut]) -> None:
    listing = choose(documents, Choice(order=Order.DATE))
    assert listing.total == len(documents)
    dates = [document.date for group in listing.groups for document in group.documents]
    known = [day for day in dates if day is not None]
    assert known == sorted(known, reverse=True)
    assert dates[: len(known)] == known
    assert [group.title for group in listing.groups][-1] == "未注明"


def test_the_page_narrows_without_javascript(client: TestClient) -> None:
    page = Page(client.get("/documents").text)
    link = next(x for x in page.links if "issuer=" in x)
    narrowed = Page(client.get(link).text)
    documents = [x for x in narrowed.links if x.startswith("/documents/")]
    assert 0 < len(documents) < 42
    assert f"共 {len(documents)} 份文件" in narrowed.text


def test_an_empty_list_says_what_to_do_and_escapes_what_was_typed(client: TestClient) -> None:
    response = client.get("/documents", params={"q": "<script>alert(1)</script>"})
    assert "没有符合条件的文件" in Page(response.text).text
    assert "<script>alert" not in response.text

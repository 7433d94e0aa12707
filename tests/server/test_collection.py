from __future__ import annotations

import itertools
from datetime import date
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from corpus.model import Compilation
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.routes.pages.citation_diagram import ROW, diagram_of
from server.schemas.collection import CollectionOut


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


@pytest.fixture(scope="module")
def collection(knowledge_base: KnowledgeBase) -> CollectionOut:
    return knowledge_base.collection(date(2021, 6, 1))


def test_every_document_stands_once_in_time_section_and_standing(
    collection: CollectionOut, knowledge_base: KnowledgeBase
) -> None:
    everything = sorted(frame.id for frame in knowledge_base.index.store.frames)
    dated = [d for year in collection.years for month in year.months for d in month.documents]
    assert sorted(d.id for d in [*dated, *collection.undated]) == everything
    for groups in (collection.sections, collection.standings):
        assert sorted(d.id for group in groups for d in group.documents) == everything
    days = [document.date for document in dated]
    assert days == sorted(days)  # type: ignore[type-var]


def test_issuers_count_their_documents_and_partners_agree(
    collection: CollectionOut, knowledge_base: KnowledgeBase
) -> None:
    by_name = {issuer.name: issuer for issuer in collection.issuers}
    for name, issuer in by_name.items():
        frames = [f for f in knowledge_base.index.store.frames if name in f.issuers]
        assert issuer.documents == len(frames)
        assert issuer.jointly == sum(len(frame.issuers) > 1 for frame in frames)
        for partner in issuer.partners:
            back = {facet.value: facet.count for facet in by_name[partner.value].partners}
            assert back[name] == partner.count


def test_characters_are_those_of_the_source_and_all_have_a_place(
    collection: CollectionOut, compilation: Compilation
) -> None:
    coverage = collection.coverage
    assert coverage.characters == sum(not c.isspace() for c in compilation.text)
    assert coverage.misplaced_characters == 0
    assert 0 < coverage.clauses_with_questions <= coverage.citable_clauses <= coverage.clauses


def test_standing_depends_on_the_day(knowledge_base: KnowledgeBase) -> None:
    def over(day: date) -> int:
        groups = {g.value: len(g.documents) for g in knowledge_base.collection(day).standings}
        return groups.get("已过实施期", 0)

    assert over(date(2019, 1, 1)) < over(date(2030, 1, 1))


def test_links_say_where_one_document_names_another(
    collection: CollectionOut, knowledge_base: KnowledgeBase
) -> None:
    graph = collection.citations
    for link in graph.links:
        citing = graph.documents[link.citing].document
        assert citing is not None
        assert link.citing != link.cited
        for clause in link.clause_ids:
            assert knowledge_base.index.store.document_of(clause).id == citing.id  # type: ignore[union-attr]
    for at, document in enumerate(graph.documents):
        assert document.cited_by == sum(link.cited == at for link in graph.links)
        assert document.cites == sum(link.citing == at for link in graph.links)


def test_a_document_cited_by_its_title_alone_is_found_in_the_collection(
    collection: CollectionOut,
) -> None:
    named = {item.name for item in collection.missing.documents}
    assert "《云南省中小企业促进条例》" not in named
    assert "国办发〔2017〕95号" in named


def test_missing_are_attachments_that_are_not_printed(
    collection: CollectionOut, knowledge_base: KnowledgeBase
) -> None:
    said = [
        (frame.id, attachment.title)
        for frame in knowledge_base.index.store.frames
        for attachment in knowledge_base.document(frame.id).attachments
        if not attachment.printed
    ]
    assert [(m.document.id, m.title) for m in collection.missing.attachments] == said


def test_the_diagram_has_a_row_for_each_document_and_arcs_that_begin_and_end_at_rows(
    collection: CollectionOut,
) -> None:
    diagram = diagram_of(collection.citations)
    heights = {row.y for row in diagram.rows if row.document}
    assert all(b - a >= ROW for a, b in itertools.pairwise(sorted(heights)))
    inside = [
        x for x in collection.citations.links if collection.citations.documents[x.cited].document
    ]
    assert len(diagram.arcs) >= len(inside)
    for arc in diagram.arcs:
        start, end = (
            float(part) for part in (arc.path.split("C")[0].split()[1], arc.path.split()[-1])
        )
        assert {start, end} <= heights
    years = [row.document.year for row in diagram.rows if row.document and row.document.year]
    assert years == sorted(years)


class _Anchors(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(content)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {found["id"]} if found.get("id") else set()  # type: ignore[arg-type]
        self.links |= {found["href"]} if found.get("href") else set()  # type: ignore[arg-type]


def test_the_page_links_to_every_document_and_only_to_anchors_that_exist(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    response = client.get("/collection")
    assert response.status_code == 200
    page = _Anchors(response.text)
    linked = {unquote(link.removeprefix("/documents/")) for link in page.links}
    assert {frame.id for frame in knowledge_base.index.store.frames} <= linked
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids
    assert "style=" not in response.text


def test_the_api_gives_the_same_as_the_page_is_made_of(client: TestClient) -> None:
    given = client.get("/api/v1/collection", params={"as_of": "2021-06-01"}).json()
    assert given["as_of"] == "2021-06-01"
    assert given["coverage"]["documents"] == 42
    assert client.get("/api/v1/collection", params={"as_of": "x"}).status_code == 422

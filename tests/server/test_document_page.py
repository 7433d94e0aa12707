"""One document: a page for people, data for programs."""

from __future__ import annotations

import itertools
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from fastapi.testclient import TestClient

from indexer.ingest import examine, ingest
from indexer.search import SearchIndex
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from tests.corpus.test_pdf import notice as pdf_notice
from tests.indexer.small_collection import HashingEncoder, write_source
from tests.server.page import Page

NUMBER = "云财规〔2019〕3号"
ADDRESS = f"/documents/{quote('云财规-2019-3')}"


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


@pytest.mark.parametrize("name", [NUMBER, "云财规-2019-3"])
def test_a_browser_gets_a_page_and_a_program_gets_data(client: TestClient, name: str) -> None:
    response = client.get(f"/documents/{name}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.headers["content-type"].startswith("text/html")
    assert "Accept" in response.headers["vary"].replace(" ", "").split(",")
    response = client.get(f"/documents/{name}", headers={"Accept": "application/json"})
    assert response.json() == client.get(f"/api/v1/documents/{name}").json()
    response = client.get(f"/documents/{name}", headers={"Accept": "application/akn+xml"})
    assert response.headers["content-type"] == "application/akn+xml"
    assert response.content == client.get(f"/api/v1/documents/{name}?format=akn").content
    assert "Accept" in response.headers["vary"].replace(" ", "").split(",")


@pytest.mark.parametrize("name", ["云财规(2019)3号", "云财规[2019]3", "云财规2019年3号"])
def test_other_spellings_lead_to_the_one_address(client: TestClient, name: str) -> None:
    response = client.get(f"/documents/{name}?view=original", follow_redirects=False)
    assert response.status_code == 308
    assert response.headers["location"] == f"{ADDRESS}?view=original"
    assert "Accept" in response.headers["vary"]
    (canonical,) = Page(client.get(f"/documents/{name}").text).all("link", rel="canonical")
    assert canonical["href"] == ADDRESS


def test_what_is_not_there_is_said_to_people_and_to_programs(client: TestClient) -> None:
    response = client.get("/documents/没有", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "Accept" in response.headers["vary"]
    assert "没有编号或文号" in client.get("/documents/没有").text


def test_the_outline_leads_to_clauses_of_the_page(client: TestClient) -> None:
    page = Page(client.get(ADDRESS).text)
    anchors = {unquote(link[1:]) for link in page.links if link.startswith("#")}
    assert "云财规-2019-3:第四条" in anchors
    assert anchors <= {*page.ids, "main"}


def test_every_clause_has_a_way_to_its_citation(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    links = {unquote(link) for link in Page(client.get(ADDRESS).text).links}
    for clause in knowledge_base.document("云财规-2019-3").clauses:
        assert clause.kind == "title" or f"/clauses/{clause.id}" in links


def test_tables_have_heads_and_a_name_and_scroll_by_keyboard(client: TestClient) -> None:
    page = Page(client.get(f"/documents/{quote('云人社通-2021-22')}").text)
    regions = page.all("div", role="region")
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in regions)
    assert len(regions) == len(page.all("table")) == 6
    assert page.all("th", scope="col")
    assert len(page.all("tr", **{"class": "section"})) == 12


def test_headings_are_in_order(client: TestClient, knowledge_base: KnowledgeBase) -> None:
    for frame in knowledge_base.index.store.frames:
        page = Page(client.get(f"/documents/{quote(frame.id)}").text)
        levels = [int(tag[1]) for tag, _ in page.tags if tag in {f"h{n}" for n in range(1, 7)}]
        assert levels.count(1) == 1
        assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_attachments_lead_to_where_they_are_or_are_said_to_be_missing(client: TestClient) -> None:
    page = Page(client.get(f"/documents/{quote('云人社通-2020-21')}").text)
    assert f"/documents/{quote('人社厅发-2019-117')}" in page.links
    page = Page(client.get(f"/documents/{quote('云教函-2018-75')}").text)
    assert "书中没有印出" in page.text


def test_relations_are_told_with_the_words_that_state_them(client: TestClient) -> None:
    text = Page(client.get(f"/documents/{quote('云人社通-2021-22')}").text).text
    assert "废止" in text
    assert "云人社通〔2020〕41号" in text
    assert "(本库未收录)" in text


def test_the_printed_text_stands_beside_the_reading(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    address = f"/documents/{quote('云办发-2018-38')}"
    page = Page(client.get(f"{address}?view=original").text)
    original = knowledge_base.original("云办发-2018-38")
    assert [p.id for p in original.provisions if p.id in page.ids] == [
        p.id for p in original.provisions
    ]
    assert "疑为“珐琅银器”" in page.text
    assert page.all("span", **{"class": "changed repair"})
    assert not page.all("script")
    assert f"{address}?view=original" in Page(client.get(address).text).links


def test_the_api_gives_a_document_as_printed(client: TestClient) -> None:
    body = client.get(f"/api/v1/documents/{NUMBER}/original").json()
    clause = next(p for p in body["provisions"] if p["id"] == "云财规-2019-3:第四条.(三)")
    (erratum,) = [piece for piece in clause["pieces"] if piece["change"] == "erratum"]
    assert (erratum["printed"], erratum["reading"]) == ("按照用工方式支付", "按照用工方支付")
    assert client.get("/api/v1/documents/没有/original").status_code == 404


HOSTILE = (
    "某省财政厅关于<script>alert(1)</script>渔业补贴的通知\n某财〔2030〕7号\n各市财政局:\n"
    '一、总体<img src=x onerror="alert(2)">要求\n'
    "(一)渔船</p></div><script>alert(3)</script>更新。每艘\"'><svg onload=alert(4)>补贴三万元。\n"
    "(二)本通知自2030年3月1日起施行,有效期5年。\n某省财政厅\n2030年2月1日\n"
)


def small(tmp_path: Path, added: Path) -> KnowledgeBase:
    """A collection of one harmless document and the file ``added``."""
    sources = tmp_path / "sources"
    sources.mkdir()
    write_source(
        sources,
        "某省财政厅关于林业补贴的通知\n某财〔2030〕6号\n各市:\n一、林农补贴。\n2030年1月1日\n",
    )
    settings = ServerSettings(
        data_folder=tmp_path / "data", sources_folder=sources, added_folder=tmp_path / "added"
    )
    ingest(settings, examine(settings, [added]), encoder=HashingEncoder())
    return KnowledgeBase(SearchIndex.open(settings, encoder=HashingEncoder()))


def test_hostile_text_of_a_document_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "渔业.txt"
    path.write_text(HOSTILE, encoding="utf-8")
    knowledge_base = small(tmp_path, path)
    client = TestClient(create_app(knowledge_base=knowledge_base))
    document = knowledge_base.document("某财〔2030〕7号")
    addresses = [f"/documents/{quote(document.id)}", "/documents"]
    addresses.append(f"/documents/{quote(document.id)}?view=original")
    addresses += [f"/clauses/{quote(clause.id)}" for clause in document.clauses]
    shown = ""
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        page = Page(response.text)
        assert all(script["src"].startswith("/static/") for script in page.all("script"))
        assert not [name for tag, a in page.tags for name in a if name.startswith("on")]
        assert not page.all("svg") + page.all("img")
        shown += page.text
    assert "alert(3)" in shown


def test_pages_of_the_book_stand_in_the_margin_where_they_are_known(tmp_path: Path) -> None:
    path = tmp_path / "通知.pdf"
    path.write_bytes(pdf_notice())
    knowledge_base = small(tmp_path, path)
    client = TestClient(create_app(knowledge_base=knowledge_base))
    added = next(f for f in knowledge_base.index.store.frames if f.source_file == path.name)
    pages = {clause.page for clause in knowledge_base.document(added.id).clauses} - {None}
    assert pages
    for view in ("reading", "original"):
        page = Page(client.get(f"/documents/{quote(added.id)}?view={view}").text)
        assert page.all("span", **{"class": "page"})
        assert all(f"第 {number} 页" in page.text for number in pages)

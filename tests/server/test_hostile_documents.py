"""A document that means harm: whatever shows it shows text, and nothing else."""

from __future__ import annotations

import functools
import html
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from justhtml import JustHTML
from lxml import etree
from rich.text import Text

from indexer.errors import IngestError
from indexer.ingest import examine, ingest
from indexer.search import Mode, SearchIndex
from server import notebook
from server.app import create_app
from server.commands.terminal import TextConsole
from server.knowledge_base import KnowledgeBase
from server.mcp import readable
from server.settings import ServerSettings
from tests.command_in_process import run_here
from tests.indexer.small_collection import HashingEncoder, write_source

SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"'><img src=x onerror=alert(1)>"
LINK = "<a href=javascript:alert(1)>点此领取</a>[领取](javascript:alert(1))"
TEMPLATE = "{{7*7}}{% raw %}${7*7}#{7*7}"
ENTITIES = '&lt;b&gt;&xxe;<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><![CDATA[x]]>'
BIDI = "\u202e字倒\u2066写\u200f"
CONTROLS = "\x0b\x1a点\x9b31m\x85"  # what a text may hold; others are refused, see below
ESCAPES = "\x07\x08\x1b[2J\x1b]8;;http://evil.example\x1b\\点\x9b31m"
TEX = "}\\input{/etc/passwd}%\\write18{id}"
LONG = "钱" * 3000
HOSTILE = (
    f"某省财政厅关于{SCRIPT}{IMAGE}补贴的通知\n某财〔2030〕7号\n各市财政局{SCRIPT}:\n"
    f"一、渔船{TEMPLATE}更新{IMAGE}\n(一)渔民更新渔船,{LINK},每艘补贴三万元{ENTITIES}。\n"
    f"(二)渔网{BIDI}补贴,{CONTROLS}每张{TEX}补贴一百元。\n(三)渔港{LONG}补贴。\n"
    f"第一条 {SCRIPT}渔具补贴五百元。\n"
    f"附件:{IMAGE}补贴标准表\n某省财政厅{IMAGE}\n2030年2月1日\n"
    f"附件{IMAGE}补贴标准表\n"
    f"<table><tr><td>渔船{SCRIPT}</td><td onclick=alert(1)>标准{IMAGE}</td></tr>"
    f"<tr><td>{TEMPLATE}大船</td><td>{CONTROLS}三万元{LINK}</td></tr></table>\n"
)
PLAIN = (
    "某省财政厅关于渔业的通知\n某财〔2030〕6号\n各市财政局:\n一、渔民更新渔船。\n"
    "某省财政厅\n2030年1月1日\n"
)
# Escapes, other controls but tab and line ends, and marks that turn the order of what follows.
UNSAFE_ON_A_TERMINAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]"
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    folder = tmp_path_factory.mktemp("hostile")
    sources = folder / "sources"
    sources.mkdir()
    write_source(sources, PLAIN)
    settings = ServerSettings(
        data_folder=folder / "data", sources_folder=sources, added_folder=folder / "added"
    )
    upload = folder / f"渔业{html.escape('<b>')}'.txt"
    upload.write_text(HOSTILE, encoding="utf-8")
    ingest(
        settings, examine(settings, [upload], SCRIPT + IMAGE + ESCAPES), encoder=HashingEncoder()
    )
    return settings


@pytest.fixture(scope="module")
def hostile(settings: ServerSettings) -> KnowledgeBase:
    return KnowledgeBase(SearchIndex.open(settings, encoder=HashingEncoder()))


@pytest.fixture(scope="module")
def client(settings: ServerSettings, hostile: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(settings, hostile)) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(hostile: KnowledgeBase) -> list[str]:
    return [frame.id for frame in hostile.index.store.frames]


@pytest.fixture(scope="module")
def clauses(hostile: KnowledgeBase, ids: list[str]) -> list[str]:
    return [clause.id for name in ids for clause in hostile.document(name).clauses]


def assert_harmless(page: str) -> None:
    """No element, attribute or address that the templates haven't written."""
    document = JustHTML(page, sanitize=False)
    for element in document.query("*"):
        attributes = element.attrs or {}
        assert not any(name.lower().startswith("on") for name in attributes), attributes
        for name in ("href", "src", "action", "formaction", "xlink:href"):
            address = (attributes.get(name) or "").strip().lower()
            assert not re.match(r"(?:javascript|data|vbscript):", address), address
        if element.name == "script":
            assert (attributes.get("src") or "").startswith("/static/")
            assert not element.to_text().strip()
        if element.name == "img":
            pytest.fail(f"an image that nobody drew: {attributes}")
    assert "49" not in re.sub(r"[\d,.]*\d{3,}[\d,.]*", "", document.to_text())  # {{7*7}}


def address_of(text: str) -> str:
    return quote(text, safe="")


def pages(ids: list[str], clauses: list[str]) -> list[str]:
    asked = ("渔船补贴", SCRIPT, IMAGE, TEMPLATE, "某财〔2030〕7号", "渔港补贴多少钱", BIDI)
    return [
        *(f"/?q={address_of(query)}" for query in asked),
        *(f"/benefits?q={address_of(query)}" for query in asked[:3]),
        "/documents",
        "/collection",
        *(f"/documents/{address_of(name)}" for name in ids),
        *(f"/documents/{address_of(name)}/original" for name in ids),
        *(f"/clauses/{address_of(name)}" for name in clauses),
        f"/documents/{address_of(SCRIPT + IMAGE)}",
        f"/feedback/thanks?q={address_of(SCRIPT)}",
    ]


def test_the_hostile_text_is_in_the_collection(hostile: KnowledgeBase, clauses: list[str]) -> None:
    texts = "".join(hostile.clause(name).hit.clause.text for name in clauses)
    for piece in (SCRIPT, "onerror", "javascript:", "{{7*7}}", "\u202e", "\x9b", "&xxe;", LONG):
        assert piece in texts


def test_every_page_shows_text_and_nothing_else(
    client: TestClient, ids: list[str], clauses: list[str]
) -> None:
    for address in pages(ids, clauses):
        response = client.get(address, headers={"Accept": "text/html"})
        assert response.status_code in (200, 404, 422), address
        assert_harmless(response.text)


@pytest.mark.parametrize("control", ["\x00", "\x1b[2J", "\x07"])
def test_a_text_with_such_controls_is_refused(
    settings: ServerSettings, tmp_path: Path, control: str
) -> None:
    upload = tmp_path / "控制.txt"
    upload.write_text(PLAIN.replace("6号", "8号") + control, encoding="utf-8")
    with pytest.raises(IngestError, match="编码"):
        examine(settings, [upload])


def test_the_check_of_pages_finds_what_is_wrong() -> None:
    for page in (SCRIPT, IMAGE, LINK, "<p onclick=x>", "<svg><a xlink:href=' javascript:x'></svg>"):
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            assert_harmless(page)


def test_json_is_json_and_says_so(client: TestClient, ids: list[str]) -> None:
    for address in (
        "/api/v1/search?q=渔船",
        "/api/v1/documents",
        "/api/v1/collection",
        *(f"/api/v1/documents/{address_of(name)}" for name in ids),
        *(f"/api/v1/documents/{address_of(name)}/original" for name in ids),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        json.loads(response.text)


def test_akoma_ntoso_is_one_document_without_entities(
    hostile: KnowledgeBase, ids: list[str]
) -> None:
    for name in ids:
        written = hostile.akoma_ntoso(name)
        assert b"<!DOCTYPE" not in written
        root = etree.fromstring(written, etree.XMLParser(resolve_entities=False, no_network=True))
        assert root.xpath("//*[local-name() = 'script' or local-name() = 'img']") == []


def test_citations_stay_in_their_fields(hostile: KnowledgeBase, clauses: list[str]) -> None:
    for name in clauses:
        forms = {form.style: form.text for form in hostile.clause(name).citation_forms}
        (item,) = json.loads(forms["csl_json"])
        assert item["type"] == "legislation"
        bibtex = forms["bibtex"]
        unescaped = re.sub(r"\\.", "", bibtex)
        assert unescaped.count("{") == unescaped.count("}")
        assert not re.search(r"\\(?:input|write18)", bibtex)


def test_a_notebook_shows_text_and_nothing_else(hostile: KnowledgeBase) -> None:
    found = hostile.index.search("渔船补贴", mode=Mode.LEXICAL)
    for shown in (
        found._repr_html_(),
        str(notebook.search_html(hostile.search("渔船补贴"))),
        str(notebook.answer_html(hostile.answer("渔船补贴多少钱"))),
    ):
        assert_harmless(f"<!doctype html>{shown}")


def test_a_model_gets_the_text_as_text(hostile: KnowledgeBase, ids: list[str]) -> None:
    text = "".join(readable.whole_document(hostile.document(name)) for name in ids)
    assert SCRIPT in text
    assert "{{7*7}}" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "渔网补贴", "--mode", "lexical"],
        ["search", "渔网补贴", "--mode", "lexical", "--json"],
        ["lookup", "某财〔2030〕7号"],
        ["documents"],
        ["show", "某财〔2030〕7号"],
        ["show", ESCAPES],
        ["remove", ESCAPES],
        ["doctor"],
    ],
    ids=lambda arguments: " ".join(arguments[:1]),
)
def test_a_terminal_shows_text_and_obeys_nothing(
    settings: ServerSettings, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_model = functools.partial(SearchIndex.open, encoder=HashingEncoder())
    monkeypatch.setattr(SearchIndex, "open", without_model)
    environment = {
        f"DIANCE_{name.upper()}": str(getattr(settings, name))
        for name in ("data_folder", "sources_folder", "added_folder")
    }
    printed = run_here(arguments, tmp_path, os.environ | environment)
    shown = (printed.out + printed.err).decode()
    assert shown.strip()
    assert "Traceback" not in shown
    assert UNSAFE_ON_A_TERMINAL.findall(shown) == []


def test_a_coloured_terminal_gets_the_colours_of_the_program_alone() -> None:
    written = io.StringIO()
    console = TextConsole(file=written, force_terminal=True, color_system="standard")
    console.print(Text(f"渔{ESCAPES}", style="bold"), Text(BIDI))
    shown = written.getvalue()
    assert re.sub(r"\x1b\[[01]m", "", shown).count("\x1b") == 0
    assert "\x1b[1m" in shown
    assert not set(BIDI) & set("\u202e\u2066\u200f") & set(shown)

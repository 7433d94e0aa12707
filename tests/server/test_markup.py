"""HTML and CSS without a parse error, by parsers of the standards (WHATWG HTML, CSS Syntax 3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2
from fastapi.testclient import TestClient
from justhtml import JustHTML, StrictModeError

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from server.web.rendering import WEB
from tests.browser.addresses import PAGES

SHEETS = sorted((WEB / "static").glob("*.css"))


@pytest.fixture(scope="module")
def client(
    knowledge_base: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    settings = ServerSettings(feedback=tmp_path_factory.mktemp("feedback") / "feedback.jsonl")
    with TestClient(create_app(settings, knowledge_base)) as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_html_without_a_parse_error(client: TestClient, page: str) -> None:
    response = client.get(PAGES[page], headers={"Accept": "text/html"})
    assert response.headers["content-type"].startswith("text/html")
    JustHTML(response.text, strict=True)


def test_a_parse_error_is_found() -> None:
    with pytest.raises(StrictModeError):
        JustHTML("<!doctype html><title>x</title><p><div></div></p>", strict=True)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_is_css_without_a_parse_error(sheet: Path) -> None:
    rules = tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), skip_whitespace=True)
    assert list(_errors(rules)) == []


def test_a_wrong_declaration_is_found() -> None:
    assert list(_errors(tinycss2.parse_stylesheet("p { color red; }")))


def _errors(nodes: list[tinycss2.ast.Node]) -> Iterator[str]:
    """Errors of rules and, where a rule holds declarations or other rules, within it."""
    for node in nodes:
        if node.type == "error":
            yield f"{node.source_line}: {node.message}"
        elif node.type in ("qualified-rule", "at-rule") and node.content is not None:
            yield from _errors(tinycss2.parse_blocks_contents(node.content, skip_whitespace=True))

"""Every response binds the browser, whatever it is and whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.mcp.connection import http_app
from server.routes.pages import document_pages
from server.security.headers import API_PAGE_POLICY, DATA_POLICY, PAGE_POLICY, POLICY
from server.settings import ServerSettings
from tests.browser.addresses import PAGES

HTML = {"Accept": "text/html"}
DATA = {
    "search": "/api/v1/search?q=学徒制",
    "document": "/api/v1/documents/云人社发-2019-16",
    "Akoma Ntoso": "/api/v1/documents/云人社发-2019-16?format=akn",
    "description": "/openapi.json",
    "health": "/healthz",
    "script": "/static/suggest.js",
    "style": "/static/style.css",
    "picture": "/static/favicon.svg",
    "nothing": "/api/v1/nothing",
    "wrong": "/api/v1/search",
}


@pytest.fixture(scope="module")
def app(knowledge_base: KnowledgeBase) -> FastAPI:
    return create_app(ServerSettings(), knowledge_base)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize("address", [*PAGES.values(), *DATA.values(), "/docs"])
def test_every_response_has_the_headers(client: TestClient, address: str) -> None:
    headers = client.get(address, headers=HTML).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers[POLICY]
    assert "frame-ancestors 'none'" in headers[POLICY]
    assert "Cache-Control" in headers
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("policy", [PAGE_POLICY, API_PAGE_POLICY, DATA_POLICY])
def test_no_policy_lets_text_run_or_names_another_host(policy: str) -> None:
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("address", "policy"),
    [("/", PAGE_POLICY), ("/docs", API_PAGE_POLICY), ("/openapi.json", DATA_POLICY)],
)
def test_each_kind_has_its_policy(client: TestClient, address: str, policy: str) -> None:
    assert client.get(address).headers.get_list(POLICY) == [policy]


@pytest.mark.parametrize(
    ("address", "cached"),
    [
        ("/?q=学徒制", "private, no-cache"),
        ("/api/v1/search?q=学徒制", "private, no-cache"),
        ("/static/style.css", "public, max-age=300"),
        (
            "/static/vendor/swagger-ui-5.35.0/swagger-ui.css",
            "public, max-age=31536000, immutable",
        ),
        ("/static/nothing.css", "no-store"),
        ("/documents/nothing", "no-store"),
    ],
)
def test_what_was_asked_stays_out_of_shared_caches(
    client: TestClient, address: str, cached: str
) -> None:
    assert client.get(address).headers["Cache-Control"] == cached


def test_an_answer_to_a_post_is_not_kept(client: TestClient) -> None:
    answer = client.post("/api/v1/answer", json={"question": "学徒制一年补多少钱"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unexpected_error_has_them_too(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(document_pages, "render", fail)
    response = client.get("/documents", headers=HTML)
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response.headers[POLICY] == PAGE_POLICY
    assert response.headers["Cache-Control"] == "no-store"


def test_https_is_asked_for_where_a_proxy_speaks_it(knowledge_base: KnowledgeBase) -> None:
    client = TestClient(create_app(ServerSettings(behind_tls=True), knowledge_base))
    assert client.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_mcp_server_has_them(knowledge_base: KnowledgeBase) -> None:
    with TestClient(http_app(knowledge_base, "127.0.0.1"), base_url="http://127.0.0.1:8000") as mcp:
        response = mcp.get("/nothing")
    assert response.headers[POLICY] == DATA_POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"

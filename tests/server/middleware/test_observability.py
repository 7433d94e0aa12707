"""Request ids, log lines and metrics: what they say, and what they keep to themselves."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.knowledge_base import KnowledgeBase
from server.logs import configure_logs
from server.middleware.routes import UNMATCHED
from server.request_id import begin_request
from server.settings import LogForm, LogLevel, ServerSettings
from tests.server.middleware.service import asking, samples_of, service

QUESTION = "带徒弟有补助吗"
ASKED = [("GET", "/api/v1/search"), ("GET", "/search"), ("GET", "/api/v1/suggest")]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, as JSON lines."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs(LogForm.JSON, LogLevel.DEBUG)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def ask_all(knowledge_base: KnowledgeBase, settings: ServerSettings) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        async with asking(service(knowledge_base, settings)) as client:
            found = [
                await client.request(method, path, params={"q": QUESTION}) for method, path in ASKED
            ]
            found.append(await client.post("/api/v1/answer", json={"question": QUESTION}))
            found.append(await client.get(f"/api/v1/documents/{QUESTION}"))
            found.append(await client.get(f"/{QUESTION}"))
            return found

    return asyncio.run(ask())


def lines_of(log: io.StringIO) -> list[dict[str, object]]:
    return [
        line
        for line in map(json.loads, log.getvalue().splitlines())
        if line["logger"] == "diance.request"
    ]


def test_a_request_is_one_line_without_the_question_or_who_asked(
    knowledge_base: KnowledgeBase, log: io.StringIO
) -> None:
    responses = ask_all(knowledge_base, ServerSettings())
    lines = lines_of(log)
    assert [line["status"] for line in lines] == [each.status_code for each in responses]
    assert [line["request_id"] for line in lines] == [
        response.headers["x-request-id"] for response in responses
    ]
    assert [line["route"] for line in lines[-2:]] == ["/api/v1/documents/{document_id}", UNMATCHED]
    assert all(
        line.keys()
        == {
            "event",
            "level",
            "logger",
            "timestamp",
            "request_id",
            "method",
            "route",
            "status",
            "ms",
        }
        for line in lines
    )
    for secret in ("徒弟", "%E5%BE%92", "203.0.113.5"):
        assert secret not in log.getvalue()


def test_the_question_and_the_address_are_logged_where_that_is_switched_on(
    knowledge_base: KnowledgeBase, log: io.StringIO
) -> None:
    ask_all(knowledge_base, ServerSettings(log_questions=True, log_clients=True))
    lines = lines_of(log)
    assert lines[0]["query"] == f"q={QUESTION}"
    assert QUESTION in str(lines[len(ASKED)]["body"])
    assert {line["client"] for line in lines} == {"203.0.113.5"}


def test_a_fault_is_one_traceback_in_the_log_and_an_id_in_the_answer(
    knowledge_base: KnowledgeBase, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(KnowledgeBase, "search", fail)
    response = ask_all(knowledge_base, ServerSettings())[0]
    assert response.status_code == 500
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "fire" not in response.text
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    of_it = [line for line in logged if line["request_id"] == response.json()["request_id"]]
    assert [line["logger"] for line in of_it] == ["diance.request", "server.routes.errors"]
    assert of_it[0]["status"] == 500
    assert "the disk is on fire" in of_it[1]["exception"]
    assert "徒弟" not in log.getvalue()


def test_a_sane_id_is_kept_and_goes_through_to_the_problem_document(
    knowledge_base: KnowledgeBase,
) -> None:
    async def ask() -> None:
        async with asking(service(knowledge_base, ServerSettings())) as client:
            given_id = "0af7651916cd43dd8448eb211c80319c"
            headers = {"X-Request-ID": given_id}
            response = await client.get("/api/v1/documents/nothing", headers=headers)
            assert response.headers.get_list("x-request-id") == [given_id]
            assert response.json()["request_id"] == given_id

    asyncio.run(ask())


@given(sent=st.text(max_size=200) | st.none())
def test_no_id_breaks_a_line_or_a_header(sent: str | None) -> None:
    request_id = begin_request(sent)
    assert request_id.isascii()
    assert request_id.isprintable()
    assert " " not in request_id
    assert 8 <= len(request_id) <= 128


def test_metrics_count_requests_and_what_came_of_questions(knowledge_base: KnowledgeBase) -> None:
    async def ask() -> str:
        async with asking(service(knowledge_base, ServerSettings())) as client:
            await client.post("/api/v1/answer", json={"question": QUESTION})
            await client.get("/", params={"q": QUESTION})
            await client.post("/api/v1/answer", json={"question": "怎样做红烧肉才好吃"})
            return (await client.get("/metrics")).text

    exposition = asyncio.run(ask())
    answers = samples_of(exposition, "diance_answers_total")
    assert answers[frozenset({("status", "not_found")})] == 1
    assert sum(answers.values()) >= 2
    requests = samples_of(exposition, "diance_requests_total")
    posted = {("route", "/api/v1/answer"), ("method", "POST"), ("status", "200")}
    assert requests[frozenset(posted)] == 2
    timed = samples_of(exposition, "diance_request_seconds_count")
    assert timed[frozenset({("route", "/api/v1/answer")})] == 2
    (index,) = samples_of(exposition, "diance_index_info")
    assert ("fingerprint", knowledge_base.index.manifest.fingerprint) in index
    sizes = samples_of(exposition, "diance_index_size")
    assert sizes[frozenset({("of", "documents")})] == knowledge_base.counts["documents"]
    assert samples_of(exposition, "diance_requests_in_flight") == {frozenset(): 1}


def test_no_series_is_made_of_what_a_client_types(knowledge_base: KnowledgeBase) -> None:
    async def ask() -> str:
        async with asking(service(knowledge_base, ServerSettings())) as client:
            for at in range(30):
                await client.get(f"/wp-{at}/admin.php")
                await client.get(f"/api/v1/documents/none-{at}")
                await client.get(f"/static/none-{at}.css")
                await client.request(f"BREW{at}", f"/pot-{at}")
            return (await client.get("/metrics")).text

    requests = samples_of(asyncio.run(ask()), "diance_requests_total")
    assert sum(requests.values()) == 120
    assert len(requests) == 4
    assert {dict(labels)["method"] for labels in requests} == {"GET", "other"}

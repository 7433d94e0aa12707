"""What is refused, how it is said, and that others are served meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from server.client_limit import ClientLimit, limited_as
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from tests.server.middleware.service import SLOW, asking, samples_of, service

SEARCH = "/api/v1/lookup?q=云财规〔2019〕3号"


def assert_refused(response: httpx.Response, status: int, kind: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["request_id"] == response.headers["x-request-id"]
    assert any("\u4e00" <= character <= "\u9fff" for character in body["detail"])


async def until(is_so: Callable[[], bool]) -> None:
    """Let the other tasks of the loop run until something is so."""
    for _ in range(1000):
        if is_so():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came to that")


def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    knowledge_base: KnowledgeBase,
) -> None:
    async def ask() -> None:
        app = service(knowledge_base, ServerSettings(requests_per_minute=3))
        async with asking(app) as client, asking(app, ("203.0.113.6", 1)) as other:
            granted = [await client.get(SEARCH) for _ in range(3)]
            refused = await client.get(SEARCH)
            assert [response.status_code for response in granted] == [200, 200, 200]
            left = [response.headers["ratelimit"].split(";")[1] for response in granted]
            assert left == ["r=2", "r=1", "r=0"]
            assert granted[0].headers["ratelimit-policy"] == '"client";q=3;w=60'
            assert_refused(refused, 429, "too-many-requests")
            assert 1 <= int(refused.headers["retry-after"]) <= 60
            page = await client.get("/", headers={"accept": "text/html"})
            assert page.status_code == 429
            assert "太频繁" in page.text
            assert page.headers["retry-after"]
            assert (await other.get(SEARCH)).status_code == 200
            for free in ("/healthz", "/readyz", "/static/style.css"):
                assert (await client.get(free)).status_code == 200
            counted = samples_of((await client.get("/metrics")).text, "diance_rejected_total")
            assert counted == {frozenset({("reason", "rate")}): 2}

    asyncio.run(ask())


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "", None])
def test_whoever_is_on_this_machine_is_not_limited(client: str | None) -> None:
    assert limited_as(client) is None


def test_an_ipv6_site_is_one_client_and_a_mapped_address_is_the_one_it_maps() -> None:
    assert limited_as("2001:db8:1:2::1") == limited_as("2001:db8:1:2:ffff::9")
    assert limited_as("2001:db8:1:2::1") != limited_as("2001:db8:1:3::1")
    assert limited_as("::ffff:192.0.2.1") == limited_as("192.0.2.1") == "192.0.2.1"


def test_a_share_counts_down_and_ends() -> None:
    limit = ClientLimit(2)
    shares = [limit.take("a") for _ in range(3)]
    assert [share.granted for share in shares] == [True, True, False]
    assert [share.remaining for share in shares] == [1, 0, 0]
    assert limit.take("b").granted


def test_beyond_those_at_work_and_in_line_the_next_is_refused_at_once(
    knowledge_base: KnowledgeBase,
) -> None:
    async def ask() -> None:
        settings = ServerSettings(requests_at_once=2, requests_waiting=1)
        app = service(knowledge_base, settings)
        async with asking(app) as client:
            taken = [asyncio.create_task(client.get(SLOW)) for _ in range(3)]
            in_flight = app.state.metrics.in_flight
            await until(lambda: in_flight.collect()[0].samples[0].value == 3)
            refused = await client.get(SEARCH)
            assert_refused(refused, 503, "overloaded")
            assert int(refused.headers["retry-after"]) >= 1
            for free in ("/healthz", "/readyz", "/static/style.css", "/metrics"):
                assert (await client.get(free)).status_code == 200
            app.state.go.set()
            assert [response.status_code for response in await asyncio.gather(*taken)] == [200] * 3
            assert (await client.get(SEARCH)).status_code == 200

    asyncio.run(ask())


def test_nobody_waits_in_line_for_long(knowledge_base: KnowledgeBase) -> None:
    async def ask() -> None:
        settings = ServerSettings(requests_at_once=1, requests_waiting=9, waiting_seconds=0.1)
        app = service(knowledge_base, settings)
        async with asking(app) as client:
            running = asyncio.create_task(client.get(SLOW))
            in_flight = app.state.metrics.in_flight
            await until(lambda: in_flight.collect()[0].samples[0].value == 1)
            assert_refused(await client.get(SLOW), 503, "overloaded")
            app.state.go.set()
            assert (await running).status_code == 200
            assert (await client.get(SLOW)).status_code == 200

    asyncio.run(ask())


def test_what_takes_too_long_is_given_up_but_keeps_its_place_until_it_ends(
    knowledge_base: KnowledgeBase,
) -> None:
    async def ask() -> None:
        settings = ServerSettings(requests_at_once=1, requests_waiting=0, request_seconds=0.2)
        app = service(knowledge_base, settings)

        @app.get("/thread")
        def in_a_thread() -> None:  # a thread can't be stopped
            time.sleep(0.6)

        async with asking(app) as client:
            late = await client.get("/thread")
            assert_refused(late, 504, "took-too-long")
            assert late.headers["retry-after"]
            assert_refused(await client.get(SLOW), 503, "overloaded")
            await asyncio.sleep(0.6)
            assert_refused(await client.get(SLOW), 504, "took-too-long")
            app.state.go.set()
            assert (await client.get(SLOW)).status_code == 200

    asyncio.run(ask())


def test_a_body_is_refused_by_what_comes_not_by_what_is_said_of_it(
    knowledge_base: KnowledgeBase,
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 4096

    async def ask() -> None:
        app = service(knowledge_base, ServerSettings(largest_body=16 * 1024))
        async with asking(app) as client:
            declared = await client.post("/api/v1/answer", content=b"x" * 16_385)
            streamed = await client.post("/api/v1/answer", content=endless())
            for refused in (declared, streamed):
                assert_refused(refused, 413, "too-large")
                assert refused.headers["connection"] == "close"
            whole = await client.post("/api/v1/answer", json={"question": "学徒制补贴"})
            assert whole.status_code == 200

    asyncio.run(ask())
    assert read == 5  # no more than it takes to know


def test_a_body_that_trickles_in_holds_no_place_and_is_given_up(
    knowledge_base: KnowledgeBase,
) -> None:
    async def trickling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    async def ask() -> None:
        settings = ServerSettings(requests_at_once=1, requests_waiting=0, body_seconds=1)
        async with asking(service(knowledge_base, settings)) as client:
            slow = asyncio.create_task(client.post("/api/v1/answer", content=trickling()))
            await asyncio.sleep(0.1)
            assert (await client.get(SEARCH)).status_code == 200
            assert_refused(await slow, 408, "too-slow")

    asyncio.run(ask())


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"question":' * 5_000, b"\xff", b"{"])
def test_a_body_that_cannot_be_read_is_refused_in_plain_words(
    knowledge_base: KnowledgeBase, body: bytes
) -> None:
    async def ask() -> httpx.Response:
        async with asking(service(knowledge_base, ServerSettings())) as client:
            headers = {"content-type": "application/json"}
            return await client.post("/api/v1/answer", content=body, headers=headers)

    refused = asyncio.run(ask())
    assert refused.status_code in (400, 422)
    assert_refused(refused, refused.status_code, refused.json()["type"].rpartition("/")[2])

"""The load test itself: what it asks, what its client reads, and how it judges a soak."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eval.load.client import Outcome, drive
from eval.load.scenarios import ScenarioReport
from eval.load.served import Usage
from eval.load.soak import SoakReport
from eval.load.traffic import Ask, all_questions, answer, mixed, oversized, search


async def _echo(request: Request) -> Response:
    body = await request.body()
    status = int(request.query_params.get("status", 200))
    headers = {"connection": "close"} if "close" in request.query_params else {}
    return Response(body, status, headers)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield int(listening.getsockname()[1])
        server.should_exit = True
        thread.join()


def test_every_request_is_answered_and_counted_by_its_status(port: int) -> None:
    asks = (Ask("/"), Ask("/?status=503"), Ask("/?close=1"), Ask("/", b"x" * 100_000))
    outcome = asyncio.run(drive(port, itertools.cycle(asks), 3, requests=40))
    assert outcome.statuses == {200: 30, 503: 10}
    assert outcome.broken == 0
    assert len(outcome.seconds) == 40


def test_a_connection_that_is_refused_counts_as_broken() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        unused = closed.getsockname()[1]
    outcome = asyncio.run(drive(unused, itertools.repeat(Ask("/")), 1, requests=3))
    assert outcome.broken == 3
    assert outcome.seconds == []


def test_questions_are_many_and_each_comes_once() -> None:
    questions = all_questions()
    assert len(questions) == len(set(questions)) > 500
    assert questions == all_questions()


def test_the_mix_has_every_kind_and_is_the_same_each_time() -> None:
    first, again = (list(itertools.islice(mixed(all_questions()), 200)) for _ in range(2))
    assert first == again
    assert {ask.path.partition("?")[0].split("/")[-1][:9] for ask in first} >= {
        "", "search", "answer", "lookup", "suggest",
    }  # fmt: skip


def test_what_is_too_large_goes_beyond_every_limit() -> None:
    asks = list(itertools.islice(oversized(all_questions()), 10))
    assert max(len(ask.body) for ask in asks) > 64 * 1024
    assert max(len(ask.path) for ask in asks) > 32 * 1024


@given(question=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_a_request_is_well_formed_whatever_is_asked(question: str) -> None:
    for ask in (search(question), answer(question)):
        head, _, body = ask.on_the_wire.partition(b"\r\n\r\n")
        assert head.isascii()
        assert b" HTTP/1.1\r\n" in head
        assert body == ask.body
    assert json.loads(answer(question).body) == {"question": question}


def _soak(resident: list[int], files_after: int = 10, **statuses: int) -> SoakReport:
    outcome = Outcome()
    outcome.statuses.update({int(name[1:]): count for name, count in statuses.items()})
    requests = tuple(range(100, 100 * (len(resident) + 1), 100))
    return SoakReport(requests, tuple(resident), 10, files_after, outcome)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_soak_passes_with_level_memory_and_fails_with_a_leak(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(-(10**6), 10**6, 100).tolist()
    warming = [200_000_000 + at * 5_000_000 for at in range(20)] + [300_000_000] * 80
    level = [base + off for base, off in zip(warming, noise, strict=True)]
    leaking = [base + at * 300_000 for at, base in enumerate(level)]
    assert _soak(level).passed
    assert not _soak(leaking).passed


def test_a_soak_fails_for_an_open_file_or_a_fault() -> None:
    level = [300_000_000] * 100
    assert _soak(level, s200=5, s404=1).passed
    assert not _soak(level, files_after=11).passed
    assert not _soak(level, s500=1).passed


def test_a_refusal_is_no_fault_but_any_other_5xx_is() -> None:
    outcome = Outcome(broken=2)
    outcome.statuses.update({200: 5, 429: 3, 503: 4, 500: 1, 504: 1})
    report = ScenarioReport("突发", outcome, Usage(0, 0, 0.0), Usage(0, 0, 0.0))
    assert report.refused == 7
    assert report.faults == 4

"""The server as it is run: worker processes, and how they stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.serving import environment_of_workers
from server.settings import ServerSettings
from tests.indexer.stand_in_model import Reply, error, stand_in_model

_LONGEST = 600  # seconds, on a busy machine


@contextmanager
def served(**environment: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`diance serve` with settings, and a client that opens a connection for each request."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "server.commands.main", "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    once = httpx.Limits(max_keepalive_connections=0)
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, trust_env=False, limits=once, timeout=60) as client:
        try:
            yield server, client
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()


def status_of_readiness(client: httpx.Client) -> int | None:
    """None where nothing listens."""
    try:
        return client.get("/readyz").status_code
    except httpx.TransportError:
        return None


def wait_for_readiness(client: httpx.Client, wanted: int | None, in_a_row: int = 1) -> None:
    """Until ``/readyz`` says so, ``in_a_row`` times: each time another worker may say it."""
    deadline = time.monotonic() + _LONGEST
    seen = 0
    while seen < in_a_row:
        assert time.monotonic() < deadline
        seen = seen + 1 if status_of_readiness(client) == wanted else 0
        time.sleep(0.05)


@pytest.mark.usefixtures("index")
def test_workers_count_together_and_end_what_they_have_begun() -> None:
    is_asked, may_reply = threading.Event(), threading.Event()

    def reply(_clause: str, _count: int) -> Reply:
        is_asked.set()
        may_reply.wait(_LONGEST)
        return error(500)

    settings = {
        "DIANCE_WORKERS": "2",
        "DIANCE_STOP_NOTICE_SECONDS": "1",
        "DIANCE_ANSWER_MODEL": "qwen",
        "DIANCE_ANSWER_TIMEOUT": "100",
        "DIANCE_REQUEST_SECONDS": "100",
        "DIANCE_LOG_FORM": "json",
        "NO_PROXY": "127.0.0.1",
    }
    with (
        stand_in_model(reply) as model,
        served(**settings, DIANCE_ANSWER_URL=f"{model.url}/chat/completions") as (server, client),
        ThreadPoolExecutor(1) as beside,
    ):
        wait_for_readiness(client, 200, in_a_row=8)
        for _ in range(20):
            assert (
                client.get("/api/v1/lookup", params={"q": "云财规〔2019〕3号"}).status_code == 200
            )
        assert _lookups_counted(client) == 20

        assert not is_asked.is_set()  # a start costs nothing and waits for no model
        body = {"question": "学徒制补贴标准是多少"}
        running = beside.submit(client.post, "/api/v1/answer", json=body)
        assert is_asked.wait(_LONGEST)
        server.send_signal(signal.SIGTERM)
        wait_for_readiness(client, 503)
        wait_for_readiness(client, None, in_a_row=2)
        assert not running.done()
        may_reply.set()
        assert running.result().status_code == 200
        _, logged = server.communicate(timeout=_LONGEST)
    assert server.returncode == 0
    assert "Traceback" not in logged
    assert "学徒" not in logged


def _lookups_counted(client: httpx.Client) -> float:
    exposition = client.get("/metrics").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name == "diance_requests_total" and sample.labels["route"] == "/api/v1/lookup"
    )


def test_a_worker_ends_when_its_supervisor_is_killed() -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "tests.server.supervised"], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "working\n"
    supervisor.kill()
    supervisor.communicate(timeout=_LONGEST)  # which ends when the worker has
    assert supervisor.returncode == -signal.SIGKILL


def test_workers_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for name in ("OMP_NUM_THREADS", "DIANCE_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert environment_of_workers(ServerSettings(workers=4))["OMP_NUM_THREADS"] == "2"
    assert environment_of_workers(ServerSettings(workers=16))["DIANCE_THREADS"] == "1"
    monkeypatch.setenv("DIANCE_THREADS", "3")
    assert environment_of_workers(ServerSettings(workers=4))["DIANCE_THREADS"] == "3"

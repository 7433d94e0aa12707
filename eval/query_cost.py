"""What a search costs: processor time by stage, and the whole way over HTTP against a real server.

Processor time, not the clock, says what a machine can bear; the clock is given for one client.
No query is asked twice in a measurement, so that nothing is answered from memory.
"""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np

from indexer.engines.contract import Wanted, WeightedTerms
from indexer.search import Mode, SearchIndex
from server.app import GZIP_LEVEL
from server.schemas.search import SearchOut

_T = TypeVar("_T")
_R = TypeVar("_R")
_LONGEST_START = 120.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")  # a second, of the times in /proc


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a search and the processor time it takes, mean over the queries (milliseconds)."""

    name: str
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class ServedCost:
    """One server process: start (seconds), searches (milliseconds), resident memory (MiB).

    ``ready_s`` is from the start of the process until it can answer; ``cpu_ms`` is the processor
    time of the server for each of the ``searches``, ``p50_ms`` and ``p99_ms`` are those of one
    client by the clock.
    """

    ready_s: float
    start_cpu_s: float
    ready_mib: float
    searches: int
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    end_mib: float


def distinct_queries(index: SearchIndex, count: int) -> list[str]:
    """Questions as people ask them, out of the collection, none twice, evenly spread over it."""
    questions = list(dict.fromkeys(index.store.questions()))
    chosen = np.linspace(0, len(questions) - 1, min(count, len(questions))).astype(int)
    return [questions[at] for at in chosen]


def stages_of(index: SearchIndex, queries: Sequence[str]) -> list[Stage]:
    """The steps of a hybrid search with ten hits, the search as a whole, and its JSON."""
    wanted = [
        Wanted((WeightedTerms(1.0, index.tokenizer.words(q)),), index.vector_of(q)) for q in queries
    ]
    today = date.today()
    for query in queries:  # the model and the clauses are read when they are first needed
        index.search(query)
    index.vector_of.cache_clear()
    found, search = _timed("search as a whole", index.search, queries)
    given, models = _timed("JSON: models", lambda result: SearchOut.of(result, 0.0, today), found)
    written, text = _timed(
        "JSON: text", lambda out: out.model_dump_json(by_alias=True).encode(), given
    )
    return [
        _timed("query to vector", index.encoder.encode_query, queries)[1],
        _timed("query to words", index.tokenizer.words, queries)[1],
        _timed("lexical search alone", lambda q: index.search(q, mode=Mode.LEXICAL), queries)[1],
        _timed("BM25 and vectors to candidates", index.engine.candidates, wanted)[1],
        search,
        models,
        text,
        _timed("gzip", lambda content: gzip.compress(content, GZIP_LEVEL), written)[1],
    ]


def _timed(name: str, step: Callable[[_T], _R], inputs: Sequence[_T]) -> tuple[list[_R], Stage]:
    started = time.process_time()
    results = [step(each) for each in inputs]
    return results, Stage(name, (time.process_time() - started) / len(inputs) * 1000)


def served_cost(queries: Sequence[str]) -> ServedCost:
    """Start a server of its own, ask it every query once, one after the other, and stop it.

    Raises:
        TimeoutError: it isn't ready in two minutes.
        httpx.HTTPStatusError: a search failed.
    """
    started = time.perf_counter()
    with _running_server() as (process, address), httpx.Client(base_url=address) as client:
        _wait_until_ready(client, started)
        ready_s, ready_mib, before = time.perf_counter() - started, _memory(process), _cpu(process)
        times = []
        for query in queries:
            asked = time.perf_counter()
            client.get("/api/v1/search", params={"q": query}).raise_for_status()
            times.append((time.perf_counter() - asked) * 1000)
        cpu_ms = (_cpu(process) - before) / len(queries) * 1000
        p50_ms, p99_ms = (float(np.percentile(times, at)) for at in (50, 99))
        return ServedCost(
            ready_s, before, ready_mib, len(queries), cpu_ms, p50_ms, p99_ms, _memory(process)
        )


@contextmanager
def _running_server() -> Iterator[tuple[int, str]]:
    """A server on a free port of this machine: its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "server.commands.main", "serve", "--host", "127.0.0.1"]
    server = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        yield server.pid, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_until_ready(client: httpx.Client, started: float) -> None:
    while time.perf_counter() - started < _LONGEST_START:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"the server isn't ready after {_LONGEST_START:.0f} s")


def _cpu(process: int) -> float:
    """Processor time of a process so far, in seconds (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(process: int) -> float:
    """Resident memory of a process in MiB."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

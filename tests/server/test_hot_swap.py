"""A new index takes the place of the old one while the server is asked without a pause.

And what is said where it can't.

``make crash`` swaps twenty times and prints what happened; here it is done three times.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table

from corpus.durable import partial_of
from indexer.build import build_index
from indexer.index_folder import STORE, current_build, make_current, read_manifest
from indexer.old_builds import drop_old_builds
from indexer.search import SearchIndex
from server.app import create_app
from server.doctor.collection import examine_collection
from server.doctor.finding import Severity
from server.knowledge_base import KnowledgeBase
from server.service import INDEX_HEADER, Service
from server.settings import ServerSettings
from tests.indexer.small_collection import HashingEncoder, write_source
from tests.indexer.test_kills import NOTICE

SWAPS = int(os.environ.get("SWAPS", "3"))
CLIENTS = 4
_LONGEST = 120.0  # seconds to wait for anything
ROOT = Path(__file__).parent.parent.parent
ANSWER = "/api/v1/answer"
QUOTING = (
    "/api/v1/search?q=渔民更新渔船每艘补贴",
    "/?q=渔船更新补贴",
    "/api/v1/documents/某财-2030-7",
    "/documents/某财-2030-7",
    ANSWER,
)
OTHERS = ("/benefits", "/readyz")
_lock = threading.Lock()


def settings_of(folder: Path) -> ServerSettings:
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    return ServerSettings(
        data_folder=folder / "data",
        sources_folder=sources,
        added_folder=folder / "added",
        model="hashing",
    )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Builds of a notice by the sum that it grants."""
    settings = settings_of(tmp_path_factory.mktemp("builds"))
    built = {}
    for amount in (1000, 2000):
        write_source(settings.sources_folder, NOTICE.format(number=7, amount=amount))
        built[amount] = build_index(settings, encoder=HashingEncoder()).folder
    return built


def publish(settings: ServerSettings, build: Path) -> str:
    """Make a copy of a build the current one, as a build ends; its fingerprint."""
    fingerprint = read_manifest(build).fingerprint
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = settings.index_folder / f"{stamp}-{fingerprint[:8]}"
    shutil.copytree(build, partial_of(target))
    make_current(partial_of(target), target)
    drop_old_builds(settings.index_folder, target)
    return fingerprint


def opened(settings: ServerSettings) -> KnowledgeBase:
    return KnowledgeBase(SearchIndex.open(settings, HashingEncoder()))


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Reply:
    """What matters of a reply: which index it names, and the sums that are in its content."""

    path: str
    status: int
    index: str
    amounts: frozenset[str]

    @classmethod
    def of(cls, path: str, reply: httpx.Response) -> Reply:
        text = reply.text.replace("<mark>", "").replace("</mark>", "")
        index = reply.headers.get(INDEX_HEADER, "")
        if path == "/readyz" and index not in text:
            return cls(path, 0, index, frozenset())
        return cls(path, reply.status_code, index, frozenset(re.findall(r"补贴(\d+)元", text)))

    def is_right(self, amounts: Mapping[str, int]) -> bool:
        """Whether it is of one index: the sum of that index where it quotes one, and no other."""
        wanted = {str(amounts[self.index])} if self.index in amounts else None
        quoted = wanted if self.path in QUOTING else set()
        return self.status == 200 and wanted is not None and self.amounts == quoted


@dataclass
class Visitors:
    """Clients that ask without a pause."""

    address: str
    replies: Counter[Reply] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def visit(self) -> None:
        with httpx.Client(base_url=self.address, timeout=_LONGEST) as client:
            while not self.is_over.is_set():
                for path in (*QUOTING, *OTHERS):
                    try:
                        reply = Reply.of(path, self.ask(client, path))
                    except httpx.HTTPError as error:
                        self.failures.append(f"{path}: {error!r}")
                    else:
                        with _lock:
                            self.replies[reply] += 1

    def ask(self, client: httpx.Client, path: str) -> httpx.Response:
        if path == ANSWER:
            return client.post(path, json={"question": "渔民更新渔船每艘补贴多少钱"})
        return client.get(path)

    def answered_by(self, index: str) -> int:
        with _lock:
            return sum(times for reply, times in self.replies.items() if reply.index == index)

    def wrong(self, amounts: Mapping[str, int]) -> list[Reply]:
        with _lock:
            return [reply for reply in self.replies if not reply.is_right(amounts)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[ServerSettings, str, int]]:
    """A server without any index: its settings, address and process id."""
    settings = settings_of(tmp_path)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        given = {
            "DIANCE_DATA_FOLDER": str(settings.data_folder),
            "DIANCE_SOURCES_FOLDER": str(settings.sources_folder),
            "DIANCE_ADDED_FOLDER": str(settings.added_folder),
            "DIANCE_MODEL": settings.model,
            "DIANCE_WATCH_INTERVAL": "0.2",
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.swapped_server", str(listening.fileno())],
            env=os.environ | given,
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        try:
            yield settings, f"http://127.0.0.1:{listening.getsockname()[1]}", process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=_LONGEST)


def open_files(process: int, below: Path) -> int:
    """How many files below a folder a process has open or mapped."""
    names = [os.path.realpath(link) for link in Path(f"/proc/{process}/fd").iterdir()]
    mapped = Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines()
    return sum(str(below) in name for name in (*names, *mapped))


def resident(process: int) -> int:
    """Memory that a process has, in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() // 2**20


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="asks Linux what is open")
def test_a_server_under_load_swaps_without_a_failed_or_mixed_reply(
    builds: dict[int, Path], server: tuple[ServerSettings, str, int]
) -> None:
    settings, address, process = server
    visitors = Visitors(address)
    amounts: dict[str, int] = {}
    table = Table("swap", "serves", "replies so far", "failed", "open index files", "MiB")

    def serves(fingerprint: str) -> bool:
        reply = httpx.get(f"{address}/readyz", timeout=_LONGEST)
        return bool(reply.status_code == 200 and reply.json()["fingerprint"] == fingerprint)

    def answers_after(fingerprint: str) -> None:
        until(lambda: serves(fingerprint))
        before = visitors.answered_by(fingerprint)
        until(lambda: visitors.answered_by(fingerprint) > before + CLIENTS)

    def swap(amount: int) -> str:
        fingerprint = publish(settings, builds[amount])
        amounts[fingerprint] = amount
        return fingerprint

    until(lambda: serves_anything(address))
    first = swap(1000)
    until(lambda: serves(first))  # it started without any
    threads = [threading.Thread(target=visitors.visit) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, SWAPS + 1):
            fingerprint = swap(2000 if number % 2 else 1000)
            answers_after(fingerprint)
            replies = visitors.replies.total()
            failed = len(visitors.failures) + len(visitors.wrong(amounts))
            held = open_files(process, settings.index_folder)
            figures = (number, fingerprint[:8], replies, failed, held, resident(process))
            table.add_row(*map(str, figures))
    finally:
        visitors.is_over.set()
        for thread in threads:
            thread.join()
        Console(width=110).print(table)
    assert visitors.failures == []
    assert visitors.wrong(amounts) == []
    assert {reply.index for reply in visitors.replies} == set(amounts)
    # The store and the lock of one index; those that were replaced are closed.
    until(lambda: open_files(process, settings.index_folder) == 2)


def serves_anything(address: str) -> bool:
    """Whether the server is up; before there is an index it says 503."""
    try:
        return httpx.get(f"{address}/readyz", timeout=_LONGEST).status_code == 503
    except httpx.ConnectError:
        return False


def test_a_request_keeps_the_index_that_it_began_with(
    builds: dict[int, Path], tmp_path: Path
) -> None:
    settings = settings_of(tmp_path)
    first = publish(settings, builds[1000])
    service = Service(settings, opened(settings))
    with service.held() as kept:
        second = publish(settings, builds[2000])
        service.refresh()
        service.close_retired()
        with service.held() as now:
            assert now.index.manifest.fingerprint == second
        assert kept.index.manifest.fingerprint == first
        assert "补贴1000元" in kept.document("某财-2030-7").model_dump_json()
        assert kept.index.build.exists()
    assert not service.close_retired()
    with pytest.raises(sqlite3.ProgrammingError):
        kept.index.store.source_titles()


def test_a_damaged_new_index_is_not_served_and_readiness_says_why(
    builds: dict[int, Path], tmp_path: Path
) -> None:
    settings = settings_of(tmp_path)
    first = publish(settings, builds[1000])
    app = create_app(settings, opened(settings))
    publish(settings, builds[2000])
    (current_build(settings.index_folder) / STORE).write_bytes(b"cut off")
    app.state.service.refresh()
    ready = TestClient(app).get("/readyz")
    assert ready.headers[INDEX_HEADER] == ready.json()["fingerprint"] == first
    assert STORE in ready.json()["not_served"]
    mended = publish(settings, builds[2000])
    app.state.service.refresh()
    ready = TestClient(app).get("/readyz").json()
    assert (ready["fingerprint"], ready["not_served"]) == (mended, None)


def test_a_server_goes_on_when_the_index_is_deleted(
    builds: dict[int, Path], tmp_path: Path
) -> None:
    settings = settings_of(tmp_path)
    publish(settings, builds[1000])
    app = create_app(settings, opened(settings))
    shutil.rmtree(settings.index_folder)
    app.state.service.refresh()
    client = TestClient(app)
    assert "补贴1000元" in client.get("/api/v1/documents/某财-2030-7").text
    assert "diance build" in client.get("/readyz").json()["not_served"]


def test_doctor_names_the_index_that_is_used_instead_and_files_that_are_not_in(
    builds: dict[int, Path], tmp_path: Path
) -> None:
    settings = settings_of(tmp_path)
    publish(settings, builds[1000])
    used = current_build(settings.index_folder)
    publish(settings, builds[2000])
    (current_build(settings.index_folder) / STORE).write_bytes(b"cut off")
    settings.added_folder.mkdir()
    (settings.added_folder / "渔业.txt").write_text("渔业", encoding="utf-8")
    found = list(examine_collection(settings))
    fault = next(each for each in found if each.subject == "索引")
    assert fault.severity is Severity.FAULT
    assert STORE in fault.message
    assert used.name in fault.message
    assert any("渔业.txt" in each.message and each.severity is Severity.NOTE for each in found)

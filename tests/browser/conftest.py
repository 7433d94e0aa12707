"""A real server on a free port, the real index, and Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect, sync_playwright

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from tests.browser.visitor import DESKTOP, PHONE, Device, Timings, Visitor

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_STARTED_WITHIN = 60  # seconds

Arrive = Callable[[Device], Visitor]
Timetable = dict[str, tuple[Timings, int]]
"""By address: when the page was there on a slow phone, and the bytes it took."""

_TIMETABLE = pytest.StashKey[Timetable]()


@pytest.fixture(scope="session")
def timetable(pytestconfig: pytest.Config) -> Timetable:
    """What is measured here is printed when all tests are done."""
    return pytestconfig.stash.setdefault(_TIMETABLE, {})


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    measured = config.stash.get(_TIMETABLE, {})
    if not measured:
        return
    terminalreporter.section("first view on a slow phone (ms; 4x slower CPU, slow 4G)")
    terminalreporter.line(
        f"{'page':24}{'first byte':>11}{'FCP':>7}{'LCP':>7}{'load':>7}{'TBT':>7}{'KB':>7}"
    )
    for page, (timings, size) in measured.items():
        terminalreporter.line(
            f"{page:24}{timings.first_byte:>11.0f}{timings.first_paint:>7.0f}"
            f"{timings.largest_paint:>7.0f}{timings.loaded:>7.0f}{timings.blocked:>7.0f}"
            f"{size / 1000:>7.1f}"
        )


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="session")
def origin(knowledge_base: KnowledgeBase, feedback_file: Path) -> Iterator[str]:
    """Address of the server, which asks for feedback."""
    settings = ServerSettings(feedback=feedback_file, feedback_per_minute=1000)
    knowledge_base.warm_up()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = create_app(settings, knowledge_base)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + _STARTED_WITHIN
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.started
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail("No Chromium on PATH. Install one (apt-get install chromium) or set CHROMIUM.")
    expect.set_options(timeout=5_000)
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox; the only pages opened are our own.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def arrive(chromium: Browser, origin: str) -> Iterator[Arrive]:
    """Lets visitors arrive, and checks in the end what none of them may meet."""
    visitors: list[Visitor] = []

    def let_in(device: Device) -> Visitor:
        visitors.append(Visitor.arrive(chromium, origin, device))
        return visitors[-1]

    yield let_in
    for visitor in visitors:
        visitor.page.context.close()
    assert [address for visitor in visitors for address in visitor.elsewhere] == []
    assert [error for visitor in visitors for error in visitor.errors] == []


@pytest.fixture
def phone(arrive: Arrive) -> Visitor:
    return arrive(PHONE)


@pytest.fixture
def desktop(arrive: Arrive) -> Visitor:
    return arrive(DESKTOP)


@pytest.fixture
def dark(arrive: Arrive) -> Visitor:
    return arrive(replace(PHONE, scheme="dark"))


@pytest.fixture
def without_javascript(arrive: Arrive) -> Visitor:
    return arrive(replace(PHONE, javascript=False))

"""Each block of README and docs/ is run and does what is said of it; links lead somewhere."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

import httpx
import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.commands.main import app
from tests.command_in_process import answered_here
from tests.documentation_blocks import RUNNABLE, Block, blocks_of, is_as_shown, steps_of
from tests.indexer.small_collection import write_source

ROOT = Path(__file__).parent.parent
MAKEFILE = ROOT / "Makefile"
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
FILES = [README, *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = list(chain.from_iterable(blocks_of(file) for file in FILES))
CHANGES_THE_COLLECTION = "adding-documents.md"
_LONGEST = 120  # seconds a block may take
_OTHER_NOTICE = (
    "某省财政厅关于林业补贴的通知\n某财〔2030〕6号\n各市财政局:\n一、总体要求\n"
    "(一)护林员。每人每年补贴八千元。\n某省财政厅\n2030年2月1日\n"
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A scratch folder that looks like the repository after ``make build``; ``port`` answers."""

    folder: Path
    port: int

    def run(self, script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a script in bash; the port of the documentation is the one that answers."""
        script = re.sub(r"(localhost|127\.0\.0\.1):8000", rf"127.0.0.1:{self.port}", script)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )


@pytest.fixture(scope="module")
def checkout(index: SearchIndex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    assert index.manifest.counts["units"]  # it has been built
    folder = tmp_path_factory.mktemp("checkout")
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name not in ("build", "added"):
            (folder / path.name).symlink_to(path)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    for mark in (".installed", ".installed-dev"):
        (folder / ".venv" / mark).touch()
    sockets = tmp_path_factory.mktemp("s")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with answered_here(programs / "diance", sockets):
        yield Checkout(folder, port)


@pytest.fixture(scope="module")
def served(checkout: Checkout) -> Iterator[Checkout]:
    """The server as the README starts it."""
    (script,) = [block.content for block in blocks_of(README) if "serve" in block.options]
    server = subprocess.Popen(
        ["bash", "-c", script],
        cwd=checkout.folder,
        env=os.environ | {"PORT": str(checkout.port), "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    try:
        _wait_until_ready(checkout.port)
        yield checkout
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def small_collection(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a collection of its own, for blocks that change it."""
    folder = tmp_path_factory.mktemp("collection")
    write_source(folder, _OTHER_NOTICE)
    (folder / "data").mkdir()
    (folder / "data" / "model").symlink_to(IndexSettings().model_folder)
    return {
        "DIANCE_SOURCES_FOLDER": str(folder),
        "DIANCE_DATA_FOLDER": str(folder / "data"),
        "DIANCE_ADDED_FOLDER": str(folder / "added"),
    }


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + _LONGEST
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.2)
    pytest.fail("the server did not become ready")


@cache
def _commands() -> Mapping[str, TyperCommand]:
    """All commands of ``diance``, also those of other packages."""
    complete = typer.Typer()
    complete.registered_commands.extend(app.registered_commands)
    for each in entry_points(group="diance.commands"):
        complete.command(name=each.name)(each.load())
    commands = get_command(complete)
    assert isinstance(commands, TyperGroup)
    return commands.commands


def _asks_the_server(block: Block) -> bool:
    return ":8000" in block.content


def _run_of(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.is_run and "serve" not in block.options]


def _perform(block: Block, checkout: Checkout, environment: dict[str, str]) -> None:
    if block.language == "console":
        for step in steps_of(block.content):
            result = checkout.run(step.command, environment)
            assert result.returncode == 0, result.stderr
            assert is_as_shown(step.output, result.stdout), result.stdout
        return
    result = checkout.run(block.content, environment)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "block",
    [b for b in _run_of(BLOCKS) if b.language != "python" and not _asks_the_server(b)],
    ids=str,
)
def test_commands_do_what_is_shown(
    block: Block, checkout: Checkout, small_collection: dict[str, str]
) -> None:
    changes = block.file.name == CHANGES_THE_COLLECTION
    _perform(block, checkout, small_collection if changes else {})


@pytest.mark.parametrize("block", [b for b in _run_of(BLOCKS) if _asks_the_server(b)], ids=str)
def test_the_server_that_the_readme_starts_answers(block: Block, served: Checkout) -> None:
    _perform(block, served, {})


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("block", [b for b in _run_of(BLOCKS) if b.language == "python"], ids=str)
def test_python_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block.content, str(block), "exec"), {})  # the documentation's own code
    printed = capsys.readouterr().out
    assert printed.strip()
    for shown in re.findall(r"^print\(.*\)  # (.+)$", block.content, re.MULTILINE):
        assert shown in printed.splitlines()


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language in RUNNABLE], ids=str)
def test_what_is_not_run_says_why_and_names_commands_that_exist(block: Block) -> None:
    assert block.is_run or block.reason
    for line in block.content.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[:1] == [".venv/bin/diance"]:
            _commands()[words[1]].make_context(words[1], words[2:])
        if words[:1] == ["make"]:
            targets = set(re.findall(r"^([a-z-]+):", MAKEFILE.read_text(), re.MULTILINE))
            assert {word for word in words[1:] if "=" not in word} <= targets


def test_few_blocks_are_not_run() -> None:
    runnable = [block for block in BLOCKS if block.language in RUNNABLE]
    assert sum(block.is_run for block in runnable) >= 0.6 * len(runnable)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.options[:1] == ("of",)], ids=str)
def test_examples_of_data_stand_in_the_files_that_they_are_from(block: Block) -> None:
    assert block.content.rstrip("\n") in (ROOT / block.options[1]).read_text(encoding="utf-8")


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (
        [re.sub(r"\s*#.*", "", block.content) for block in blocks_of(file)]
        for file in (README, CHINESE)
    )
    assert english == chinese


@pytest.mark.parametrize("file", [*FILES, CHINESE], ids=lambda file: file.name)
def test_links_lead_to_files(file: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"", file.read_text("utf-8"))
    for target in filter(None, chain.from_iterable(links)):
        assert (file.parent / target).exists(), target

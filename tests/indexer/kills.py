"""Runs of builds and ingests in a process of their own, killed (SIGKILL) at a chosen moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from indexer.build import BuildProgress, build_index
from indexer.ingest import examine, ingest
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder

_CHANGES = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")
_LONGEST = 300  # seconds that a run may take

Work = Callable[[IndexSettings, Path | None, BuildProgress], None]


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: after some seconds, or before the nth time that the disk is changed."""

    seconds: float | None = None
    change: int | None = None

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s" if self.seconds is not None else f"change {self.change}"


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: the step it was in, how long it took, how often it changed the disk."""

    killed: bool
    step: str
    seconds: float
    changes: int


def build(settings: IndexSettings, _: Path | None, progress: BuildProgress) -> None:
    build_index(settings, encoder=HashingEncoder(), force=True, progress=progress)


def add_file(settings: IndexSettings, file: Path | None, progress: BuildProgress) -> None:
    assert file is not None
    ingest(settings, examine(settings, [file]), encoder=HashingEncoder(), progress=progress)


class _Told(BuildProgress):
    def __init__(self, parent: Connection) -> None:
        self._parent = parent

    def step(self, message: str) -> None:
        self._parent.send(message)

    def encoding(self, done: int, total: int) -> None: ...


def _work(
    work: Work, settings: IndexSettings, file: Path | None, change: int | None, parent: Connection
) -> None:
    """In the process that is killed, together with all that it has started."""
    os.setsid()
    root = str(settings.data_folder.parent)
    changes = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        if event not in _CHANGES or not str(arguments[0]).startswith(root):
            return
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE):
            return  # for reading
        changes += 1
        if changes == change:
            os.killpg(0, signal.SIGKILL)

    sys.addaudithook(count)
    parent.send("start")
    work(settings, file, _Told(parent))
    parent.send(changes)


def run(
    work: Work, settings: IndexSettings, file: Path | None = None, moment: Moment | None = None
) -> Run:
    """Run ``work`` until it ends or its moment has come."""
    moment = moment or Moment()
    # Forked from a process that has loaded everything and has no threads: starts in no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.indexer.kills"])
    parent, child = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, settings, file, moment.change, child))
    process.start()
    child.close()
    step: str | int = parent.recv()
    started = time.monotonic()
    if moment.seconds is not None:
        process.join(moment.seconds)
        if process.is_alive() and process.pid is not None:
            os.killpg(process.pid, signal.SIGKILL)
    try:
        while parent.poll(_LONGEST):
            step_before, step = step, parent.recv()
    except (EOFError, OSError):  # the end, maybe in the middle of a message
        pass
    process.join()
    seconds = time.monotonic() - started
    killed = process.exitcode == -signal.SIGKILL
    assert killed or process.exitcode == 0, f"failed in step {step!r}"
    if isinstance(step, int):
        return Run(killed, str(step_before), seconds, step)
    return Run(killed, step, seconds, 0)

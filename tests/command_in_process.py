"""The command ``diance`` for shell scripts, answered by this process: nothing is loaded twice.

A script finds an executable that sends its arguments through a socket; here ``server.commands.main.main`` is
called with them, and what it prints and its exit status go back.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from unittest import mock

from indexer.index_folder import current_build
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.commands.main import main

_CLIENT = """\
#!{python} -E
import os, sys
from multiprocessing.connection import Client
if sys.argv[1:2] == ["serve"]:
    os.execv({python!r}, [{python!r}, "-m", "server.commands.main", *sys.argv[1:]])
with Client({address!r}) as process:
    process.send((sys.argv[1:], os.getcwd(), dict(os.environ)))
    status, out, err = process.recv()
sys.stdout.buffer.write(out)
sys.stderr.buffer.write(err)
sys.exit(status)
"""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a run of the command left: its exit status and its two streams."""

    status: int
    out: bytes
    err: bytes


@contextlib.contextmanager
def answered_here(executable: Path, folder: Path) -> Iterator[None]:
    """Make ``executable``, which this process answers while the context is open.

    ``folder`` is for the socket. ``diance serve`` alone is a process of its own.
    """
    address = str(folder / "socket")
    executable.write_text(_CLIENT.format(python=sys.executable, address=address))
    executable.chmod(0o755)
    with Listener(address) as listener, _indexes_opened_once():
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        yield


def _serve(listener: Listener) -> None:
    while True:
        try:
            connection = listener.accept()
        except OSError:  # closed
            return
        with connection:
            _answer(connection)


def _answer(connection: Connection) -> None:
    arguments, folder, environment = connection.recv()
    printed = run_here(arguments, Path(folder), environment)
    connection.send((printed.status, printed.out, printed.err))


def run_here(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> Printed:
    """Run ``diance`` in this process as if it were one of its own."""
    out, err = _stream(), _stream()
    status = 0
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["diance", *arguments]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
        contextlib.chdir(folder),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        except Exception:  # the script's failure, not that of the thread that answers it
            status = 1
            traceback.print_exc()
    return Printed(status, _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.seek(0)
    return stream.buffer.read()


@contextlib.contextmanager
def _indexes_opened_once() -> Iterator[None]:
    """While the context is open, an index that was opened before is given again."""
    opened: dict[tuple[str, str], SearchIndex] = {}
    open_index = SearchIndex.open

    def open_once(settings: IndexSettings) -> SearchIndex:
        key = str(current_build(settings.index_folder)), settings.model_dump_json()
        if key not in opened:
            opened[key] = open_index(settings)
        return opened[key]

    with mock.patch.object(SearchIndex, "open", open_once):
        yield

"""The real server in processes of its own, and what it uses of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import psutil

from indexer.errors import DianceError

_LONGEST_START = 300  # seconds
_READY_IN_A_ROW = 8  # each time another worker may say it


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all processes of the server together: bytes resident, open files, seconds of CPU."""

    resident: int
    files: int
    cpu: float


class Served:
    """A running server, its supervisor and workers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.port = port
        self._process = psutil.Process(process.pid)

    def usage(self) -> Usage:
        """What it uses now."""
        resident = files = 0
        cpu = 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                resident += process.memory_info().rss
                files += process.num_fds()
                times = process.cpu_times()
                cpu += times.user + times.system
        return Usage(resident, files, cpu)


@contextmanager
def serving(workers: int, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """``diance serve`` on a free port while the block runs, ready when it begins.

    Raises:
        DianceError: it didn't become ready.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "server.commands.main", "serve", "--port", str(port)]
    quiet = {"DIANCE_LOG_LEVEL": "warning", "DIANCE_WORKERS": str(workers)}
    process = subprocess.Popen(
        command, env=os.environ | quiet | dict(settings or {}), stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(process, port)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    ask = build_opener(ProxyHandler({}))  # whatever proxy the environment names
    deadline = time.monotonic() + _LONGEST_START
    ready = 0
    while ready < _READY_IN_A_ROW:
        if process.poll() is not None or time.monotonic() > deadline:
            raise DianceError("服务没有启动。请先运行 diance doctor 看看哪里不对。")
        try:
            with ask.open(f"http://127.0.0.1:{port}/readyz"):
                ready += 1
        except URLError:
            ready = 0
            time.sleep(0.2)

"""How the application is served: one process or several, and how they stop.

Stopping, on SIGTERM or Ctrl+C: ``/readyz`` says 503 while all else goes on, for as long as the
settings say; then no connection is taken any more, running requests end, the process ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from fastapi import FastAPI
from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from server.app import create_app
from server.connections import ImpatientProtocol
from server.logs import configure_logs
from server.metrics import MULTIPROCESS_FOLDER
from server.settings import ServerSettings

_APPLICATION = "server.serving:application"
_LONGEST_HEADER = 32 * 1024  # bytes; a query of 500 characters is encoded in 4.5 KB
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
"""What FAISS, NumPy and the tokenizer go by."""


def serve(settings: ServerSettings, host: str, port: int) -> None:
    """Serve until told to stop; the address is free."""
    config = _config(settings, host, port)
    if settings.workers == 1:
        with suppress(KeyboardInterrupt):  # uvicorn raises it again once it has stopped
            Server(config).run()
        return
    os.environ |= environment_of_workers(settings)
    with tempfile.TemporaryDirectory(prefix="diance-metrics-") as folder:
        os.environ[MULTIPROCESS_FOLDER] = folder
        Workers(config, sockets=[config.bind_socket()]).run()


def application() -> FastAPI:
    """The application of a process that serves, set by the environment; called in that process."""
    settings = ServerSettings()
    configure_logs(settings.log_form, settings.log_level)
    ImpatientProtocol.idle_seconds = settings.idle_seconds
    app = create_app(settings)
    _announce_stop(app, settings.stop_notice_seconds)
    return app


def environment_of_workers(settings: ServerSettings) -> dict[str, str]:
    """The settings that worker processes start with: the cores are shared out among them.

    Threads that were set on purpose stay as they are.
    """
    threads = str(max(1, _cores() // settings.workers))
    shared = {name: os.environ.get(name, threads) for name in (*_THREADS, "DIANCE_THREADS")}
    return shared | {"DIANCE_WORKERS": str(settings.workers)}


class Workers(Multiprocess):
    """uvicorn's supervisor; when it stops, no connection waits for workers that have gone."""

    def terminate_all(self) -> None:
        """Close the address here as well, then tell the workers."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def _config(settings: ServerSettings, host: str, port: int) -> Config:
    return Config(
        _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        http=ImpatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,  # it has query strings and addresses; server/middleware/request_log
        server_header=False,
        h11_max_incomplete_event_size=_LONGEST_HEADER,
        timeout_graceful_shutdown=settings.stop_seconds,
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _announce_stop(app: FastAPI, seconds: float) -> None:
    """Have ``/readyz`` say that the service stops, ``seconds`` before uvicorn is told to."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        stop = signal.getsignal(number)
        if callable(stop):
            signal.signal(number, _announcement(app, seconds, loop, stop))


def _announcement(
    app: FastAPI,
    seconds: float,
    loop: asyncio.AbstractEventLoop,
    stop: Callable[[int, FrameType | None], object],
) -> Callable[[int, FrameType | None], None]:
    def announce(number: int, frame: FrameType | None) -> None:
        told_before = app.state.stopping.is_set()
        app.state.stopping.set()
        if seconds and not told_before:
            loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, None)
        else:  # who says it twice means now
            stop(number, frame)

    return announce

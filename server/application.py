"""The application of a process that serves, and how it stops.

On SIGTERM or Ctrl+C ``/readyz`` says 503 while all else goes on, for as long as the settings say;
then no connection is taken any more, running requests end, the process ends.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType

from fastapi import FastAPI

from server.app import create_app
from server.connections import ImpatientProtocol
from server.logs import configure_logs
from server.serving import end_with_supervisor
from server.settings import ServerSettings


def application() -> FastAPI:
    """The application as the environment sets it; called by uvicorn in the process that serves."""
    settings = ServerSettings()
    configure_logs(settings.log_form, settings.log_level)
    ImpatientProtocol.idle_seconds = settings.idle_seconds
    app = create_app(settings)
    end_with_supervisor()
    if settings.workers > 1:
        # Beside workers that answer, one that still loads would refuse its share of the requests.
        app.state.service.refresh()
    _announce_stop(app, settings.stop_notice_seconds)
    return app


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

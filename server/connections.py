"""Connections that wait for nobody for ever.

uvicorn closes a connection that says nothing after a response, but waits without end for the first
header, for the rest of one, and for a client to take what it asked for: each such connection would
keep a file descriptor. Nor does a response wait: of sockets that are handed to worker processes
asyncio doesn't see that they are TCP, and leaves Nagle's algorithm on, which holds the body back
until the client has confirmed the header, for 40 milliseconds.
"""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 that drops clients which leave us waiting for ``idle_seconds``."""

    idle_seconds: ClassVar[float] = 15
    _waiting_for_header: asyncio.TimerHandle | None = None
    _waiting_for_reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come and is to send a header."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch_header()

    def data_received(self, data: bytes) -> None:
        """Something of a request has come; a second header isn't waited for without end, either."""
        super().data_received(data)
        self._watch_header()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone: nothing is waited for."""
        super().connection_lost(exc)
        _cancel(self._waiting_for_header)
        _cancel(self._waiting_for_reader)

    def pause_writing(self) -> None:
        """The client takes less than we send."""
        super().pause_writing()
        self._waiting_for_reader = self.loop.call_later(self.idle_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken enough to go on."""
        super().resume_writing()
        _cancel(self._waiting_for_reader)

    def _watch_header(self) -> None:
        is_header_due = self.conn.their_state is h11.IDLE
        if not is_header_due:
            _cancel(self._waiting_for_header)
            self._waiting_for_header = None
        elif self._waiting_for_header is None:
            self._waiting_for_header = self.loop.call_later(self.idle_seconds, self.transport.abort)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()

"""What came of a request, for those who report it."""

from __future__ import annotations

import time

from starlette.types import Message, Send

_CLOSED_BY_CLIENT = 499  # nginx's number for a client that left before it was answered


class Observation:
    """Passes messages on to ``send`` and notes the status and the time since it was made."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = time.perf_counter()
        self.status = _CLOSED_BY_CLIENT

    async def send(self, message: Message) -> None:
        """An ASGI ``send``."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

    @property
    def seconds(self) -> float:
        """Since the request came in."""
        return time.perf_counter() - self._started

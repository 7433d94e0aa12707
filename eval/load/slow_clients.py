"""Clients that hold connections and give nothing: what slowloris does, in its three forms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from eval.load.traffic import Ask

_HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_BODY = b"POST /api/v1/answer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"
_UNREAD = Ask("/api/v1/documents/%E4%BA%91%E4%BA%BA%E7%A4%BE%E9%80%9A-2021-22", compressed=False)
_PAUSE = 1.0  # seconds between two bytes


@asynccontextmanager
async def slow_clients(port: int, count: int) -> AsyncIterator[None]:
    """``count`` clients while the block runs.

    Two fifths never end a header, two fifths never end a body, one doesn't read what it asked
    for. Whoever is dropped comes again.
    """
    beginnings = (_HEADER, _HEADER, _BODY, _BODY, _UNREAD.on_the_wire)
    clients = [
        asyncio.create_task(_hold(port, beginnings[at % len(beginnings)])) for at in range(count)
    ]
    try:
        yield
    finally:
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


async def _hold(port: int, beginning: bytes) -> None:
    while True:
        with suppress(OSError):
            # Of what is received next to nothing is taken from the socket.
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            try:
                writer.write(beginning)
                while not writer.is_closing():
                    await asyncio.sleep(_PAUSE)
                    if beginning is not _UNREAD.on_the_wire:
                        writer.write(b"x")
            finally:
                writer.close()
        await asyncio.sleep(_PAUSE)

"""A client that costs next to nothing, so that on few cores the server has them.

Requests are bytes made beforehand; of a response the status line and two headers are read, and the
body as it is. On one core this asks some 10,000 times a second, ten times as often as locust.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from eval.load.traffic import Ask

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_LONGEST = 60  # seconds that a response may take


@dataclass(slots=True)
class Outcome:
    """What came of many requests: how often which status, and seconds for each that was answered.

    ``broken`` counts those whose connection ended before an answer.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    broken: int = 0
    lasted: float = 0.0

    def milliseconds(self, percentile: float) -> float:
        """Percentile of the time to the end of a response; nan without any."""
        return float(np.percentile(self.seconds, percentile)) * 1000 if self.seconds else np.nan

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return len(self.seconds) / self.lasted if self.lasted else 0.0


class Connection:
    """One keep-alive connection to a port of this machine; opened again when it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Ask) -> int:
        """The status of the response, once its body has been read.

        Raises:
            OSError: the connection can't be opened, or ended before the response did.
            TimeoutError: the response doesn't come.
        """
        try:
            async with asyncio.timeout(_LONGEST):
                return await self._ask(request)
        except asyncio.IncompleteReadError as error:
            self.close()
            raise ConnectionResetError(str(error)) from None
        except OSError:
            self.close()
            raise

    async def _ask(self, request: Ask) -> int:
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request.on_the_wire)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        if _CLOSE.search(head):
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def drive(
    port: int,
    asks: Iterator[Ask],
    connections: int,
    *,
    requests: int | None = None,
    seconds: float | None = None,
) -> Outcome:
    """Ask over several connections, each one request after the other, until either limit."""
    outcome = Outcome()
    started = time.perf_counter()
    begun = 0

    async def ask_on() -> None:
        nonlocal begun
        connection = Connection(port)
        while (requests is None or begun < requests) and (
            seconds is None or time.perf_counter() - started < seconds
        ):
            begun += 1
            ask = next(asks)
            asked = time.perf_counter()
            try:
                outcome.statuses[await connection.ask(ask)] += 1
            except OSError:  # of which TimeoutError is one
                outcome.broken += 1
            else:
                outcome.seconds.append(time.perf_counter() - asked)
        connection.close()

    await asyncio.gather(*(ask_on() for _ in range(connections)))
    outcome.lasted = time.perf_counter() - started
    return outcome

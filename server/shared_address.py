"""An address that worker processes share: connections that come together go to all of them.

asyncio takes whatever waits at once, so that of connections that come together one worker gets all
and the others have nothing to do. Here a worker lets the others have a turn after each connection
that it takes; one that is busy comes to its next turn later.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

_PAUSE = 0.001  # seconds until the next turn, in which an idle worker wakes up
_OUT_OF_FILES = 1.0  # seconds until it is tried again, as asyncio does

_Protocols = Callable[[], asyncio.BaseProtocol]


class FairLoop(asyncio.SelectorEventLoop):
    """An event loop that takes turns with those of other processes at a socket that it is given."""

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: _Protocols,
        *address: Any,  # noqa: ANN401
        sock: socket.socket | None = None,
        backlog: int = 100,
        **options: Any,  # noqa: ANN401
    ) -> asyncio.AbstractServer | TurnTaker:
        """As asyncio's; uvicorn asks no more of the server than to close and to wait for that."""
        if sock is None:
            return await super().create_server(
                protocol_factory, *address, backlog=backlog, **options
            )
        sock.listen(backlog)
        sock.setblocking(False)
        return TurnTaker(self, protocol_factory, sock)


class TurnTaker:
    """Takes connections from a listening socket, which it closes in the end."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, protocols: _Protocols, listening: socket.socket
    ) -> None:
        self._loop = loop
        self._protocols = protocols
        self._listening = listening
        self._turns = loop.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        while True:
            try:
                connection, _ = await self._loop.sock_accept(self._listening)
                # Whoever was taken is answered, even if we stop right now.
                await asyncio.shield(
                    self._loop.connect_accepted_socket(self._protocols, connection)
                )
            except ConnectionError:  # it is gone already
                continue
            except OSError:
                await asyncio.sleep(_OUT_OF_FILES)
            else:
                await asyncio.sleep(_PAUSE)

    def close(self) -> None:
        """Take no more connections; those that were taken go on."""
        self._turns.cancel()
        # Before it is closed: other processes have the socket, too, and it would go on waking us.
        self._loop.remove_reader(self._listening)
        self._listening.close()

    async def wait_closed(self) -> None:
        """Until it has stopped taking connections."""
        await asyncio.wait({self._turns})

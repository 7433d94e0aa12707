"""Worker processes that share an address share its connections."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.shared_address import FairLoop

_CONNECTIONS = 16
_LONGEST = 60  # seconds, on a busy machine


class _Counting(asyncio.Protocol):
    def __init__(self, taken: list[int], by: int) -> None:
        self._taken, self._by = taken, by

    def connection_made(self, _transport: asyncio.BaseTransport) -> None:
        self._taken.append(self._by)

    def data_received(self, data: bytes) -> None:
        assert data


def _serve(
    listening: socket.socket, taken: list[int], by: int, ready: threading.Barrier
) -> FairLoop:
    loop = FairLoop()

    async def serve() -> None:
        server = await loop.create_server(lambda: _Counting(taken, by), sock=listening, backlog=64)
        ready.wait(_LONGEST)
        while len(taken) < _CONNECTIONS:
            await asyncio.sleep(0.01)
        server.close()
        await server.wait_closed()

    loop.run_until_complete(serve())
    return loop


def test_connections_that_come_together_go_to_all_who_share_the_address() -> None:
    taken: list[int] = []
    ready = threading.Barrier(3)
    with socket.socket() as listening, ThreadPoolExecutor(2) as workers:
        listening.bind(("127.0.0.1", 0))
        address = listening.getsockname()
        loops = [workers.submit(_serve, listening.dup(), taken, by, ready) for by in (0, 1)]
        listening.close()
        ready.wait(_LONGEST)
        clients = [socket.create_connection(address, _LONGEST) for _ in range(_CONNECTIONS)]
        for each in loops:
            each.result(_LONGEST).close()
        assert {0, 1} == set(taken)
        assert len(taken) == _CONNECTIONS
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, _LONGEST)
        for client in clients:
            client.close()


def test_an_address_of_its_own_is_served_as_ever() -> None:
    loop = FairLoop()
    server = loop.run_until_complete(loop.create_server(asyncio.Protocol, "127.0.0.1", 0))
    assert isinstance(server, asyncio.Server)
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()

"""Clients that keep the server waiting, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.connections import ImpatientProtocol

_LARGE = "长" * 20_000_000  # more than any socket buffers


class Observed(ImpatientProtocol):
    without_delay: ClassVar[list[bool]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        option = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        self.without_delay.append(bool(option))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that waits half a second for anybody."""
    app = Starlette(
        routes=[
            Route("/", lambda _: PlainTextResponse("here")),
            Route("/large", lambda _: PlainTextResponse(_LARGE)),
        ]
    )
    with pytest.MonkeyPatch.context() as patch, socket.socket() as listening:
        patch.setattr(ImpatientProtocol, "idle_seconds", 0.5)
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=Observed, ws="none", log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        listening.listen()
        yield int(listening.getsockname()[1])
        server.should_exit = True
        thread.join()


@pytest.fixture
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        yield opened


def read_to_the_end(connection: socket.socket) -> bytes:
    """All that comes until the server closes; a reset is an end, too."""
    read = b""
    try:
        while piece := connection.recv(65536):
            read += piece
    except ConnectionResetError:
        pass
    return read


def test_a_body_is_not_held_back_until_its_header_is_confirmed(connection: socket.socket) -> None:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert read_to_the_end(connection).endswith(b"here")
    assert all(Observed.without_delay)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_header_that_does_not_come_is_not_waited_for(
    connection: socket.socket, sent: bytes
) -> None:
    connection.sendall(sent)
    assert read_to_the_end(connection) == b""


def test_a_second_header_is_not_waited_for_either(connection: socket.socket) -> None:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    while not (received := connection.recv(65536)).endswith(b"here"):
        assert received
    connection.sendall(b"GET / HT")
    assert read_to_the_end(connection) == b""


def test_a_response_that_nobody_takes_is_dropped(connection: socket.socket) -> None:
    connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    threading.Event().wait(3)  # the client sleeps
    assert len(read_to_the_end(connection)) < len(_LARGE.encode())

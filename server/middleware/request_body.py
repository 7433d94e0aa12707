"""Bodies are read before work begins: not more than a limit, not longer than a time.

Thus nobody holds a place at work by sending slowly.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware.refusing import refuse
from server.refusals import BodyTooLargeError, BodyTooSlowError, RefusedError


class RequestBody:
    """Refuses bodies over ``most`` bytes (413) and those not whole after ``seconds`` (408).

    Those sent to ``streamed``, a path, are left to its route, which limits them itself.
    """

    def __init__(self, app: ASGIApp, *, most: int, seconds: float, streamed: str) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then pass the request on with it."""
        if scope["type"] != "http" or scope["path"] == self._streamed:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(Headers(scope=scope), receive)
        except TimeoutError:
            await refuse(BodyTooSlowError(self._seconds), scope, receive, send)
        except RefusedError as error:
            await refuse(error, scope, receive, send)
        else:
            if body is not None:
                await self._app(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body; None if the client has gone. Counted as it comes, whatever was said."""
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._most:
            raise BodyTooLargeError(self._most)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._most:
                raise BodyTooLargeError(self._most)
            if not message.get("more_body", False):
                return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body in one piece, then what comes after it."""
    kept: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return kept.pop() if kept else await receive()

    return replayed

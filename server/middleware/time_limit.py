"""A request is answered within a time, if only by saying that it takes too long."""

from __future__ import annotations

import asyncio

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware.refusing import refuse
from server.refusals import TookTooLongError


class _Response:
    """Passes messages on until it is closed; knows whether a response has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_closed = False
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """An ASGI ``send``."""
        if self._is_closed:
            return
        self.has_begun = True
        await self._send(message)

    def close(self) -> None:
        """Drop whatever the application still says."""
        self._is_closed = True


class TimeLimit:
    """Answers 504 for what has not begun to answer after ``seconds``."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work on a request in a task of its own.

        A thread can't be stopped: one that is late goes on to its end, unheard, and keeps its
        place at work until then; nothing else does. That is what a cancel scope of anyio does,
        and cancelling the task wouldn't.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(send)
        wanted = CancelScope()
        work = asyncio.create_task(self._work(scope, receive, response, wanted))
        try:
            await asyncio.wait({work}, timeout=self._seconds)
            if work.done() or response.has_begun:
                await work
                return
        except asyncio.CancelledError:
            work.cancel()
            raise
        response.close()
        wanted.cancel()
        self._late.add(work)  # the loop itself keeps no reference to a task
        work.add_done_callback(self._forget)
        await refuse(TookTooLongError(self._seconds), scope, receive, send)

    async def _work(
        self, scope: Scope, receive: Receive, response: _Response, wanted: CancelScope
    ) -> None:
        with wanted:
            await self._app(scope, receive, response.send)

    def _forget(self, work: asyncio.Task[None]) -> None:
        self._late.discard(work)
        if not work.cancelled():
            work.exception()  # nobody waits for it any more

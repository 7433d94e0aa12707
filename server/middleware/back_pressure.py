"""So many requests are worked on at once, so many wait; the next is told at once to come back."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware.refusing import refuse
from server.middleware.routes import is_exempt
from server.refusals import OverloadedError

_RETRY_AFTER = 2  # seconds; the queue has been worked off by then


class BackPressure:
    """``at_once`` requests at work, ``waiting`` in line, first come first served; then 503.

    Nobody waits longer than ``seconds``.

    A place is free again when the response begins: its work is done then, however slowly the
    client reads.
    """

    def __init__(self, app: ASGIApp, *, at_once: int, waiting: int, seconds: float) -> None:
        self._app = app
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._seconds = seconds
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work on a request when its turn comes."""
        if scope["type"] != "http" or is_exempt(scope):
            await self._app(scope, receive, send)
        elif await self._is_its_turn():
            await self._work(scope, receive, send)
        else:
            await refuse(OverloadedError(_RETRY_AFTER), scope, receive, send)

    async def _is_its_turn(self) -> bool:
        """Whether a place has been taken, at once or after a wait in line."""
        if self._places.locked() and self._waiting >= self._most_waiting:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_place = True

        def give_back() -> None:
            nonlocal has_place
            if has_place:
                has_place = False
                self._places.release()

        async def send_and_give_back(message: Message) -> None:
            give_back()
            await send(message)

        try:
            await self._app(scope, receive, send_and_give_back)
        finally:
            give_back()

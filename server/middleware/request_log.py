"""One line a request; of what was asked and by whom only what the operator has switched on."""

from __future__ import annotations

import logging
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware.observation import Observation
from server.middleware.routes import is_exempt, method_of, route_of

_log = logging.getLogger("diance.request")


class RequestLog:
    """Logs method, route, status and duration of each request; probes and files at ``debug``.

    With ``questions`` the query string and the body are logged as well, with ``clients`` the
    address that asks.
    """

    def __init__(self, app: ASGIApp, *, questions: bool, clients: bool) -> None:
        self._app = app
        self._questions = questions
        self._clients = clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log once the request has been answered, or failed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        observed = Observation(send)
        body = bytearray()

        async def receive_and_keep() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        try:
            await self._app(scope, receive_and_keep if self._questions else receive, observed.send)
        except Exception:
            observed.status = 500  # its traceback is logged by whoever answers it
            raise
        finally:
            level = logging.DEBUG if is_exempt(scope) else logging.INFO
            line = self._line(scope, observed) | self._asked(scope, body)
            _log.log(level, "request", extra=line)

    def _line(self, scope: Scope, observed: Observation) -> dict[str, object]:
        line: dict[str, object] = {
            "method": method_of(scope),
            "route": route_of(scope),
            "status": observed.status,
            "ms": round(observed.seconds * 1000, 1),
        }
        if self._clients and scope.get("client"):
            line["client"] = scope["client"][0]
        return line

    def _asked(self, scope: Scope, body: bytearray) -> dict[str, object]:
        if not self._questions:
            return {}
        query = unquote_plus(scope["query_string"].decode("latin-1"))
        return {"query": query, "body": body.decode("utf-8", "replace")}

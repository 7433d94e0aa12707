"""How a middleware answers in place of the application."""

from __future__ import annotations

from fastapi import Request
from starlette.types import Receive, Scope, Send

from server.metrics import ServerMetrics
from server.refusals import RefusedError
from server.routes.errors import answer_to


async def refuse(error: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the problem document, or the page, that says why; count it."""
    metrics: ServerMetrics = scope["app"].state.metrics
    metrics.rejected.labels(error.reason).inc()
    response = answer_to(Request(scope), error)
    if error.closes:
        response.headers["Connection"] = "close"
    await response(scope, receive, send)

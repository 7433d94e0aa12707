"""Counts requests and how long they take."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from server.metrics import ServerMetrics
from server.middleware.observation import Observation
from server.middleware.routes import method_of, route_of


class RequestMetrics:
    """Reports each request to ``metrics`` when it has been answered, or failed."""

    def __init__(self, app: ASGIApp, *, metrics: ServerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request, also one that fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        observed = Observation(send)
        metrics = self._metrics
        metrics.in_flight.inc()
        try:
            await self._app(scope, receive, observed.send)
        except Exception:
            observed.status = 500
            raise
        finally:
            metrics.in_flight.dec()
            route = route_of(scope)
            metrics.requests.labels(route, method_of(scope), str(observed.status)).inc()
            metrics.seconds.labels(route).observe(observed.seconds)

"""The middleware from the outside in.

RequestIds       first, so that everything below can name the request
RequestLog       says what came of it, refusals included
RequestMetrics   counts it, likewise
RateLimit        before anything is read or worked on for a client that has had its share
RequestBody      a request is whole before it counts as work
TimeLimit        waiting in line counts
BackPressure     innermost: what passes is worked on
(GZip)           the application's own; compressing is work
"""

from __future__ import annotations

from fastapi import FastAPI

from server.client_limit import ClientLimit
from server.metrics import ServerMetrics
from server.middleware.back_pressure import BackPressure
from server.middleware.rate_limit import RateLimit
from server.middleware.request_body import RequestBody
from server.middleware.request_ids import RequestIds
from server.middleware.request_log import RequestLog
from server.middleware.request_metrics import RequestMetrics
from server.middleware.time_limit import TimeLimit
from server.routes.administration import UPLOADS
from server.settings import ServerSettings


def install(app: FastAPI, settings: ServerSettings, metrics: ServerMetrics) -> None:
    """Put the middleware around what the application has already; the last added is outermost."""
    app.add_middleware(
        BackPressure,
        at_once=settings.requests_at_once,
        waiting=settings.requests_waiting,
        seconds=settings.waiting_seconds,
    )
    app.add_middleware(TimeLimit, seconds=settings.request_seconds)
    app.add_middleware(
        RequestBody,
        most=settings.largest_body,
        seconds=settings.body_seconds,
        streamed=UPLOADS,
    )
    if settings.requests_per_minute:
        app.add_middleware(RateLimit, limit=ClientLimit(settings.requests_per_minute))
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(RequestLog, questions=settings.log_questions, clients=settings.log_clients)
    app.add_middleware(RequestIds)

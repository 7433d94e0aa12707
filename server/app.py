"""The application: one knowledge base, its API and its pages."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from server import openapi_examples
from server.feedback import FeedbackBox
from server.knowledge_base import KnowledgeBase
from server.metrics import ServerMetrics
from server.middleware import stack
from server.routes import administration, api, errors, health, metrics, pages
from server.security import headers
from server.security.admin_token import AdminDoor
from server.security.jobs import JobQueue
from server.service import IndexOfRequest, Service, Watch
from server.settings import ServerSettings
from server.web.rendering import WEB

GZIP_LEVEL = 5


def create_app(
    settings: ServerSettings | None = None, knowledge_base: KnowledgeBase | None = None
) -> FastAPI:
    """The ASGI application. A knowledge base that is open already is used as it is."""
    settings = settings or ServerSettings()
    service = Service(settings, knowledge_base)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The server listens at once and says 503 with the reason until the model is loaded.
        if knowledge_base is not None:
            yield
            return
        with Watch(service, settings.watch_interval):
            yield

    app = FastAPI(
        title="滇策 Diance",
        version=version("diance"),
        description="云南省产业工人队伍建设改革政策文件检索:条款、文号与原文引证。",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's page loads Swagger UI from elsewhere; ours is routes/pages
        redoc_url=None,
    )
    app.state.service = service
    app.state.metrics = ServerMetrics(service.held)
    app.state.stopping = threading.Event()
    app.state.feedback_box = (
        FeedbackBox(settings.feedback, settings.feedback_per_minute) if settings.feedback else None
    )
    app.state.settings = settings
    app.state.admin_door = None
    app.add_middleware(IndexOfRequest, service=service)
    # The longest document is a table of 800 rows; compressed it is a tenth.
    # Level 9, the default, takes half as long again as 5 and saves 2 % of a search.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=GZIP_LEVEL)
    stack.install(app, settings, app.state.metrics)
    errors.install(app)
    headers.install(app, behind_tls=settings.behind_tls)
    openapi_examples.install(app)
    app.include_router(api.router)
    app.include_router(health.router)
    app.include_router(
        metrics.router, dependencies=[Depends(administration.require_admin_for_metrics)]
    )
    if settings.admin_token_hash:
        app.state.admin_door = AdminDoor(
            settings.admin_token_hash, settings.admin_failures_per_minute
        )
        app.state.jobs = JobQueue(settings)
        app.include_router(administration.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    return app

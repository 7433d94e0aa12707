"""The application: one knowledge base, its API and its pages."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from indexer.errors import DianceError, NotReadyError
from server import openapi_examples
from server.feedback import FeedbackBox
from server.knowledge_base import KnowledgeBase
from server.routes import administration, api, errors, health, pages
from server.security import headers
from server.security.admin_token import AdminDoor
from server.security.jobs import JobQueue
from server.settings import ServerSettings
from server.web.rendering import WEB

_log = logging.getLogger(__name__)


class Service:
    """The knowledge base, or why there is none yet."""

    def __init__(self, knowledge_base: KnowledgeBase | None = None) -> None:
        self._knowledge_base = knowledge_base
        self._reason: DianceError = NotReadyError("服务正在启动,请稍候再试。")

    def require(self) -> KnowledgeBase:
        """The open knowledge base; raises the reason if it couldn't be opened."""
        if self._knowledge_base is None:
            raise self._reason
        return self._knowledge_base

    def open(self, settings: ServerSettings) -> None:
        """Open the current index and load the model; a failure is kept and reported."""
        if self._knowledge_base is not None:
            return
        try:
            knowledge_base = KnowledgeBase.open(settings)
            knowledge_base.warm_up()
        except DianceError as error:
            self._reason = error
            _log.error("%s", error)
        else:
            self._knowledge_base = knowledge_base


def create_app(
    settings: ServerSettings | None = None, knowledge_base: KnowledgeBase | None = None
) -> FastAPI:
    """The ASGI application. A knowledge base that is open already is used as it is."""
    settings = settings or ServerSettings()
    service = Service(knowledge_base)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The server listens at once and says 503 with the reason until the model is loaded.
        threading.Thread(target=service.open, args=(settings,), daemon=True).start()
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
    app.state.feedback_box = (
        FeedbackBox(settings.feedback, settings.feedback_per_minute) if settings.feedback else None
    )
    app.state.settings = settings
    app.state.admin_door = None
    # The longest document is a table of 800 rows; compressed it is a tenth.
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    errors.install(app)
    headers.install(app, behind_tls=settings.behind_tls)
    openapi_examples.install(app)
    app.include_router(api.router)
    app.include_router(health.router)
    if settings.admin_token_hash:
        app.state.admin_door = AdminDoor(
            settings.admin_token_hash, settings.admin_failures_per_minute
        )
        app.state.jobs = JobQueue(settings)
        app.include_router(administration.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    return app

"""The application with a route that takes as long as a test wants, asked from anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings

SLOW = "/slow"
ADDRESS = ("203.0.113.5", 40_000)  # TEST-NET-3: on no machine of ours


def service(knowledge_base: KnowledgeBase, settings: ServerSettings) -> FastAPI:
    """The real application; ``/slow`` answers once ``app.state.go`` is set."""
    app = create_app(settings, knowledge_base)
    app.state.go = asyncio.Event()

    @app.get(SLOW)
    async def slow() -> str:
        await app.state.go.wait()
        return "done"

    return app


@asynccontextmanager
async def asking(
    app: FastAPI, address: tuple[str, int] = ADDRESS
) -> AsyncIterator[httpx.AsyncClient]:
    """A client at an address; its requests run in the loop of the test."""
    transport = httpx.ASGITransport(app, client=address, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def samples_of(exposition: str, name: str) -> dict[frozenset[tuple[str, str]], float]:
    """Values of one sample name by their labels, as Prometheus's own parser reads them."""
    return {
        frozenset(sample.labels.items()): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name == name
    }

"""What an operator asks: whether the process is alive, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from server.knowledge_base import KnowledgeBase
from server.refusals import StoppingError
from server.service import Service

router = APIRouter(tags=["health"])


class HealthOut(BaseModel):
    """The process runs."""

    status: str


class ReadyOut(HealthOut):
    """The knowledge base answers; figures of the index in use.

    ``fingerprint`` covers all that the index was made of; ``not_served`` says why another index,
    the current one by the pointer, isn't served instead, null if it is.
    ``wordings`` counts how asking the language model for the wording of answers ended since this
    index is served: ``given``, or why there was none; null if no model is set.
    """

    index: str
    fingerprint: str
    not_served: str | None
    documents: int
    clauses: int
    wordings: dict[str, int] | None


@router.get("/healthz", summary="进程是否存活")
def healthz() -> HealthOut:
    """Alive, whether or not there is an index."""
    return HealthOut(status="ok")


@router.get("/readyz", summary="是否可以检索", responses={503: {"description": "尚不可用"}})
def readyz(request: Request) -> ReadyOut:
    """Ready once the index is open and the model loaded, until the service stops; else 503."""
    if request.app.state.stopping.is_set():
        raise StoppingError
    knowledge_base: KnowledgeBase = request.state.holding.knowledge_base()
    service: Service = request.app.state.service
    index, writer = knowledge_base.index, knowledge_base.writer
    counts = index.manifest.counts
    return ReadyOut(
        status="ready",
        index=index.build.name,
        fingerprint=index.manifest.fingerprint,
        not_served=service.not_served,
        documents=counts["documents"],
        clauses=counts["provisions"],
        wordings=dict(writer.outcomes) if writer is not None else None,
    )

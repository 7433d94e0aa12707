"""What an operator asks: whether the process is alive, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class HealthOut(BaseModel):
    """The process runs."""

    status: str


class ReadyOut(HealthOut):
    """The knowledge base answers; figures of the index in use."""

    index: str
    documents: int
    clauses: int


@router.get("/healthz", summary="进程是否存活")
def healthz() -> HealthOut:
    """Alive, whether or not there is an index."""
    return HealthOut(status="ok")


@router.get("/readyz", summary="是否可以检索", responses={503: {"description": "尚不可用"}})
def readyz(request: Request) -> ReadyOut:
    """Ready once the index is open and the model loaded; 503 with the reason before."""
    index = request.app.state.service.require().index
    counts = index.manifest.counts
    return ReadyOut(
        status="ready",
        index=index.build.name,
        documents=counts["documents"],
        clauses=counts["provisions"],
    )

"""What the routes need from a request.

All are coroutines, though nothing waits in them: FastAPI hands each other function to a thread of
its pool, which costs more than they do.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from corpus.validity import Status
from indexer.errors import NotFoundError
from indexer.filters import Filters
from server.feedback import FeedbackBox
from server.knowledge_base import KnowledgeBase
from server.metrics import ServerMetrics
from server.schemas.day import Day
from server.service import Holding


async def knowledge_base(request: Request) -> KnowledgeBase:
    """The knowledge base that this request is answered from, from its first word to its last.

    Raises:
        DianceError: there is none; the reason is that of the start.
    """
    holding: Holding = request.state.holding
    return holding.knowledge_base()


async def feedback_box(request: Request) -> FeedbackBox:
    """Where feedback is kept.

    Raises:
        NotFoundError: no file is set, feedback isn't asked for.
    """
    box: FeedbackBox | None = request.app.state.feedback_box
    if box is None:
        raise NotFoundError("这里没有开启评价。")
    return box


async def server_metrics(request: Request) -> ServerMetrics:
    """Where what came of a question is counted."""
    return request.app.state.metrics  # type: ignore[no-any-return]


async def client_address(request: Request) -> str:
    """Who asks, for limits; behind a proxy the server has to be told to trust its headers."""
    return request.client.host if request.client is not None else ""


async def filters(
    doc_number: Annotated[str | None, Query(max_length=100, description="文号")] = None,
    issuer: Annotated[str | None, Query(max_length=100, description="发文单位(部分即可)")] = None,
    year_from: Annotated[int | None, Query(ge=1900, le=2200, description="起始年份")] = None,
    year_to: Annotated[int | None, Query(ge=1900, le=2200, description="截止年份")] = None,
    section: Annotated[str | None, Query(max_length=100, description="汇编栏目")] = None,
    as_of: Annotated[Day | None, Query(description="以哪一天为准;此后印发的文件不计")] = None,
    status: Annotated[
        Status | Literal[""] | None, Query(description="有效性,以 as_of 那天(默认今天)为准")
    ] = None,
) -> Filters:
    """Filters of search and document list; blank values of a form count as absent."""
    return Filters(
        doc_number=doc_number or None,
        issuer=issuer or None,
        year_from=year_from,
        year_to=year_to,
        section=section or None,
        as_of=as_of,
        status=status or None,
    )


KnowledgeBaseOf = Annotated[KnowledgeBase, Depends(knowledge_base)]
MetricsOf = Annotated[ServerMetrics, Depends(server_metrics)]
FeedbackBoxOf = Annotated[FeedbackBox, Depends(feedback_box)]
ClientOf = Annotated[str, Depends(client_address)]
FiltersOf = Annotated[Filters, Depends(filters)]
AsOf = Annotated[Day | None, Query(description="以哪一天为准判断时效,默认今天")]

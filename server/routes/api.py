"""The API, ``/api/v1``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from indexer.facets import Sort
from indexer.query import LONGEST_QUERY
from indexer.search import Mode
from server.feedback import FeedbackIn
from server.routes.dependencies import (
    AsOf,
    ClientOf,
    FeedbackBoxOf,
    FiltersOf,
    KnowledgeBaseOf,
    MetricsOf,
)
from server.routes.negotiation import MediaType
from server.routes.problem_responses import problem_responses
from server.schemas.answer import AnswerIn, AnswerOut
from server.schemas.benefit import BenefitsIn, BenefitsOut
from server.schemas.collection import CollectionOut
from server.schemas.document import ClauseDetailOut, DocumentDetailOut, OriginalOut
from server.schemas.search import DocumentsOut, LookupOut, SearchOut
from server.schemas.suggestion import MOST_SUGGESTIONS, SuggestionsOut

_PROBLEMS = problem_responses(
    (400, "请求的内容无法读取"),
    (404, "没有找到"),
    (405, "不支持该请求方法,见 Allow"),
    (408, "没有按时收到完整的内容"),
    (413, "提交的内容太大"),
    (422, "参数或查询内容有误"),
    (429, "太频繁,见 Retry-After"),
    (503, "索引或模型不可用,或访问的人太多(见 Retry-After)"),
    (504, "没有按时得出结果"),
)

router = APIRouter(prefix="/api/v1", tags=["api"], responses=_PROBLEMS)

QueryText = Annotated[
    str, Query(min_length=1, max_length=LONGEST_QUERY, description="问题、关键词或文号")
]
Offset = Annotated[int, Query(ge=0, le=100_000)]


def _written(out: BaseModel) -> Response:
    """What is given, written where it was found; FastAPI would take it to another thread twice."""
    return Response(out.model_dump_json(by_alias=True), media_type=MediaType.JSON.value)


@router.get("/search", summary="检索条款", response_model=SearchOut)
def search(
    kb: KnowledgeBaseOf,
    filters: FiltersOf,
    q: QueryText,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    offset: Offset = 0,
    mode: Mode = Mode.HYBRID,
    sort: Annotated[Sort, Query(description="relevance 按相关度,newest 按印发日期")] = (
        Sort.RELEVANCE
    ),
    facets: Annotated[
        bool, Query(description="统计发文单位、年份、栏目、有效性;筛选在同一组结果中进行")
    ] = False,
) -> Response:
    """Ranked clauses with exact citations."""
    found = kb.search(
        q,
        limit=limit,
        offset=offset,
        mode=mode,
        filters=filters,
        sort=sort,
        facets=facets,
        as_of=filters.as_of,
    )
    return _written(found)


@router.get("/suggest", summary="输入提示", response_model=SuggestionsOut)
def suggest(
    kb: KnowledgeBaseOf,
    q: QueryText,
    limit: Annotated[int, Query(ge=1, le=MOST_SUGGESTIONS)] = 8,
) -> Response:
    """Numbers, titles, occupations and questions that fit what was typed, the nearest first."""
    return _written(kb.suggest(q, limit))


@router.post("/answer", summary="回答问题", response_model=AnswerOut)
def answer(kb: KnowledgeBaseOf, metrics: MetricsOf, asked: AnswerIn) -> Response:
    """The sentences and cells that answer, verbatim and cited; or that nothing does."""
    found = kb.answer(asked.question, asked.as_of)
    metrics.answers.labels(found.status).inc()
    return _written(found)


@router.get("/lookup", summary="按文号查文件和条款")
def look_up(kb: KnowledgeBaseOf, q: QueryText, as_of: AsOf = None) -> LookupOut:
    """A document number, with or without a clause, however typed."""
    return kb.look_up(q, as_of)


@router.get("/documents", summary="文件目录")
def documents(
    kb: KnowledgeBaseOf,
    filters: FiltersOf,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    offset: Offset = 0,
) -> DocumentsOut:
    """Documents in the order of the book, with facets."""
    return kb.documents(limit=limit, offset=offset, filters=filters, as_of=filters.as_of)


@router.get("/collection", summary="汇编概况")
def collection(kb: KnowledgeBaseOf, as_of: AsOf = None) -> CollectionOut:
    """Documents by date, issuer, section and standing, their citations, what is missing."""
    return kb.collection(as_of)


class DocumentFormat(StrEnum):
    """How a document is given."""

    JSON = "json"
    AKN = "akn"


@router.get(
    "/documents/{document_id}",
    summary="一份文件",
    response_model=DocumentDetailOut,
    responses={200: {"content": {MediaType.AKOMA_NTOSO.value: {}}}},
)
def document(
    kb: KnowledgeBaseOf,
    document_id: str,
    as_of: AsOf = None,
    form: Annotated[
        DocumentFormat, Query(alias="format", description="json 或 akn(Akoma Ntoso 3.0)")
    ] = DocumentFormat.JSON,
) -> DocumentDetailOut | Response:
    """One document with outline, clauses, tables and relations; by id or document number."""
    if form is DocumentFormat.AKN:
        return Response(kb.akoma_ntoso(document_id), media_type=MediaType.AKOMA_NTOSO.value)
    return kb.document(document_id, as_of)


@router.get("/documents/{document_id}/original", summary="一份文件的印刷原文")
def original(kb: KnowledgeBaseOf, document_id: str) -> OriginalOut:
    """One document as printed, each repair and misprint beside what is read for it."""
    return kb.original(document_id)


@router.get("/clauses/{clause_id}", summary="一个条款")
def clause(kb: KnowledgeBaseOf, clause_id: str, as_of: AsOf = None) -> ClauseDetailOut:
    """One clause with its neighbours."""
    return kb.clause(clause_id, as_of)


@router.post("/benefits/match", summary="我能享受哪些补贴和待遇")
def match_benefits(kb: KnowledgeBaseOf, asked: BenefitsIn) -> BenefitsOut:
    """Benefits for a profile or a question: what applies, how much, until when, says who."""
    return kb.benefits(asked)


@router.post("/feedback", summary="评价一个回答(需要开启)", status_code=204)
def send_feedback(
    kb: KnowledgeBaseOf, box: FeedbackBoxOf, client: ClientOf, given: FeedbackIn
) -> None:
    """Whether an answer helped; 404 unless ``DIANCE_FEEDBACK`` is set."""
    box.put(given, kb.index.manifest.fingerprint, client)

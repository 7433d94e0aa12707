"""Home and search: one box for questions, keywords, document numbers and clauses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from corpus.cleaning import comparable
from corpus.document_number import parse_query
from indexer.errors import DianceError
from indexer.facets import Facet, Sort
from indexer.lookup import LookupMatch
from indexer.search import Mode
from server.eligibility.matching import Verdict
from server.knowledge_base import KnowledgeBase
from server.metrics import ServerMetrics
from server.problems import problem_of
from server.routes.pages.search_address import SearchAddress
from server.schemas.answer import AnswerOut, AnswerPartOut
from server.schemas.benefit import BenefitOut
from server.schemas.facet import FacetOut
from server.schemas.search import HitOut, LookupOut
from server.web.rendering import render

_PAGE_SIZE = 10
_VALUES_SHOWN = 6  # of a facet, before the rest is folded
_BENEFITS_SHOWN = 3
_EXAMPLES = (
    ("工人", ("带徒弟有补助吗", "失业保险技能提升补贴多少钱", "高级技师可以评什么职称")),
    (
        "机关工作人员",
        ("云财规〔2019〕3号第四条第(二)项", "正高级工程师评审权限下放给谁", "工伤保险基金省级统筹"),
    ),
    (
        "企业",
        ("我们厂搞新型学徒制每人补多少", "招贫困户来边干边学有补贴吗", "产教融合型企业怎么申报"),
    ),
)
_FACETS = {
    Facet.STATUS: "有效性",
    Facet.YEAR: "印发年份",
    Facet.ISSUER: "发文单位",
    Facet.SECTION: "专题",
}
_SORTS = {Sort.RELEVANCE: "最相关", Sort.NEWEST: "最新印发"}
_MODES = {Mode.HYBRID: "综合", Mode.LEXICAL: "只按字词", Mode.DENSE: "只按意思"}
_VERDICTS = {Verdict.APPLIES: "符合条件", Verdict.MAY_APPLY: "可能符合"}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes one thing about a result; of a chosen value it takes it back."""

    label: str
    address: str
    is_chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """The values of one facet; ``rest`` are those that are folded."""

    label: str
    first: Sequence[Choice]
    rest: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of an answer: words or cells out of citation ``number``, which counts from 1."""

    parts: Sequence[AnswerPartOut]
    number: int


@router.get("/", response_class=HTMLResponse)
def search_page(request: Request, address: Annotated[SearchAddress, Query()]) -> Response:
    """The search box; with a query what answers it and the clauses found."""
    context: dict[str, object] = {"q": address.q, "address": address}
    try:
        kb: KnowledgeBase = request.state.holding.knowledge_base()
        if address.q.strip():
            result = _result(kb, address, request.app.state.metrics)
            return render(request, "search.html", context | result)
        counts = {"documents": kb.counts["documents"], "clauses": kb.counts["provisions"]}
        return render(request, "home.html", context | {"examples": _EXAMPLES, "counts": counts})
    except DianceError as error:
        status = problem_of(error).status_code
        context |= {"message": str(error), "status": status}
        return render(request, "problem.html", context, status)


def _result(kb: KnowledgeBase, address: SearchAddress, metrics: ServerMetrics) -> dict[str, object]:
    lookup = _looked_up(kb, address.q)
    answer = None
    if address.is_plain and not (lookup and _is_only_a_name(address.q, lookup)):
        answer = kb.answer(address.q)
        metrics.answers.labels(answer.status).inc()
    result = kb.search(
        address.q,
        limit=_PAGE_SIZE,
        offset=(address.page - 1) * _PAGE_SIZE,
        mode=address.mode,
        filters=address.filters,
        sort=address.sort,
        facets=True,
    )
    pages = math.ceil(result.total / _PAGE_SIZE)
    return {
        "result": result,
        "lookup": lookup if address.page == 1 else None,
        "answer": answer,
        "said": list(_lines(answer)) if answer else [],
        "sources": _sources(answer) if answer else {},
        "benefits": _fitting(answer) if answer else [],
        "verdicts": _VERDICTS,
        "groups": _groups(address, result.facets or {}),
        "taken": _taken(address),
        "sorts": [
            Choice(label, address.sorted_by(sort), sort is address.sort)
            for sort, label in _SORTS.items()
        ],
        "modes": [
            Choice(label, address.in_mode(mode), mode is address.mode)
            for mode, label in _MODES.items()
        ],
        "page_count": pages,
        "previous_page": address.at_page(address.page - 1) if address.page > 1 else None,
        "next_page": address.at_page(address.page + 1) if address.page < pages else None,
    }


def _looked_up(kb: KnowledgeBase, query: str) -> LookupOut | None:
    """The document that a query names by number or by its whole title; None for a question."""
    found = kb.look_up(query)
    number = parse_query(query)
    if number is None:  # a title that is only similar is no name
        return found if found.match in (LookupMatch.EXACT, LookupMatch.VARIANT) else None
    if found.match == LookupMatch.NONE and comparable(number.rest):
        return None  # a question with a number in it
    return found


def _is_only_a_name(query: str, lookup: LookupOut) -> bool:
    """Whether nothing is asked beyond the document, or the clause of it, that is shown."""
    if lookup.clause is not None:
        return True
    number = parse_query(query)
    if number is not None:
        return not comparable(number.rest)
    return lookup.document is not None and comparable(query) == comparable(lookup.document.title)


def _lines(answer: AnswerOut) -> Iterator[SaidLine]:
    """Stretches one a line, the cells of a row together."""
    for (citation, is_row), parts in groupby(
        answer.parts, key=lambda part: (part.citation, bool(part.head))
    ):
        if is_row:
            yield SaidLine(list(parts), citation + 1)
        else:
            yield from (SaidLine([part], citation + 1) for part in parts)


def _sources(answer: AnswerOut) -> dict[int, HitOut]:
    """The citations that are quoted, by their number."""
    return {part.citation + 1: answer.citations[part.citation] for part in answer.parts}


def _fitting(answer: AnswerOut) -> list[BenefitOut]:
    """The first benefits that apply, or may."""
    return [each for each in answer.benefits if each.verdict in _VERDICTS][:_BENEFITS_SHOWN]


def _groups(address: SearchAddress, facets: dict[str, list[FacetOut]]) -> list[ChoiceGroup]:
    groups = []
    for facet, label in _FACETS.items():
        choices = [
            Choice(
                each.value,
                address.choosing(facet, None if each.value == chosen else each.value),
                each.value == chosen,
                each.count,
            )
            for chosen in [address.chosen(facet)]
            for each in facets.get(facet.value, [])
        ]
        if len(choices) > 1:
            groups.append(ChoiceGroup(label, choices[:_VALUES_SHOWN], choices[_VALUES_SHOWN:]))
    return groups


def _taken(address: SearchAddress) -> list[Choice]:
    """The values that are chosen, to be taken back."""
    return [
        Choice(f"{label}：{value}", address.choosing(facet, None), True)
        for facet, label in _FACETS.items()
        if (value := address.chosen(facet)) is not None
    ]

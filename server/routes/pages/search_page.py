"""The search page: one box for questions, keywords and document numbers."""

from __future__ import annotations

import math
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from corpus.document_number import parse_query
from indexer.errors import DianceError, InvalidQueryError
from indexer.filters import Filters
from indexer.lookup import LookupMatch
from indexer.search import LONGEST_QUERY, Mode
from server.knowledge_base import KnowledgeBase
from server.routes.pages.rendering import render

_PAGE_SIZE = 10
_EXAMPLES = (
    "考了电工中级证能拿多少补贴",
    "老板不给交工伤保险怎么办",
    "企业新型学徒制 补贴标准",
    "云人社发〔2019〕16号",
)

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def search_page(
    request: Request,
    q: Annotated[str, Query()] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    mode: Mode = Mode.HYBRID,
    section: Annotated[str, Query()] = "",
) -> Response:
    """The search box, and the clauses found."""
    context: dict[str, object] = {"q": q, "mode": mode.value, "section": section}
    try:
        kb: KnowledgeBase = request.app.state.service.require()
        context["sections"] = [facet.value for facet in kb.documents(limit=1).facets["section"]]
        if not q.strip():
            return render(request, "search.html", context | {"examples": _EXAMPLES})
        lookup = kb.look_up(q) if parse_query(q[:LONGEST_QUERY]) else None
        if lookup is not None and lookup.match == LookupMatch.NONE:
            lookup = None  # a question with a number in it, not a document number
        result = kb.search(
            q,
            limit=_PAGE_SIZE,
            offset=(page - 1) * _PAGE_SIZE,
            mode=mode,
            filters=Filters(section=section or None),
        )
    except DianceError as error:
        status = 422 if isinstance(error, InvalidQueryError) else 503
        return render(request, "search.html", context | {"error": str(error)}, status)
    pages = math.ceil(result.total / _PAGE_SIZE)

    def address(number: int) -> str:
        chosen = {"q": q, "page": number, "mode": mode.value, "section": section}
        return "/?" + urlencode({key: value for key, value in chosen.items() if value})

    context |= {
        "result": result,
        "lookup": lookup,
        "page": page,
        "pages": pages,
        "previous_page": address(page - 1) if page > 1 else None,
        "next_page": address(page + 1) if page < pages else None,
    }
    return render(request, "search.html", context)

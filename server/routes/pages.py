"""The pages: search, the list of documents, one document. They work without JavaScript."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape

from corpus.document_number import parse_query
from indexer.errors import DianceError, InvalidQueryError, NotFoundError
from indexer.filters import Filters
from indexer.lookup import LookupMatch
from indexer.search import LONGEST_QUERY, Mode
from server.knowledge_base import KnowledgeBase
from server.routes.dependencies import KnowledgeBaseOf
from server.schemas import ErratumOut

_PAGE_SIZE = 10
_EXAMPLES = (
    "考了电工中级证能拿多少补贴",
    "老板不给交工伤保险怎么办",
    "企业新型学徒制 补贴标准",
    "云人社发〔2019〕16号",
)

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(directory=Path(__file__).parent.parent / "web" / "templates")


def _marked(
    text: str, highlights: Sequence[tuple[int, int]] = (), errata: Sequence[ErratumOut] = ()
) -> Markup:
    """``text`` with its highlights in ``<mark>``; everything else escaped.

    Where a misprint is certain the right reading is shown, in ``<ins>`` with the printed words as
    its title.
    """
    corrections = {(e.start, e.end): e for e in errata if e.certain}
    inside = set().union(*(range(start, end) for start, end in highlights)) if highlights else set()
    edges = {0, len(text), *itertools.chain(*highlights), *itertools.chain(*corrections)}
    for start, end in corrections:  # a misprint stays in one piece
        edges -= set(range(start + 1, end))
    pieces: list[Markup] = []
    for start, end in itertools.pairwise(sorted(edges)):
        erratum = corrections.get((start, end))
        piece = escape(text[start:end])
        if erratum is not None:
            template = Markup('<ins class="correction" title="原书作“{}”">{}</ins>')
            piece = template.format(erratum.printed, erratum.reading)
        pieces.append(Markup("<mark>{}</mark>").format(piece) if start in inside else piece)
    return Markup("").join(pieces)


_templates.env.filters["marked"] = _marked
_templates.env.filters["path"] = lambda text: quote(text, safe="")


def _render(
    request: Request, template: str, context: Mapping[str, object], status: int = 200
) -> Response:
    return _templates.TemplateResponse(request, template, dict(context), status_code=status)


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
            return _render(request, "search.html", context | {"examples": _EXAMPLES})
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
        return _render(request, "search.html", context | {"error": str(error)}, status)
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
    return _render(request, "search.html", context)


@router.get("/documents", response_class=HTMLResponse)
def documents_page(request: Request, kb: KnowledgeBaseOf) -> Response:
    """All documents in the order of the book."""
    return _render(request, "documents.html", {"listing": kb.documents()})


@router.get("/documents/{document_id}", response_class=HTMLResponse)
def document_page(request: Request, kb: KnowledgeBaseOf, document_id: str) -> Response:
    """One document for reading; every clause has an anchor."""
    try:
        document = kb.document(document_id)
    except NotFoundError as error:
        context = {"q": "", "mode": Mode.HYBRID.value, "error": str(error)}
        return _render(request, "search.html", context, 404)
    return _render(request, "document.html", {"document": document})

"""The list of documents, and one document: a page for people, data for programs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from server.document_list import Choice, Order, choose
from server.knowledge_base import KnowledgeBase
from server.reading_view import lay_out
from server.routes.dependencies import AsOf, KnowledgeBaseOf
from server.routes.negotiation import VARY, MediaType, preferred
from server.web.rendering import render

router = APIRouter()


class View(StrEnum):
    """How a document is shown."""

    READING = "reading"
    ORIGINAL = "original"  # as printed, beside the reading


@router.get("/documents", response_class=HTMLResponse)
def documents_page(
    request: Request,
    kb: KnowledgeBaseOf,
    q: Annotated[str, Query(max_length=100)] = "",
    section: Annotated[str, Query(max_length=100)] = "",
    issuer: Annotated[str, Query(max_length=100)] = "",
    year: Annotated[str, Query(max_length=10)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    order: Order = Order.BOOK,
) -> Response:
    """All documents, or those that the reader narrows the list down to."""
    listing = kb.documents(limit=len(kb.index.store.frames))
    choice = Choice(q.strip(), section, issuer, year, status, order)
    context = {"choice": choice, "listing": choose(listing.documents, choice)}
    return render(request, "documents.html", context)


@router.get("/documents/{document_id}", response_class=HTMLResponse)
def document_page(
    request: Request,
    kb: KnowledgeBaseOf,
    document_id: str,
    view: View = View.READING,
    as_of: AsOf = None,
) -> Response:
    """One document by id or number; other spellings and the title lead to its address."""
    wanted = preferred(request, MediaType.HTML, MediaType.JSON, MediaType.AKOMA_NTOSO)
    frame = kb.find_document(document_id)
    if document_id not in (frame.id, frame.doc_number):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/documents/{quote(frame.id)}{query}", 308, VARY)
    if wanted is MediaType.AKOMA_NTOSO:
        return Response(kb.akoma_ntoso(frame.id), media_type=wanted.value, headers=VARY)
    document = kb.document(frame.id, as_of)
    if wanted is MediaType.JSON:
        return JSONResponse(document.model_dump(mode="json", by_alias=True), headers=VARY)
    address = f"{request.base_url}documents/{quote(frame.id)}"
    context: dict[str, object] = {"document": document, "view": view.value, "address": address}
    if view is View.ORIGINAL:
        context["original"] = kb.original(frame.id)
        return render(request, "document_original.html", context, headers=VARY)
    context["parts"] = lay_out(document)
    context["names"] = names_of_documents(kb)
    return render(request, "document.html", context, headers=VARY)


def names_of_documents(kb: KnowledgeBase) -> dict[str, str]:
    """The number of each document, the title of one without, by id."""
    return {frame.id: frame.doc_number or frame.title for frame in kb.index.store.frames}

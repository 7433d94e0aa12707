"""The list of documents, and one document for reading."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from indexer.errors import NotFoundError
from server.routes.dependencies import KnowledgeBaseOf
from server.routes.pages.rendering import render, render_problem

router = APIRouter()


@router.get("/documents", response_class=HTMLResponse)
def documents_page(request: Request, kb: KnowledgeBaseOf) -> Response:
    """All documents in the order of the book."""
    return render(request, "documents.html", {"listing": kb.documents()})


@router.get("/documents/{document_id}", response_class=HTMLResponse)
def document_page(request: Request, kb: KnowledgeBaseOf, document_id: str) -> Response:
    """One document for reading; every clause has an anchor."""
    try:
        document = kb.document(document_id)
    except NotFoundError as error:
        return render_problem(request, str(error), 404)
    return render(request, "document.html", {"document": document})

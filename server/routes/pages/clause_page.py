"""One clause: its words, how to cite it, what stands around it and near it."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from server.routes.dependencies import AsOf, KnowledgeBaseOf
from server.routes.negotiation import VARY, MediaType, preferred
from server.routes.pages.document_pages import names_of_documents
from server.web.rendering import render

router = APIRouter()


@router.get("/clauses/{clause_id}", response_class=HTMLResponse)
def clause_page(
    request: Request, kb: KnowledgeBaseOf, clause_id: str, as_of: AsOf = None
) -> Response:
    """One clause by its id; JSON for a program."""
    wanted = preferred(request, MediaType.HTML, MediaType.JSON)
    clause = kb.clause(clause_id, as_of)
    if wanted is MediaType.JSON:
        return JSONResponse(clause.model_dump(mode="json", by_alias=True), headers=VARY)
    address = f"{request.base_url}clauses/{quote(clause_id, safe=':')}"
    context = {"detail": clause, "address": address, "names": names_of_documents(kb)}
    return render(request, "clause.html", context, headers=VARY)

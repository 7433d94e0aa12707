"""The description of the API for reading and trying, from this server alone."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.security.headers import API_PAGE_POLICY, POLICY
from server.web.rendering import render

router = APIRouter()


@router.get("/docs", response_class=HTMLResponse)
def api_page(request: Request) -> Response:
    """Swagger UI over ``/openapi.json``; without JavaScript a link to it."""
    return render(request, "api.html", {}, headers={POLICY: API_PAGE_POLICY})

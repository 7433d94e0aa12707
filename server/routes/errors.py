"""What a client gets for an error: a page if a person asks for one, else a problem document.

No traceback reaches anybody.
"""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from indexer.errors import DianceError
from server.middleware.routes import route_of
from server.problems import UNEXPECTED, explanation, problem, problem_of
from server.request_id import HEADER, current_request_id
from server.routes.negotiation import VARY, MediaType, preferred
from server.web.rendering import render_problem

_HTTP_DETAILS = {
    400: "提交的内容无法读取,请检查格式(接口应为 JSON)。接口说明见 /docs。",
    404: "没有这个地址。接口说明见 /docs,检索页面见 /。",
    405: "这个地址不支持该请求方法。接口说明见 /docs。",
}

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Answer every error."""

    @app.exception_handler(DianceError)
    async def own(request: Request, error: DianceError) -> Response:
        return answer_to(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # The first step of a place says whether it is of the address, the query or the body.
        detail = explanation(
            [item | {"loc": item["loc"][1:] or item["loc"]} for item in error.errors()]
        )
        return _as_wanted(request, problem("invalid-parameter", "参数有误", 422, detail), detail)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        detail = _HTTP_DETAILS.get(error.status_code, str(error.detail))
        document = problem("http", "请求无法处理", error.status_code, detail)
        document.headers.update(error.headers or {})  # of a 405 which methods are allowed
        if error.status_code != 404:
            return document
        return _as_wanted(request, document, "没有这个页面。请核对地址,或在下面检索。")

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        _log.exception("unhandled error on %s", route_of(request.scope), exc_info=error)
        document = problem("internal", "服务出错", 500, UNEXPECTED)
        response = _as_wanted(request, document, UNEXPECTED)
        # This answer is given outside of all middleware.
        response.headers[HEADER] = current_request_id() or ""
        return response


def answer_to(request: Request, error: DianceError) -> Response:
    """The problem document of one of our own errors, or the page that says the same."""
    return _as_wanted(request, problem_of(error), str(error))


def _as_wanted(request: Request, document: Response, said: str) -> Response:
    """The problem document, or the page that says the same."""
    is_for_programs = request.url.path.startswith("/api/")
    if is_for_programs or preferred(request, MediaType.JSON, MediaType.HTML) is MediaType.JSON:
        response = document
    else:
        response = render_problem(request, said, document.status_code)
        if "Retry-After" in document.headers:
            response.headers["Retry-After"] = document.headers["Retry-After"]
    if not is_for_programs:
        response.headers.update(VARY)
    return response

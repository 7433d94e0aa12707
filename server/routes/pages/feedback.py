"""What a visitor says of an answer, sent by a form; without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from server.feedback import LONGEST_COMMENT, FeedbackIn, FeedbackNotKeptError
from server.refusals import TooManyRequestsError
from server.routes.dependencies import ClientOf, FeedbackBoxOf, KnowledgeBaseOf
from server.web.rendering import render, render_problem

router = APIRouter()


@router.post("/feedback", response_class=HTMLResponse)
def send_feedback(
    request: Request,
    kb: KnowledgeBaseOf,
    box: FeedbackBoxOf,
    client: ClientOf,
    question: Annotated[str, Form()] = "",
    helpful: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Keep it and go on to the thanks, so that reloading sends nothing twice."""
    chosen = {"yes": True, "no": False}.get(helpful)
    given = {"question": question, "helpful": chosen, "comment": comment}
    try:
        feedback = FeedbackIn.model_validate(given)
    except ValidationError:
        message = f"没有收到评价。请选“有帮助”或“没有帮助”,说明不超过 {LONGEST_COMMENT} 字。"
        return render_problem(request, message, 422)
    try:
        box.put(feedback, kb.index.manifest.fingerprint, client)
    except TooManyRequestsError as error:
        response = render_problem(request, str(error), 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    except FeedbackNotKeptError as error:
        return render_problem(request, str(error), 503)
    return RedirectResponse(
        "/feedback/thanks?" + urlencode({"q": feedback.question}), status_code=303
    )


@router.get("/feedback/thanks", response_class=HTMLResponse)
def thanks_page(request: Request, q: Annotated[str, Query()] = "") -> Response:
    """Thanks, and the way back to the answer."""
    return render(request, "feedback_thanks.html", {"q": q})

"""The page of benefits: a short form, what was understood, the results. Nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from indexer.errors import DianceError, InvalidQueryError
from server.eligibility.benefit_form import BenefitForm
from server.knowledge_base import KnowledgeBase
from server.routes.dependencies import AsOf, KnowledgeBaseOf
from server.routes.pages.benefits_view import (
    ADDRESS,
    ONLY,
    address_of,
    asked_fields,
    asker_field,
    chips_of,
    groups_of,
    most_telling,
    other_fields,
    personal_fields,
    single_card,
    unit_fields,
)
from server.schemas.benefit import BenefitsIn, BenefitsOut
from server.web.rendering import render, render_problem

_MOST_ASKED = 3  # at a time
_A_DAY = 86_400  # seconds
_EXAMPLES = (
    "我是电工,2021年考了中级技能等级证,能领多少钱",
    "我是退捕渔民,去学厨师,有生活费吗",
    "我们厂招了5个建档立卡户边干边学,每月开2500,能补吗",
    "我在工地上受了伤,老板没给上工伤保险",
)

router = APIRouter()


@router.get(ADDRESS, response_class=HTMLResponse)
def benefits_page(
    request: Request,
    as_of: AsOf = None,
    only: Annotated[str, Query(alias=ONLY, description="只看这一项(待遇的编号)")] = "",
) -> Response:
    """The form; with parameters the benefits of whom they describe, or only one of them."""
    day = as_of.isoformat() if as_of else ""
    form = BenefitForm()
    try:
        kb: KnowledgeBase = request.state.holding.knowledge_base()
    except DianceError as error:
        return render_problem(request, str(error), 503)
    try:
        form = BenefitForm.read(request.query_params.multi_items(), kb.benefit_facts)
        if any(not value for _, value in request.query_params.multi_items()):
            return RedirectResponse(address_of(form, day, only), 303)  # an address fit to share
        if form.is_empty:
            return render(request, "benefits.html", _blank(kb, form, day))
        found, form = _matched(kb, form, as_of)
    except InvalidQueryError as error:
        context = _blank(kb, form, day) | {"error": str(error)}
        return render(request, "benefits.html", context, 422)
    if card := single_card(found.benefits, only):
        context = {"card": card, "chips": chips_of(form, kb.benefit_facts, day)}
        context |= {"all": address_of(form, day), "today": day or date.today().isoformat()}
        return render(request, "benefit.html", context)
    return render(request, "benefits.html", _blank(kb, form, day) | _results(kb, form, found, day))


@router.get(ADDRESS + "/occupations")
def occupations(kb: KnowledgeBaseOf) -> Response:
    """The names that the field of the occupation suggests."""
    headers = {"Cache-Control": f"max-age={_A_DAY}"}
    return JSONResponse(list(kb.occupation_names), headers=headers)


def _matched(
    kb: KnowledgeBase, form: BenefitForm, as_of: date | None
) -> tuple[BenefitsOut, BenefitForm]:
    """The benefits, and the form as it was understood; a new sentence is read first."""
    facts, unsure = kb.benefit_facts, form.unsure
    question = form.question or None
    if form.has_new_question:
        found = kb.benefits(BenefitsIn(question=question, as_of=as_of))
        read = replace(BenefitForm.of(found.profile, facts), question=form.question)
        form = form.over(read)
        if form == read:
            return found, form
    profile = form.profile(facts)
    found = kb.benefits(
        BenefitsIn(profile=profile, question=question, as_of=as_of, skip=list(unsure))
    )
    understood = BenefitForm.of(found.profile, facts)
    occupation = understood.occupation or form.occupation  # kept where no catalogue has it
    return found, replace(understood, question=form.question, occupation=occupation, unsure=unsure)


def _blank(kb: KnowledgeBase, form: BenefitForm, day: str) -> dict[str, object]:
    """What the form needs, filled in or not."""
    facts = kb.benefit_facts
    return {
        "form": form,
        "as_of": day,
        "today": day or date.today().isoformat(),
        "asker": asker_field(form, facts),
        "personal": personal_fields(form, facts),
        "unit": unit_fields(form, facts),
        "examples": _EXAMPLES,
    }


def _results(
    kb: KnowledgeBase, form: BenefitForm, found: BenefitsOut, day: str
) -> dict[str, object]:
    facts = kb.benefit_facts
    groups = groups_of(found.benefits, form, day)
    ask = asked_fields(found.ask[:_MOST_ASKED], form, facts)
    asked = {field.name for field in ask}  # each stands in the form once
    return {
        "personal": [each for each in personal_fields(form, facts) if each.name not in asked],
        "unit": [each for each in unit_fields(form, facts) if each.name not in asked],
        "found": found,
        "unknown_occupation": form.occupation and not found.profile.occupation,
        "chips": chips_of(form, facts, day),
        "other": other_fields(form, facts),
        "ask": ask,
        "groups": groups,
        "telling": most_telling(groups),
    }

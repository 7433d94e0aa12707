"""What a notebook (Jupyter, ``_repr_html_``) shows of searches, answers and benefits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from markupsafe import Markup

from indexer.notebook import clause_cell, marked, table, titled

if TYPE_CHECKING:
    from server.schemas.answer import AnswerOut
    from server.schemas.benefit import BenefitOut, BenefitsOut
    from server.schemas.search import HitOut, SearchOut

_VERDICTS = {"applies": "符合", "may_apply": "可能符合", "does_not_apply": "不符合"}
_MARKS = {True: "✓", False: "✗", None: "?"}


def search_html(result: SearchOut) -> Markup:
    """The hits of a search as a table, what was found of the query marked."""
    found = f"“{result.query}”:共 {result.total} 条,列出 {len(result.results)} 条"
    return titled(found, _clauses(result.results))


def answer_html(result: AnswerOut) -> Markup:
    """The answer, what to know beside it, and where it stands."""
    said = [Markup("<p><strong>{}</strong></p>").format(line) for line in _lines(result.answer)]
    if result.wording is not None:
        worded = Markup("<p>{} <small>({})</small></p>")
        said.insert(0, worded.format(result.wording.text, result.wording.marked))
    notices = _list(result.notices)
    clauses = _clauses(result.citations or result.nearest)
    return titled(result.question, *said, notices, clauses, _benefits(result.benefits))


def benefits_html(result: BenefitsOut) -> Markup:
    """The benefits as a table, and what to ask next."""
    if not result.benefits:
        return titled("没有找到适合所述情况的补贴或待遇。")
    questions = titled("还想知道:", _list(result.questions)) if result.questions else Markup("")
    return _benefits(result.benefits) + questions


def _clauses(hits: Iterable[HitOut]) -> Markup:
    rows = [
        (
            clause_cell(hit.citation.text, hit.clause.id, marked(hit.clause.text, hit.highlights)),
            hit.clause.status.label,
        )
        for hit in hits
    ]
    return table(("条款", "时效"), rows) if rows else Markup("")


def _benefits(found: Iterable[BenefitOut]) -> Markup:
    rows = [
        (
            _VERDICTS[benefit.verdict.value],
            benefit.name,
            benefit.amount.text if benefit.amount is not None else "",
            _list(f"{_MARKS[condition.met]} {condition.text}" for condition in benefit.conditions),
        )
        for benefit in found
    ]
    return table(("", "待遇", "金额", "条件"), rows) if rows else Markup("")


def _list(lines: Iterable[str]) -> Markup:
    entries = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<ul>{}</ul>").format(entries) if entries else entries


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]

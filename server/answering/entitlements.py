"""The benefits that a question is about, where it is about any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indexer.search import SearchResult
from server.answering.focus import Focus
from server.answering.inquiry import Inquiry
from server.eligibility.benefit_finder import BenefitFinder
from server.eligibility.matching import MatchedBenefit, Verdict

_MOST_SHOWN = 5
_ABOUT_IT = 1.4  # relevance from which a benefit is what the question is about
_CLEARLY_LESS = 0.6  # of the best one's relevance, below which a benefit is another matter
_OF_ENTITLEMENTS = frozenset((Focus.AMOUNT, Focus.PEOPLE, Focus.CONDITION, Focus.PROCEDURE))


@dataclass(frozen=True, slots=True)
class Entitlements:
    """``benefits`` are those to show; ``entry_id`` is the catalogue row that is asked about."""

    benefits: tuple[MatchedBenefit, ...] = ()
    entry_id: str | None = None


def entitlements(
    finder: BenefitFinder, inquiry: Inquiry, result: SearchResult, as_of: date | None
) -> Entitlements:
    """The benefits for a question about money or a right; for other questions there are none."""
    if inquiry.foci and not _OF_ENTITLEMENTS & set(inquiry.foci):
        return Entitlements()
    found = finder.for_question(inquiry.text, as_of, result.hits).benefits
    best = max((matched.relevance for matched in found), default=0.0)
    shown = [
        matched for matched in found if matched.relevance >= max(_ABOUT_IT, _CLEARLY_LESS * best)
    ][:_MOST_SHOWN]
    priced = [m for m in shown if m.entry and m.verdict is not Verdict.DOES_NOT_APPLY]
    entries = {matched.entry.provision_id for matched in priced if matched.entry}
    certain = Focus.AMOUNT in inquiry.foci and len(entries) == 1
    return Entitlements(tuple(shown), next(iter(entries)) if certain else None)

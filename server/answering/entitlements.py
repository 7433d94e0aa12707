"""The benefits that a question is about, where it is about any."""

from __future__ import annotations

from collections.abc import Sequence
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
_MOST_TELLING = 5.0  # relevance beyond which a benefit says no more about a question
_OF_ENTITLEMENTS = frozenset((Focus.AMOUNT, Focus.PEOPLE, Focus.CONDITION, Focus.PROCEDURE))


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the benefit fits that fits a question best; all 0 if none does.

    ``relevance`` is how much of the question it turns on (0 to 5), ``met`` counts its conditions
    that the question says are met, ``is_entry`` says that it is an entry of a catalogue and
    ``is_priced`` that it comes to a sum.
    """

    relevance: float = 0.0
    met: int = 0
    is_entry: bool = False
    is_priced: bool = False


@dataclass(frozen=True, slots=True)
class Entitlements:
    """``benefits`` are those to show; ``entry_id`` is the catalogue row that is asked about.

    ``absent`` says, in one plain sentence, that the sum asked for is the one that isn't laid down.
    """

    benefits: tuple[MatchedBenefit, ...] = ()
    entry_id: str | None = None
    absent: str | None = None
    fit: Fit = Fit()


def entitlements(
    finder: BenefitFinder, inquiry: Inquiry, result: SearchResult, as_of: date | None
) -> Entitlements:
    """The benefits for a question about money or a right; for other questions there are none."""
    if inquiry.foci and not _OF_ENTITLEMENTS & set(inquiry.foci):
        return Entitlements()
    found = finder.for_question(inquiry.text, as_of, result.hits).benefits
    best = max((matched.relevance for matched in found), default=0.0)
    about = [m for m in found if m.relevance >= max(_ABOUT_IT, _CLEARLY_LESS * best)]
    fit = _best_fit(about)
    if Focus.AMOUNT not in inquiry.foci:
        return Entitlements(tuple(about[:_MOST_SHOWN]), fit=fit)
    paid = [matched for matched in about if matched.has_figures]
    shown = sorted(about, key=lambda matched: (_fails(matched), not matched.has_figures))
    entries = {m.entry.provision_id for m in paid if m.entry and not _fails(m)}
    certain = next(iter(entries)) if len(entries) == 1 else None
    return Entitlements(tuple(shown[:_MOST_SHOWN]), certain, _undefined(paid), fit)


def _best_fit(about: Sequence[MatchedBenefit]) -> Fit:
    fitting = [matched for matched in about if not _fails(matched)]
    if not fitting:
        return Fit()
    best = max(fitting, key=lambda matched: matched.relevance)
    met = sum(state.met is True for state in best.conditions)
    is_priced = any(amount.value is not None for amount in best.amounts)
    return Fit(min(best.relevance, _MOST_TELLING), met, best.entry is not None, is_priced)


def _fails(matched: MatchedBenefit) -> bool:
    return matched.verdict is Verdict.DOES_NOT_APPLY


def _undefined(paid: Sequence[MatchedBenefit]) -> str | None:
    """What is missing where the sum most in question isn't laid down for what was stated."""
    if not paid or not all(map(_fails, paid)):
        return None
    most = max(paid, key=lambda matched: matched.relevance)
    missing = next((amount for amount in most.amounts if not amount.is_defined), None)
    if missing is None:
        return None
    return f"汇编没有规定所问情形的金额。“{most.benefit.name}”只规定了:{missing.text}。"

"""The benefits that a question is about, where it is about any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from indexer.search import SearchResult
from indexer.tokenizer import fold
from server.answering.focus import Focus
from server.answering.inquiry import Inquiry
from server.eligibility.benefit_finder import BenefitFinder
from server.eligibility.matching import MatchedBenefit, Verdict
from server.eligibility.occupations import NamedOccupation

_MOST_SHOWN = 5
_ABOUT_IT = 1.4  # relevance from which a benefit is what the question is about
_CLEARLY_LESS = 0.6  # of the best one's relevance, below which a benefit is another matter
_MOST_TELLING = 5.0  # relevance beyond which a benefit says no more about a question
# All that a question says beside an occupation when it asks for the rates of that occupation: who
# asks for wages, a month or the heat of summer has other words.
_ASKS_FOR_RATES = re.compile(
    r"(?:请?问|一下|我|想|学|考|取得|证书?|能|可以|会|拿|领|补|给|发|报|得|到|有|享受|申请"
    r"|培训费?|技能|补[贴助]|津贴|标准|金额|多少|几多|几|百|千|钱|元|块|费|各|个|等?级别?"
    r"|[一二三四五]级|[初中高]级工?|高?级?技师|的|了|是|吗|呢|啊|[\s,。?、!])*"
)
_OF_ENTITLEMENTS = frozenset((Focus.AMOUNT, Focus.PEOPLE, Focus.CONDITION, Focus.PROCEDURE))


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the benefit fits that fits a question best; all 0 if none does.

    ``relevance`` is how much of the question it turns on (0 to 5), ``met`` counts its conditions
    that the question says are met, ``is_entry`` says that it is an entry of a catalogue and
    ``is_priced`` that it comes to a sum, or that its rates are all that the question asks for.
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
    found = finder.for_question(inquiry.text, as_of, result.hits)
    best = max((matched.relevance for matched in found.benefits), default=0.0)
    about = [m for m in found.benefits if m.relevance >= max(_ABOUT_IT, _CLEARLY_LESS * best)]
    fit = _best_fit(about)
    rated = _entry_whose_rates_are_asked(inquiry, found.occupation, result)
    if rated is not None:
        fit = replace(fit, is_entry=True, is_priced=True)
    if Focus.AMOUNT not in inquiry.foci:
        return Entitlements(tuple(about[:_MOST_SHOWN]), fit=fit)
    paid = [matched for matched in about if matched.has_figures]
    shown = sorted(about, key=lambda matched: (_fails(matched), not matched.has_figures))
    entries = {m.entry.provision_id for m in paid if m.entry and not _fails(m)}
    certain = next(iter(entries)) if len(entries) == 1 else rated
    return Entitlements(tuple(shown[:_MOST_SHOWN]), certain, _undefined(paid), fit)


def _entry_whose_rates_are_asked(
    inquiry: Inquiry, occupation: NamedOccupation | None, result: SearchResult
) -> str | None:
    """The catalogue's entry of an occupation if nothing but its rates is asked for.

    Its document has to be among those found: a search may be as of a day before it.
    """
    if occupation is None or not occupation.exact or Focus.AMOUNT not in inquiry.foci:
        return None
    besides = fold(inquiry.text).replace(fold(occupation.words), "", 1)
    entry_id = occupation.entries[0].provision_id
    found = any(entry_id.startswith(f"{hit.document.id}:") for hit in result.hits)
    return entry_id if found and _ASKS_FOR_RATES.fullmatch(besides) else None


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

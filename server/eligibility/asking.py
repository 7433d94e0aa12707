"""What to ask next: the facts that most of the open benefits wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.benefits.conditions import Chosen, tests_of
from corpus.benefits.facts import Fact
from corpus.benefits.rules import AmountByFact, Benefit
from server.eligibility.matching import MatchedBenefit, Verdict

_OCCUPATION = "职业"
_MOST_CHOICES = 12  # that a person reads through before choosing


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A fact to ask for, and the values to choose from, if it is chosen from a list.

    Of a long list ``choices`` are those on which open benefits turn, the most telling first; of
    the occupation they are the names of the catalogue entries that may be meant.
    """

    fact: Fact
    choices: tuple[str, ...]

    @property
    def asks_occupation(self) -> bool:
        """Whether the answer is an occupation, in any words."""
        return self.fact.name == _OCCUPATION


def open_questions(
    found: Sequence[MatchedBenefit], facts: Mapping[str, Fact]
) -> tuple[OpenQuestion, ...]:
    """All that open benefits wait for, that which most and the likeliest of them do first."""
    waiting: dict[str, list[MatchedBenefit]] = defaultdict(list)
    for matched in found:
        if matched.verdict is not Verdict.DOES_NOT_APPLY:
            for name in matched.unknown:
                waiting[name].append(matched)
    telling = sorted(waiting, key=lambda name: -sum(map(_weight, waiting[name])))
    return tuple(
        OpenQuestion(facts[name], _choices(facts[name], waiting[name])) for name in telling
    )


def _weight(matched: MatchedBenefit) -> float:
    """What a benefit counts: one that was hardly spoken of should not be asked about first."""
    return (matched.relevance + matched.has_figures) ** 2


def _choices(fact: Fact, waiting: Sequence[MatchedBenefit]) -> tuple[str, ...]:
    if fact.name == _OCCUPATION:
        entries = [matched.entry.printed for matched in waiting if matched.entry is not None]
        return tuple(dict.fromkeys(entries))
    values = tuple(value.name for value in fact.values)
    if len(values) <= _MOST_CHOICES:
        return values
    weights: dict[str, float] = defaultdict(float)
    for matched in waiting:
        for value in dict.fromkeys(_wanted(fact, matched.benefit)):
            weights[value] += _weight(matched)
    return tuple(sorted(weights, key=lambda value: -weights[value])[:_MOST_CHOICES])


def _wanted(fact: Fact, benefit: Benefit) -> Iterator[str]:
    """The values of a fact that a benefit asks for or pays by."""
    for condition in benefit.conditions:
        for test in tests_of(condition.when):
            if isinstance(test, Chosen) and test.fact == fact.name:
                yield from test.values
    for amount in benefit.amounts:
        if isinstance(amount, AmountByFact) and amount.fact == fact.name:
            yield from amount.values

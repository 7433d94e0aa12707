"""What is known of a person or a company, and whether a condition holds for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from corpus.benefits.conditions import AllOf, AnyOf, Chosen, Expression, Is, Not, Within
from corpus.benefits.facts import Fact


@dataclass(frozen=True)
class StatedFacts:
    """Facts by name; a name that is absent isn't known.

    ``chosen`` are values that hold, ``ruled_out`` those that were denied (不是贫困户); ``answers``
    are yes or no.
    """

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ruled_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __or__(self, other: Self) -> StatedFacts:
        """Both together; of a yes-or-no or a number that both state, that of ``other``."""
        return StatedFacts(
            _united(self.chosen, other.chosen),
            _united(self.ruled_out, other.ruled_out),
            {**self.answers, **other.answers},
            {**self.numbers, **other.numbers},
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The facts of which anything was said, positive or negative."""
        return frozenset((*self.chosen, *self.ruled_out, *self.answers, *self.numbers))


def _united(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    nothing: frozenset[str] = frozenset()
    return {name: one.get(name, nothing) | other.get(name, nothing) for name in {*one, *other}}


def holds(
    expression: Expression, stated: StatedFacts, vocabulary: Mapping[str, Fact]
) -> bool | None:
    """Whether an expression is true of the stated facts; None where it isn't known.

    Kleene's strong three-valued logic: an unknown part doesn't matter where the others decide.
    """
    match expression:
        case AllOf(parts):
            return _all(holds(part, stated, vocabulary) for part in parts)
        case AnyOf(parts):
            return _not(_all(_not(holds(part, stated, vocabulary)) for part in parts))
        case Not(part):
            return _not(holds(part, stated, vocabulary))
        case Is(name, value):
            answer = stated.answers.get(name)
            return None if answer is None else answer == value
        case Within(name, at_least, at_most):
            number = stated.numbers.get(name)
            if number is None:
                return None
            return (at_least is None or number >= at_least) and (
                at_most is None or number <= at_most
            )
        case Chosen(name, values):
            return _chosen(vocabulary[name], frozenset(values), stated)


def _all(parts: Iterable[bool | None]) -> bool | None:
    known = list(parts)
    if False in known:
        return False
    return None if None in known else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _chosen(fact: Fact, wanted: frozenset[str], stated: StatedFacts) -> bool | None:
    """A fact of which only one value can hold, or people name all, fails once another is named."""
    named = fact.closure(stated.chosen.get(fact.name, frozenset()))
    if named & wanted:
        return True
    if named and (fact.closed or fact.type == "one_of"):
        return False
    return False if wanted <= stated.ruled_out.get(fact.name, frozenset()) else None

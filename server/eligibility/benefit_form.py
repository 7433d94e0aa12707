"""What somebody filled in, as the query of an address: nothing has to be kept to share it.

The parameters are the names of the facts (``等级=中级``), beside them ``q`` for a sentence and
``工种`` for an occupation in any words. ``等级=不是:初级|中级`` denies values, ``等级=说不清``
leaves them open. With ``已理解`` the sentence was read into facts, and they are what holds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from corpus.benefits.facts import Fact, FactType
from indexer.errors import InvalidQueryError
from indexer.query import LONGEST_QUERY
from server.eligibility.profile import GROUP_FACTS, Profile, UnderstoodProfile

QUESTION, OCCUPATION, UNDERSTOOD = "q", "工种", "已理解"
YES, NO, UNSURE = "是", "否", "说不清"
_NOT, _BETWEEN = "不是:", "|"
_YEAR = "年份"
_MOST_PARAMETERS = 400
_LONGEST_OCCUPATION, _MOST_GROUPS = 200, 30  # what a profile takes
_LONGEST_VALUE = 2000  # characters; all values of a long list denied at once


@dataclass(frozen=True, slots=True)
class BenefitForm:
    """A form as filled in: ``given`` and ``ruled_out`` are values by fact, in words.

    ``unsure`` are facts that the person can't tell. ``understood`` says that the sentence was read
    already and what it says is among the values.
    """

    question: str = ""
    occupation: str = ""
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ruled_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    understood: bool = False

    @classmethod
    def read(cls, parameters: Iterable[tuple[str, str]], facts: Mapping[str, Fact]) -> Self:
        """The form of an address; parameters that are none of its own are left alone.

        Raises:
            InvalidQueryError: there are too many parameters, or a value is far too long.
        """
        values: dict[str, dict[str, None]] = defaultdict(dict)  # each once, in order
        for count, (name, value) in enumerate(parameters):
            if count >= _MOST_PARAMETERS or len(value) > _LONGEST_VALUE:
                raise InvalidQueryError("填写的内容太多。请只填要紧的几项。")
            if value.strip():
                values[name][value.strip()] = None
        given, ruled_out = {}, {}
        for name in facts:
            said = [value for value in values[name] if value != UNSURE]
            if chosen := tuple(value for value in said if not value.startswith(_NOT)):
                given[name] = chosen
            denied = [each for value in said for each in _denied_in(value) if each not in chosen]
            if denied:
                ruled_out[name] = tuple(dict.fromkeys(denied))
        return cls(
            next(iter(values[QUESTION]), "")[:LONGEST_QUERY],
            next(iter(values[OCCUPATION]), ""),
            given,
            ruled_out,
            tuple(name for name in facts if UNSURE in values[name] and name not in given),
            bool(values[UNDERSTOOD]),
        )

    @classmethod
    def of(cls, profile: UnderstoodProfile, facts: Mapping[str, Fact]) -> Self:
        """The form that holds a profile as it was understood."""
        single = {"证书": profile.certificate, "等级": profile.level, _YEAR: profile.year}
        given: dict[str, tuple[str, ...]] = {
            name: (str(value),) for name, value in single.items() if value is not None
        }
        for name in GROUP_FACTS:
            named = {value.name for value in facts[name].values}
            if groups := tuple(group for group in profile.groups if group in named):
                given[name] = groups
        given |= {name: _words(value) for name, value in profile.facts.items()}
        ruled_out = {name: tuple(values) for name, values in profile.ruled_out.items()}
        return cls(
            "",
            profile.occupation or "",
            {name: given[name] for name in facts if name in given},  # one order, one address
            {name: ruled_out[name] for name in facts if name in ruled_out},
            understood=True,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in that could lead to a benefit."""
        return not (self.question or self.occupation or self.given or self.ruled_out)

    @property
    def has_new_question(self) -> bool:
        """Whether there is a sentence that is still to be read."""
        return bool(self.question) and not self.understood

    def over(self, other: BenefitForm) -> BenefitForm:
        """This form's own values before those of ``other``, which was read from its sentence."""
        return replace(
            other,
            occupation=self.occupation or other.occupation,
            given={**other.given, **self.given},
            ruled_out={**other.ruled_out, **self.ruled_out},
            unsure=self.unsure,
        )

    def without(self, name: str, value: str | None = None) -> BenefitForm:
        """The form without a fact, or without one value of it."""
        if name == OCCUPATION:
            return replace(self, occupation="")
        rest = tuple(v for v in self.given.get(name, ()) if value is not None and v != value)
        given = {**self.given, name: rest}
        return replace(self, given={fact: values for fact, values in given.items() if values})

    def without_denial(self, name: str) -> BenefitForm:
        """The form without what was denied of a fact."""
        kept = {fact: values for fact, values in self.ruled_out.items() if fact != name}
        return replace(self, ruled_out=kept)

    def parameters(self) -> Iterator[tuple[str, str]]:
        """The query of the address, names and values in words; :meth:`read` reads it back."""
        if self.question:
            yield QUESTION, self.question
        if self.understood:
            yield UNDERSTOOD, YES
        if self.occupation:
            yield OCCUPATION, self.occupation
        for name, values in self.given.items():
            yield from ((name, value) for value in values)
        for name, values in self.ruled_out.items():
            yield name, denial_of(values)
        yield from ((name, UNSURE) for name in self.unsure)

    def profile(self, facts: Mapping[str, Fact]) -> Profile:
        """The profile that the form describes.

        Raises:
            InvalidQueryError: a number isn't one, or an answer is neither yes nor no.
        """
        groups = [group for name in GROUP_FACTS for group in self.given.get(name, ())]
        return Profile(
            occupation=self.occupation[:_LONGEST_OCCUPATION] or None,
            groups=groups[:_MOST_GROUPS],  # what they say is among the facts; they are looked for
            facts={name: _value(facts[name], values) for name, values in self.given.items()},
            ruled_out={name: list(values) for name, values in self.ruled_out.items()},
            understood=self.understood,
        )


def denial_of(values: Iterable[str]) -> str:
    """What the address says where none of ``values`` holds."""
    return _NOT + _BETWEEN.join(values)


def _denied_in(value: str) -> list[str]:
    return value.removeprefix(_NOT).split(_BETWEEN) if value.startswith(_NOT) else []


def _words(value: bool | float | str | list[str]) -> tuple[str, ...]:
    match value:
        case bool():
            return (YES if value else NO,)
        case str():
            return (value,)
        case list():
            return tuple(value)
        case _:
            return (f"{value:.12g}",)


def _value(fact: Fact, values: tuple[str, ...]) -> bool | float | str | list[str]:
    match fact.type:
        case FactType.YES_NO:
            if values[0] not in (YES, NO):
                raise InvalidQueryError(f"“{fact.question}”请回答“是”或“否”。")
            return values[0] == YES
        case FactType.NUMBER:
            number = _number(values[0])
            if not math.isfinite(number):
                raise InvalidQueryError(f"“{fact.question}”请填数字,例如 12。")
            return number
        case _:
            return list(values)


def _number(words: str) -> float:
    """The number that was typed, full-width digits too; not a number where it is none."""
    try:
        return float(words)
    except ValueError:
        return math.nan

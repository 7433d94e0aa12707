"""A person's or a company's own account of themselves, as a form or a program sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from corpus.benefits.facts import Fact, FactType
from indexer.errors import InvalidQueryError
from server.eligibility.reading import FactReader
from server.eligibility.stated_facts import StatedFacts

GROUP_FACTS = ("人员类别", "荣誉称号")
"""Facts whose values are groups that people belong to, and titles that they hold."""

_OWN_FACTS = {"certificate": "证书", "level": "等级"}
# What a group is, is its last word: 国有企业 is a company, 国有企业职工 is not.
_ASKERS_BY_LAST_WORD = {
    "企业": ("企业", "公司", "集团", "厂", "合作社", "车间", "用人单位", "采购方", "商户"),
    "院校": ("学校", "院校", "学院", "技校"),
    "培训机构": ("培训机构", "培训中心", "评价机构"),
}
_LONGEST = 200  # characters of a field


def _whole(typed: object) -> object:
    """2021.0 as 2021: JSON has one kind of number, and its schemas call both an integer."""
    return int(typed) if isinstance(typed, float) and typed.is_integer() else typed


class Profile(BaseModel):
    """What is known of somebody; all fields may be absent.

    ``groups`` are groups that the person belongs to, titles held, or 企业 for a company;
    ``employer`` describes the employer and what it does in free words; ``facts`` are any facts of
    the rules by name, ``ruled_out`` values that are denied (不是贫困户). Further fields with text
    are read like ``employer``. ``understood`` marks a profile that was understood already: a name
    of the vocabulary then says that fact and no other, and what the occupation says and who asks
    are among the ``facts``.
    """

    model_config = ConfigDict(extra="allow")

    occupation: str | None = Field(default=None, max_length=_LONGEST, examples=["电工"])
    certificate: str | None = Field(default=None, max_length=_LONGEST, examples=["技能等级证书"])
    level: str | None = Field(default=None, max_length=_LONGEST, examples=["中级"])
    groups: list[str] = Field(default_factory=list, max_length=30, examples=[["退捕渔民"]])
    employer: str | None = Field(default=None, max_length=_LONGEST)
    year: Annotated[int | None, BeforeValidator(_whole)] = Field(
        default=None, strict=True, ge=1900, le=2200, examples=[2021]
    )
    place: str | None = Field(default=None, max_length=_LONGEST)
    facts: dict[str, bool | float | str | list[str]] = Field(default_factory=dict)
    ruled_out: dict[str, list[str]] = Field(default_factory=dict)
    understood: StrictBool = False

    def stated(self, reader: FactReader, vocabulary: Mapping[str, Fact]) -> StatedFacts:
        """The facts that the profile states.

        Raises:
            InvalidQueryError: ``facts`` names a fact that doesn't exist, or gives it a wrong value.
        """
        stated = StatedFacts()
        for field, name in _OWN_FACTS.items():
            if words := getattr(self, field):
                stated |= _restricted(_from_words(words, reader, vocabulary), name)
        stated |= self._of_groups(reader, vocabulary)
        if self.occupation and not self.understood:
            stated |= _without_own(reader.read(self.occupation))
        further = (self.model_extra or {}).values()
        for words in (self.employer, self.place, *further):
            if isinstance(words, str):
                stated |= _without_asker(reader.read(words[:_LONGEST]))
        if self.year is not None:
            stated |= StatedFacts(numbers={"年份": float(self.year)})
        for name, value in self.facts.items():
            stated |= _given(name, value, vocabulary)
        for name, values in self.ruled_out.items():
            stated |= StatedFacts(ruled_out=_given(name, values, vocabulary).chosen)
        return stated

    def _of_groups(self, reader: FactReader, vocabulary: Mapping[str, Fact]) -> StatedFacts:
        """What the groups say, and where they are the only words, who asks."""
        stated = StatedFacts()
        for words in self.groups:
            if self.understood and (group := _group_named(words, vocabulary)):
                stated |= group
                continue
            stated |= _from_words(words[:_LONGEST], reader, vocabulary)
            if not (self.occupation or self.certificate or self.level):
                stated |= _asker_of(words)
        return stated


def _group_named(words: str, vocabulary: Mapping[str, Fact]) -> StatedFacts | None:
    """The group of that very name, nothing else."""
    for name in GROUP_FACTS:
        if name in vocabulary and any(value.name == words for value in vocabulary[name].values):
            return StatedFacts(chosen={name: frozenset({words})})
    return None


def _from_words(words: str, reader: FactReader, vocabulary: Mapping[str, Fact]) -> StatedFacts:
    """The values of that very name, and what the words say."""
    named = {
        name: frozenset({words})
        for name, fact in vocabulary.items()
        if any(value.name == words for value in fact.values)
    }
    return StatedFacts(chosen=named) | reader.read(words)


def _asker_of(group: str) -> StatedFacts:
    """Who asks, where the group is one of companies or schools."""
    asker = frozenset(
        name for name, words in _ASKERS_BY_LAST_WORD.items() if group.strip().endswith(words)
    )
    return StatedFacts(chosen={"身份": asker} if asker else {})


def _restricted(stated: StatedFacts, name: str) -> StatedFacts:
    return StatedFacts(chosen={name: stated.chosen.get(name, frozenset())})


def _without_asker(stated: StatedFacts) -> StatedFacts:
    """What is said of an employer doesn't say who asks."""
    chosen = {name: values for name, values in stated.chosen.items() if name != "身份"}
    return StatedFacts(chosen, stated.ruled_out, stated.answers, stated.numbers)


def _without_own(stated: StatedFacts) -> StatedFacts:
    """An occupation says in which field somebody works, not who asks or what certificate counts."""
    own = {"身份", *_OWN_FACTS.values()}
    chosen = {name: values for name, values in stated.chosen.items() if name not in own}
    return StatedFacts(chosen, stated.ruled_out, stated.answers, stated.numbers)


def _given(
    name: str, value: bool | float | str | list[str], vocabulary: Mapping[str, Fact]
) -> StatedFacts:
    fact = vocabulary.get(name)
    if fact is None:
        raise InvalidQueryError(f"没有名为“{name}”的情况。可用的有:{'、'.join(vocabulary)}。")
    match fact.type, value:
        case FactType.YES_NO, bool():
            return StatedFacts(answers={name: value})
        case FactType.NUMBER, int() | float() if not isinstance(value, bool):
            return StatedFacts(numbers={name: float(value)})
        case FactType.ONE_OF | FactType.SOME_OF, str() | list():
            values = frozenset([value] if isinstance(value, str) else value)
            if values <= {known.name for known in fact.values}:
                return StatedFacts(chosen={name: values})
    allowed = "、".join(known.name for known in fact.values)
    wanted = {FactType.YES_NO: "true 或 false", FactType.NUMBER: "数字"}.get(fact.type, allowed)
    raise InvalidQueryError(f"“{name}”的值不合要求,应为:{wanted}。")


class UnderstoodProfile(BaseModel):
    """A profile as it was understood, for the person to correct; it can be sent back as it is.

    Sent back with the same question it brings the same benefits. Where a sentence names several
    certificates or levels, ``facts`` has them all.
    """

    occupation: str | None
    certificate: str | None
    level: str | None
    groups: list[str]
    employer: str | None
    year: int | None
    facts: dict[str, bool | float | str | list[str]]
    ruled_out: dict[str, list[str]]
    understood: Literal[True] = True

    @classmethod
    def of(
        cls, stated: StatedFacts, occupation: str | None, employer: str | None = None
    ) -> UnderstoodProfile:
        """What was understood."""
        chosen = {name: sorted(values) for name, values in stated.chosen.items() if values}
        year = stated.numbers.get("年份")
        single = {name for name in _OWN_FACTS.values() if len(chosen.get(name, [])) <= 1}
        shown = {*GROUP_FACTS, *single}
        facts: dict[str, bool | float | str | list[str]] = {
            **{name: values for name, values in chosen.items() if name not in shown},
            **stated.answers,
            **{name: number for name, number in stated.numbers.items() if name != "年份"},
        }
        return cls(
            occupation=occupation,
            certificate=next(iter(chosen.get("证书", [])), None),
            level=next(iter(chosen.get("等级", [])), None),
            groups=[group for name in GROUP_FACTS for group in chosen.get(name, [])],
            employer=employer,
            year=int(year) if year is not None else None,
            facts=facts,
            ruled_out={name: sorted(values) for name, values in stated.ruled_out.items() if values},
        )


def with_year_of(stated: StatedFacts, as_of: date | None) -> StatedFacts:
    """Where no year was stated, that of the day asked for."""
    if as_of is None or "年份" in stated.numbers:
        return stated
    return stated | StatedFacts(numbers={"年份": float(as_of.year)})

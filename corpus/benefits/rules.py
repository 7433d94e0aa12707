"""Benefit rules as data: who gets what, under which conditions, until when, and who says so.

In the manner of OpenFisca's parameters: every number, condition and term names the clause that
states it and quotes it. A rule is one entitlement of one document; rules on the same thing in
several documents are linked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from corpus.benefits.conditions import When
from corpus.benefits.facts import Strict


class Cited(Strict):
    """Something that a clause says: ``quote`` is in the text of ``clause``, to the letter."""

    clause: str = Field(min_length=1)
    quote: str = Field(min_length=2)


class Statement(Cited):
    """``text`` puts in plain words what the quote says."""

    text: str = Field(min_length=2)


class Condition(Statement):
    """One condition of a benefit; ``when`` is what it asks of the facts.

    ``rows`` are the clauses that list the values asked for, by value: the rows of a list in an
    annex.
    """

    when: When
    rows: dict[str, str] = Field(default_factory=dict)

    def listed(self, values: frozenset[str]) -> Iterator[str]:
        """The clauses that list one of ``values``."""
        yield from (clause for value, clause in self.rows.items() if value in values)


class FixedAmount(Cited):
    """``value`` of ``unit``, for each ``per``; ``bound`` tells whether it is a limit only."""

    type: Literal["fixed"]
    value: float = Field(gt=0)
    unit: str = "元"
    per: str | None = None
    bound: Literal["不低于", "不超过"] | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that the quote has to state."""
        return (self.value,)


class AmountByFact(Cited):
    """One amount for each value of ``fact`` (等级, 荣誉称号)."""

    type: Literal["by_fact"]
    fact: str
    values: dict[str, float] = Field(min_length=1)
    unit: str = "元"
    per: str | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that the quote has to state."""
        return tuple(self.values.values())


class ShareAmount(Cited):
    """``percent`` of the product of the facts ``of``, at most ``cap``.

    ``limits`` cut a factor before it is multiplied (at most 6 months); ``base`` names what the
    share is of, for readers.
    """

    type: Literal["share"]
    percent: float = Field(gt=0)
    base: str
    of: tuple[str, ...] = ()
    limits: dict[str, float] = Field(default_factory=dict)
    cap: float | None = None
    unit: str = "元"
    per: str | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that the quote has to state."""
        caps = () if self.cap is None else (self.cap,)
        return (self.percent, *self.limits.values(), *caps)


class ProductAmount(Cited):
    """``value`` for each of the facts ``of`` multiplied (每人每天60元), at most ``cap``."""

    type: Literal["product"]
    value: float = Field(gt=0)
    of: tuple[str, ...] = Field(min_length=1)
    limits: dict[str, float] = Field(default_factory=dict)
    cap: float | None = None
    unit: str = "元"
    per: str | None = None
    bound: Literal["不低于", "不超过"] | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that the quote has to state."""
        caps = () if self.cap is None else (self.cap,)
        return (self.value, *self.limits.values(), *caps)


class CatalogueAmount(Cited):
    """What the catalogue printed in ``part`` pays for the occupation, by level where it has levels.

    Entries and rates are read from the parsed table; nothing of it is typed again.
    """

    type: Literal["catalogue"]
    part: str
    unit: str = "元"
    per: str | None = "人"

    @property
    def numbers(self) -> tuple[float, ...]:
        """The table states the numbers."""
        return ()


class WordsAmount(Cited):
    """An advantage without a figure: 全额支付, 可破格申报工程师职称."""

    type: Literal["words"]
    text: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """There are none."""
        return ()


Amount = Annotated[
    FixedAmount | AmountByFact | ShareAmount | ProductAmount | CatalogueAmount | WordsAmount,
    Field(discriminator="type"),
]


class Uplift(Condition):
    """The amount rises by ``percent`` where ``when`` holds."""

    percent: float = Field(gt=0)


class Uplifts(Strict):
    """Uplifts of an amount, of which only one may be chosen; ``choice`` says so."""

    choice: Statement
    each: tuple[Uplift, ...] = Field(min_length=1)


class Term(Statement):
    """First and last day of a rule, None where open.

    ``of`` is the fact whose year has to lie within: 年份 of the event, 取证年份 of a certificate.
    """

    begins: datetime.date | None = None
    ends: datetime.date | None = None
    of: str = "年份"


class Link(Strict):
    """How a rule stands to another: ``benefit`` is its id."""

    kind: Literal["supersedes", "differs_from", "same_as", "not_together_with"]
    benefit: str
    text: str = Field(min_length=2)
    clause: str | None = None
    quote: str | None = None


class Benefit(Strict):
    """One entitlement.

    ``beneficiary`` is who may claim it, ``kind`` what is given, ``topic`` what it is about;
    ``asked`` are everyday words for it, by which a question finds it. ``conditions`` decide
    (exclusions are conditions that begin with ``not``); ``notes`` must be known and decide
    nothing: how often, by whom paid, other limits. ``documents`` is what to bring, ``where`` the
    office.
    """

    id: str = Field(min_length=2)
    name: str = Field(min_length=2)
    beneficiary: Annotated[
        tuple[Literal["劳动者", "用人单位", "院校或培训机构"], ...],
        BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
        Field(min_length=1),
    ]
    kind: Literal[
        "补贴",
        "奖励",
        "免费",
        "税费减免",
        "贷款融资",
        "资助补助",
        "职称职级",
        "待遇",
        "假期",
        "救助",
    ]
    topic: str = Field(min_length=2)
    asked: tuple[str, ...] = Field(min_length=1)
    conditions: tuple[Condition, ...] = Field(min_length=1)
    amounts: tuple[Amount, ...] = Field(min_length=1)
    uplifts: Uplifts | None = None
    term: Term | None = None
    notes: tuple[Statement, ...] = ()
    documents: tuple[Statement, ...] = ()
    where: Statement | None = None
    links: tuple[Link, ...] = ()

    def cited(self) -> Iterator[Cited]:
        """Everything of the rule that quotes a clause."""
        yield from self.conditions
        for condition in self.conditions:
            yield from (Cited(clause=row, quote=value) for value, row in condition.rows.items())
        yield from self.amounts
        if self.uplifts is not None:
            yield self.uplifts.choice
            yield from self.uplifts.each
        yield from self.notes
        yield from self.documents
        for single in (self.term, self.where):
            if single is not None:
                yield single
        for link in self.links:
            if link.clause is not None and link.quote is not None:
                yield Cited(clause=link.clause, quote=link.quote)

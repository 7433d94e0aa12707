"""The JSON of benefits. Field names are fixed; the command line prints the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.benefits.facts import Fact
from corpus.benefits.rules import Statement
from indexer.query import LONGEST_QUERY
from server import notebook
from server.eligibility.amounts import ComputedAmount
from server.eligibility.asking import OpenQuestion
from server.eligibility.matching import MatchedBenefit, Verdict
from server.eligibility.profile import Profile, UnderstoodProfile
from server.schemas.day import Day
from server.schemas.search import HitOut


class BenefitsIn(BaseModel):
    """A profile, or a question in a person's own words.

    With both the profile says who, and the question only what is asked for. ``skip`` are facts
    that the person can't tell, not to be asked for again.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["profile"], "properties": {"profile": {"type": "object"}}},
                {"required": ["question"], "properties": {"question": {"type": "string"}}},
            ]
        }
    )

    profile: Profile | None = None
    question: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_QUERY,
        examples=["我是电工,考了中级证,能领多少钱"],
    )
    as_of: Day | None = Field(default=None, description="以哪一天为准")
    skip: list[str] = Field(default_factory=list, max_length=300, description="不再问的情况")

    @model_validator(mode="after")
    def _says_something(self) -> BenefitsIn:
        if self.profile is None and self.question is None:
            raise ValueError("请给出 profile(个人或单位的情况)或 question(一句话的问题)")
        return self


class StepOut(BaseModel):
    """One line of the working; the clauses state its numbers, ``quote`` is what the first says."""

    text: str
    clause_ids: list[str]
    quote: str


class AmountOut(BaseModel):
    """What it comes to; ``value`` is null where a fact is missing or no figure is given.

    ``quote`` is what the rule says of it, ``clause_ids`` are all clauses that state its numbers.
    """

    value: float | None
    unit: str
    per: str | None
    text: str
    steps: list[StepOut]
    clause_ids: list[str]
    quote: str

    @classmethod
    def of(cls, amount: ComputedAmount, quote: str) -> AmountOut:
        """The JSON of an amount."""
        return cls(
            value=amount.value,
            unit=amount.unit,
            per=amount.per,
            text=amount.text,
            steps=[
                StepOut(text=step.text, clause_ids=list(step.clauses), quote=step.quote)
                for step in amount.steps
            ],
            clause_ids=list(amount.clauses),
            quote=quote,
        )


class ConditionOut(BaseModel):
    """One condition; ``met`` is null while it isn't known, ``ask`` is then what to ask."""

    text: str
    met: bool | None
    clause_id: str | None
    quote: str | None
    ask: list[str]


class StatementOut(BaseModel):
    """What else is to know, with the words that say it."""

    text: str
    clause_id: str
    quote: str


class TermOut(BaseModel):
    """First and last day, null where open; ``over`` tells whether it has run out."""

    begins: datetime.date | None = Field(serialization_alias="from")
    ends: datetime.date | None = Field(serialization_alias="to")
    text: str
    over: bool


class LinkOut(BaseModel):
    """How a benefit stands to another."""

    kind: str
    id: str
    name: str
    text: str


class BenefitOut(BaseModel):
    """A benefit and how it stands to somebody.

    ``amounts`` are all that it grants, ``amount`` the first of them; ``explanation`` is the
    working. ``notes`` say how often and with what it may be combined. ``relevance`` is how much of
    what was stated it is about: of those that fit, the higher the more telling.
    """

    id: str
    name: str
    kind: str
    topic: str
    verdict: Verdict
    relevance: float
    amount: AmountOut | None
    amounts: list[AmountOut]
    conditions: list[ConditionOut]
    period: TermOut | None
    explanation: str
    notes: list[StatementOut]
    documents: list[StatementOut]
    where: StatementOut | None
    related: list[LinkOut]
    citations: list[HitOut]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        amount = self.amount.text if self.amount is not None else None
        yield from (("id", self.id), ("verdict", self.verdict.value), ("amount", amount))

    @classmethod
    def of(
        cls,
        matched: MatchedBenefit,
        facts: Mapping[str, Fact],
        name_of: Callable[[str], str | None],
        citations: list[HitOut],
        as_of: datetime.date,
    ) -> BenefitOut:
        """The JSON of a matched benefit."""
        benefit, term = matched.benefit, matched.benefit.term
        period = None
        if term is not None:
            over = term.ends is not None and as_of > term.ends
            period = TermOut(begins=term.begins, ends=term.ends, text=term.text, over=over)
        amounts = [
            AmountOut.of(computed, amount.quote)
            for computed, amount in zip(matched.amounts, benefit.amounts, strict=True)
        ]
        return cls(
            id=benefit.id,
            name=matched.name,
            kind=benefit.kind,
            topic=benefit.topic,
            verdict=matched.verdict,
            relevance=round(matched.relevance, 3),
            amount=amounts[0] if matched.verdict is not Verdict.DOES_NOT_APPLY else None,
            amounts=amounts if matched.verdict is not Verdict.DOES_NOT_APPLY else [],
            conditions=[
                ConditionOut(
                    text=state.text,
                    met=state.met,
                    clause_id=state.clause,
                    quote=state.quote,
                    ask=[facts[name].question for name in state.unknown],
                )
                for state in matched.conditions
            ],
            period=period,
            explanation=_explanation(matched, period, as_of),
            notes=[_statement(note) for note in benefit.notes],
            documents=[_statement(paper) for paper in benefit.documents],
            where=_statement(benefit.where) if benefit.where else None,
            related=[
                LinkOut(kind=link.kind, id=link.benefit, name=name, text=link.text)
                for link in benefit.links
                if (name := name_of(link.benefit)) is not None
            ],
            citations=citations,
        )


def _statement(statement: Statement) -> StatementOut:
    return StatementOut(text=statement.text, clause_id=statement.clause, quote=statement.quote)


def _explanation(matched: MatchedBenefit, period: TermOut | None, as_of: datetime.date) -> str:
    """How the verdict and the amount come about, sentence by sentence."""
    lines: list[str] = []
    failed = [state.text for state in matched.conditions if state.met is False]
    if failed:
        lines.append(f"不符合的条件:{';'.join(failed)}")
    else:
        for amount in matched.amounts:
            lines += [step.text for step in amount.steps] or [amount.text]
        if open_ := [state.text for state in matched.conditions if state.met is None]:
            lines.append(f"还要看:{';'.join(open_)}")
    if period is not None and period.over and period.ends is not None:
        lines.append(
            f"时效:{period.text},到{period.ends.isoformat()}为止,"
            f"按{as_of.isoformat()}计算已过期,现在是否延续请向当地人社部门核实"
        )
    return "。".join(lines) + "。"


class QuestionOut(BaseModel):
    """A question whose answer decides most: the fact goes into ``facts`` of the profile.

    ``choices`` are the values to choose from; the answer to one of type ``occupation`` goes into
    the field of that name, and its choices are the entries that may be meant, if any is.
    """

    fact: str
    text: str
    type: Literal["yes_no", "one_of", "some_of", "number", "occupation"]
    choices: list[str]
    unit: str | None

    @classmethod
    def of(cls, question: OpenQuestion) -> QuestionOut:
        """The JSON of a question."""
        fact = question.fact
        return cls(
            fact=fact.name,
            text=fact.question,
            type="occupation" if question.asks_occupation else fact.type.value,
            choices=list(question.choices),
            unit=fact.unit,
        )


class BenefitsOut(BaseModel):
    """Benefits for somebody as understood, the best first.

    ``questions`` are what to ask next, most telling first; ``ask`` has the same for programs.
    """

    profile: UnderstoodProfile
    benefits: list[BenefitOut]
    questions: list[str]
    ask: list[QuestionOut]

    def _repr_html_(self) -> str:
        return notebook.benefits_html(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        yield "benefits", self.benefits

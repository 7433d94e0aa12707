"""Reading benefit rules, and checking them against the text: editorial data can't lie.

``annotations/benefits/<document id>.yaml`` holds the rules of a document, ``annotations/benefits/
facts/*.yaml`` the facts. Each quote has to stand in its clause, each number in its quote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.benefits.conditions import Chosen, Is, Test, Within, tests_of
from corpus.benefits.facts import Fact, FactType
from corpus.benefits.rules import Amount, AmountByFact, Benefit, Cited, ProductAmount, ShareAmount
from corpus.figures import numbers_in
from corpus.model import Document

BENEFITS_FOLDER = Path(__file__).parent.parent / "annotations" / "benefits"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Data = TypeVar("_Data", bound=BaseModel)


class BenefitRuleError(ValueError):
    """A rule is malformed, or says what its clause doesn't; the message (Chinese) says which."""


@dataclass(frozen=True)
class BenefitRules:
    """All rules and the facts that they ask for."""

    facts: Mapping[str, Fact]
    benefits: tuple[Benefit, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Benefit]:
        """The rules by id."""
        return {benefit.id: benefit for benefit in self.benefits}


def load_benefits(documents: Iterable[Document], folder: Path = BENEFITS_FOLDER) -> BenefitRules:
    """The rules for ``documents``, checked; documents without a file have none.

    Raises:
        BenefitRuleError: a file is malformed or a quote, number, fact or link is wrong.
    """
    facts = load_facts(folder / "facts")
    by_id = {document.id: document for document in documents}
    written = {path: _read(path, Benefit) for path in sorted(folder.glob("*.yaml"))}
    names = Counter(benefit.id for benefits in written.values() for benefit in benefits)
    kept: list[Benefit] = []
    for path, benefits in written.items():
        for benefit in benefits if path.stem in by_id else ():
            for problem in _problems(benefit, by_id, facts, names):
                raise BenefitRuleError(f"{path.name}:待遇“{benefit.id}”{problem}。")
            kept.append(benefit)
    return BenefitRules(facts, tuple(kept))


def load_facts(folder: Path) -> Mapping[str, Fact]:
    """The facts by name.

    Raises:
        BenefitRuleError: a file is malformed, or a fact is defined twice.
    """
    facts: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.yaml")):
        for fact in _read(path, Fact):
            if fact.name in facts:
                raise BenefitRuleError(f"{path.name}:事实“{fact.name}”已在别处定义。请合并。")
            facts[fact.name] = fact
    return facts


def _read(path: Path, kind: type[_Data]) -> list[_Data]:
    """The list that a YAML file holds."""
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        return TypeAdapter(list[kind]).validate_python(entries or [])  # type: ignore[valid-type]
    except yaml.YAMLError as error:
        raise BenefitRuleError(f"{path.name} 不是有效的 YAML:{error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BenefitRuleError(f"{path.name} 第 {place} 处有误:{first['msg']}") from None


# --- checks against the text and the facts -----------------------------------------------------


def _problems(
    benefit: Benefit,
    documents: Mapping[str, Document],
    facts: Mapping[str, Fact],
    names: Mapping[str, int],
) -> Iterator[str]:
    if names[benefit.id] > 1:
        yield "的编号重复,请改用别的编号"
    for link in benefit.links:
        if link.benefit not in names:
            yield f":关联的待遇“{link.benefit}”不存在,请核对编号"
    for cited in benefit.cited():
        yield from _misquotes(cited, documents)
    for amount in benefit.amounts:
        if missing := set(amount.numbers) - numbers_in(amount.quote):
            yield f":引文“{amount.quote}”中没有数字 {'、'.join(f'{n:g}' for n in sorted(missing))}"
    for uplift in benefit.uplifts.each if benefit.uplifts else ():
        if uplift.percent not in numbers_in(uplift.quote):
            yield f":引文“{uplift.quote}”中没有数字 {uplift.percent:g}"
    yield from _unknown_facts(benefit, facts)


def _misquotes(cited: Cited, documents: Mapping[str, Document]) -> Iterator[str]:
    document = documents.get(cited.clause.partition(":")[0])
    provision = document.by_id.get(cited.clause) if document else None
    if provision is None:
        yield f":没有条款 {cited.clause}"
    elif cited.quote not in provision.text:
        yield f":条款 {cited.clause} 中没有“{cited.quote}”"


def _unknown_facts(benefit: Benefit, facts: Mapping[str, Fact]) -> Iterator[str]:
    conditions = (*benefit.conditions, *(benefit.uplifts.each if benefit.uplifts else ()))
    for test in (test for condition in conditions for test in tests_of(condition.when)):
        if not _is_defined(test, facts.get(test.fact)):
            yield f":没有事实“{test.fact}”,或者它没有这样的取值({test})"
    named = [name for amount in benefit.amounts for name in _facts_of(amount)]
    if benefit.term is not None:
        named.append(benefit.term.of)
    for name in named:
        if name not in facts:
            yield f":没有事实“{name}”"


def _is_defined(test: Test, fact: Fact | None) -> bool:
    if fact is None:
        return False
    match test:
        case Chosen(values=values):
            return {value.name for value in fact.values} >= set(values)
        case Is():
            return fact.type is FactType.YES_NO
        case Within():
            return fact.type is FactType.NUMBER


def _facts_of(amount: Amount) -> tuple[str, ...]:
    match amount:
        case ShareAmount() | ProductAmount():
            return (*amount.of, *amount.limits)
        case AmountByFact():
            return (amount.fact,)
        case _:
            return ()

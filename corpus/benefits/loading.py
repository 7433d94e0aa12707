"""Reading benefit rules, and checking them against the text: editorial data can't lie.

``annotations/benefits/<document id>.yaml`` holds the rules of a document, ``annotations/benefits/
facts/*.yaml`` the facts, ``annotations/benefits/occupations/names.yaml`` what people call the
occupations that catalogues pay for. Each quote has to stand in its clause, each number in its
quote, each occupation in a catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.benefits.annotations import BENEFITS_FOLDER, BenefitRuleError, read_entries
from corpus.benefits.conditions import Chosen, Is, Test, Within, tests_of
from corpus.benefits.facts import Fact, FactType
from corpus.benefits.rules import (
    Amount,
    AmountByFact,
    Benefit,
    CatalogueAmount,
    Cited,
    ProductAmount,
    ShareAmount,
)
from corpus.catalogue import catalogue_of
from corpus.figures import numbers_in
from corpus.model import Document
from corpus.occupation_names import load_occupation_names


@dataclass(frozen=True)
class BenefitRules:
    """All rules, the facts that they ask for, and what people call the occupations they price.

    ``sayings`` are by the bare name of an occupation (``CatalogueEntry.name``).
    """

    facts: Mapping[str, Fact]
    benefits: tuple[Benefit, ...]
    sayings: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_id(self) -> Mapping[str, Benefit]:
        """The rules by id."""
        return {benefit.id: benefit for benefit in self.benefits}

    @cached_property
    def catalogues(self) -> tuple[str, ...]:
        """Ids of the documents whose catalogues state amounts, sorted."""
        return _catalogues(self.benefits)


def load_benefits(documents: Iterable[Document], folder: Path = BENEFITS_FOLDER) -> BenefitRules:
    """The rules for ``documents``, checked; documents without a file have none.

    Raises:
        BenefitRuleError: a file is malformed or a quote, number, fact, link or occupation is wrong.
    """
    facts = load_facts(folder / "facts")
    by_id = {document.id: document for document in documents}
    written = {path: read_entries(path, Benefit) for path in sorted(folder.glob("*.yaml"))}
    names = Counter(benefit.id for benefits in written.values() for benefit in benefits)
    kept: list[Benefit] = []
    for path, benefits in written.items():
        for benefit in benefits if path.stem in by_id else ():
            for problem in _problems(benefit, by_id, facts, names):
                raise BenefitRuleError(f"{path.name}:待遇“{benefit.id}”{problem}。")
            kept.append(benefit)
    return BenefitRules(facts, tuple(kept), _sayings(kept, by_id, folder))


def _sayings(
    benefits: Iterable[Benefit], documents: Mapping[str, Document], folder: Path
) -> Mapping[str, tuple[str, ...]]:
    """What people call the occupations of the catalogues; none without a catalogue."""
    catalogue = [
        entry
        for document_id in _catalogues(benefits)
        for entry in catalogue_of(documents[document_id])
    ]
    path = folder / "occupations" / "names.yaml"
    return load_occupation_names(catalogue, path) if catalogue else {}


def _catalogues(benefits: Iterable[Benefit]) -> tuple[str, ...]:
    documents = {
        amount.clause.partition(":")[0]
        for benefit in benefits
        for amount in benefit.amounts
        if isinstance(amount, CatalogueAmount)
    }
    return tuple(sorted(documents))


def load_facts(folder: Path) -> Mapping[str, Fact]:
    """The facts by name.

    Raises:
        BenefitRuleError: a file is malformed, or a fact is defined twice.
    """
    facts: dict[str, Fact] = {}
    for path in sorted(folder.glob("*.yaml")):
        for fact in read_entries(path, Fact):
            if fact.name in facts:
                raise BenefitRuleError(f"{path.name}:事实“{fact.name}”已在别处定义。请合并。")
            facts[fact.name] = fact
    return facts


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

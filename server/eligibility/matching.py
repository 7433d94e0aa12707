"""Facts against rules: for each benefit whether it applies, may apply or does not, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.benefits.conditions import Chosen, Test, tests_of
from corpus.benefits.facts import Fact
from corpus.benefits.loading import BenefitRules
from corpus.benefits.rules import Benefit, CatalogueAmount, Term, WordsAmount
from corpus.catalogue import CatalogueEntry
from server.eligibility.amounts import ComputedAmount, compute
from server.eligibility.occupations import NamedOccupation
from server.eligibility.stated_facts import StatedFacts, holds

_ASKER = {
    "劳动者": "劳动者",
    "企业": "用人单位",
    "院校": "院校或培训机构",
    "培训机构": "院校或培训机构",
}
# What is stated by nearly everybody tells little of which benefit is meant.
_WEAK_FACTS = {
    "身份": 0.0,
    "年份": 0.0,
    "申报正高级工程师": 0.2,
    "地区": 0.3,
    "等级": 0.4,
    "技术领域": 0.4,
    "人才类型": 0.6,
    "培训方式": 0.6,
    "证书": 0.7,
    "紧缺急需职业": 0.3,
}
_ASKED_FOR = 1.5
_NEAR = 1.0
_NOT_FOR_WORKERS = 0.7
_COUNTS = {True: 1.0, None: 0.5, False: 0.2}  # a condition that is met, open or failed


class Verdict(StrEnum):
    """How a benefit stands to somebody."""

    APPLIES = "applies"
    MAY_APPLY = "may_apply"
    DOES_NOT_APPLY = "does_not_apply"


@dataclass(frozen=True, slots=True)
class ConditionState:
    """One condition; ``met`` is None while a fact of ``unknown`` is missing."""

    text: str
    met: bool | None
    clause: str | None
    quote: str | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchedBenefit:
    """A benefit and what it comes to; ``clauses`` are all that bear it, most telling first.

    ``entry`` is the catalogue's occupation; ``relevance`` is how much of what was stated it is
    about.
    """

    benefit: Benefit
    entry: CatalogueEntry | None
    verdict: Verdict
    conditions: tuple[ConditionState, ...]
    amounts: tuple[ComputedAmount, ...]
    clauses: tuple[str, ...]
    relevance: float

    @property
    def name(self) -> str:
        """The benefit, with the occupation where the amount depends on it."""
        return f"{self.benefit.name}({self.entry.printed})" if self.entry else self.benefit.name

    @property
    def has_figures(self) -> bool:
        """Whether a sum is laid down, not only an advantage in words."""
        return any(not isinstance(amount, WordsAmount) for amount in self.benefit.amounts)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Facts that would decide it or its amount."""
        names = [name for state in self.conditions if state.met is None for name in state.unknown]
        names += [name for amount in self.amounts for name in amount.missing]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The facts as they stand for one catalogue entry; ``truths`` are of each condition.

    ``certain`` is false where other entries of the catalogue may be meant as well.
    """

    stated: StatedFacts
    truths: Sequence[bool | None]
    entry: CatalogueEntry | None
    certain: bool


class BenefitMatcher:
    """Matches facts against all rules."""

    def __init__(self, rules: BenefitRules, issued: Mapping[str, int]) -> None:
        """``issued`` are the years of the documents, by id: before it none of its rules held."""
        self.rules = rules
        self._issued = issued
        self._turns_on = {
            benefit.id: frozenset(
                test.fact for condition in benefit.conditions for test in tests_of(condition.when)
            )
            for benefit in rules.benefits
        }
        self._meeting = {
            (test.fact, test.values): _values_meeting(test, rules.facts[test.fact])
            for benefit in rules.benefits
            for condition in benefit.conditions
            for test in tests_of(condition.when)
            if isinstance(test, Chosen)
        }
        workers, employers = (
            frozenset(
                said
                for benefit in rules.benefits
                if ("劳动者" in benefit.beneficiary) is for_workers
                for condition in benefit.conditions
                for test in tests_of(condition.when)
                for said in _said_by(test)
            )
            for for_workers in (True, False)
        )
        self._employers_only = employers - workers
        self._asked_as: dict[str, list[str]] = defaultdict(list)  # word -> ids of benefits
        self._granted: dict[str, list[Benefit]] = defaultdict(list)  # article, or one above -> …
        for benefit in rules.benefits:
            for word in benefit.asked:
                self._asked_as[word].append(benefit.id)
            for article in {a for amount in benefit.amounts for a in _and_above(amount.clause)}:
                self._granted[article].append(benefit)

    def match(
        self,
        stated: StatedFacts,
        occupation: NamedOccupation | None = None,
        words: str = "",
        near: Sequence[str] = (),
    ) -> list[MatchedBenefit]:
        """The benefits that have to do with what was stated, the best first.

        ``words`` are what was asked in full; a benefit that they name counts as asked for. So does,
        a little less, one that is granted by an article of ``near``, those nearest in meaning.
        """
        found: list[MatchedBenefit] = []
        known = stated.names | ({"职业"} if occupation is not None else set())
        in_question = self._in_question(words, near)
        for benefit in self.rules.benefits:
            asked = in_question.get(benefit.id, 0.0)
            if not asked and not known & self._turns_on[benefit.id]:
                continue  # nothing that was stated has to do with it
            readings = list(self._readings(benefit, stated, occupation))
            for entry, facts in readings:
                truths = [holds(each.when, facts, self.rules.facts) for each in benefit.conditions]
                relevance = self._relevance(benefit, facts, truths) + asked
                if relevance > 0:
                    reading = _Reading(facts, truths, entry, certain=len(readings) == 1)
                    found.append(self._match(benefit, reading, relevance))
        return sorted(found, key=_order)

    def _in_question(self, words: str, near: Sequence[str]) -> Mapping[str, float]:
        """Ids of the benefits that are asked for, by name or by what they mean, with the weight."""
        weights = {
            benefit.id: _NEAR for article in near for benefit in self._granted.get(article, ())
        }
        named = (ids for word, ids in self._asked_as.items() if word in words)
        return weights | {name: _ASKED_FOR for ids in named for name in ids}

    def with_asker(self, stated: StatedFacts, near: Sequence[str] = ()) -> StatedFacts:
        """Who speaks of themselves is a worker, unless they say or tell of things that employ.

        So does who asks for what only employers are granted, by the articles ``near`` in meaning.
        """
        if stated.chosen.get("身份") or self._employers_only & _all_said(stated):
            return stated
        if self._grants_employers_only(near):
            return stated
        return stated | StatedFacts(chosen={"身份": frozenset({"劳动者"})})

    def _grants_employers_only(self, articles: Sequence[str]) -> bool:
        """Whether the first of the articles that grants anything grants workers nothing."""
        for article in articles:
            if granted := self._granted.get(article):
                return all("劳动者" not in each.beneficiary for each in granted)
        return False

    def _readings(
        self, benefit: Benefit, stated: StatedFacts, occupation: NamedOccupation | None
    ) -> Iterator[tuple[CatalogueEntry | None, StatedFacts]]:
        """The benefit once for each catalogue entry that may be meant, with what the entry says."""
        part = next((a.part for a in benefit.amounts if isinstance(a, CatalogueAmount)), None)
        if part is None or occupation is None:
            yield None, stated
            return
        entries = [entry for entry in occupation.entries if entry.part == part]
        for entry in entries:
            chosen = {"职业": frozenset({"目录内职业"})}
            answers = {"工种带星": entry.starred}
            yield entry, stated | StatedFacts(chosen=chosen, answers=answers)
        if not entries:
            yield None, stated | StatedFacts(chosen={"职业": frozenset({"目录外职业"})})

    def _match(self, benefit: Benefit, reading: _Reading, relevance: float) -> MatchedBenefit:
        facts = self.rules.facts
        amounts = tuple(
            compute(benefit, amount, reading.stated, facts, reading.entry)
            for amount in benefit.amounts
        )
        conditions = tuple(self._conditions(benefit, reading, amounts))
        met = [state.met for state in conditions]
        if False in met:
            verdict = Verdict.DOES_NOT_APPLY
        else:
            verdict = Verdict.APPLIES if all(met) else Verdict.MAY_APPLY
        clauses = _clauses(benefit, reading.stated, conditions, amounts)
        return MatchedBenefit(
            benefit, reading.entry, verdict, conditions, amounts, clauses, relevance
        )

    def _conditions(
        self, benefit: Benefit, reading: _Reading, amounts: Sequence[ComputedAmount]
    ) -> Iterator[ConditionState]:
        stated = reading.stated
        if reading.entry is not None and not reading.certain:
            yield _entry_state(reading.entry)
        asker = stated.chosen.get("身份", frozenset())
        if asker and not {_ASKER[name] for name in asker} & set(benefit.beneficiary):
            yield ConditionState(f"由{'或'.join(benefit.beneficiary)}享受", False, None, None)
        for condition, met in zip(benefit.conditions, reading.truths, strict=True):
            names = dict.fromkeys(test.fact for test in tests_of(condition.when))
            unknown = tuple(n for n in names if n not in stated.names) or tuple(names)
            yield ConditionState(
                condition.text,
                met,
                condition.clause,
                condition.quote,
                unknown if met is None else (),
            )
        if benefit.term is not None:
            yield _term_state(benefit.term, stated)
        elif (early := self._before_issue(benefit, stated)) is not None:
            yield early
        if any(not amount.is_defined for amount in amounts):
            first = benefit.amounts[0]
            text = f"文件只对下列情形规定了金额:{amounts[0].text}"
            yield ConditionState(text, False, first.clause, first.quote)

    def _relevance(
        self, benefit: Benefit, stated: StatedFacts, truths: Sequence[bool | None]
    ) -> float:
        """How much of what was stated the conditions of a benefit turn on and are met by.

        A condition of which a part is met counts half, one that what was stated fails a little:
        it tells why a title of another level, or too few years, won't do.
        """
        score = 0.0
        for condition, met in zip(benefit.conditions, truths, strict=True):
            tests = [test for test in tests_of(condition.when) if test.fact in stated.names]
            if met is None:
                tests = [test for test in tests if holds(test, stated, self.rules.facts)]
            score += _COUNTS[met] * max((self._weight(test) for test in tests), default=0.0)
        if "身份" not in stated.chosen and "劳动者" not in benefit.beneficiary:
            score *= _NOT_FOR_WORKERS
        return score

    def _weight(self, test: Test) -> float:
        """What meeting a test tells: more where few values do, by themselves or by implication."""
        weight = _WEAK_FACTS.get(test.fact, 1.0)
        if not isinstance(test, Chosen):
            return weight
        return weight * (0.6 + 0.4 / self._meeting[test.fact, test.values])

    def _before_issue(self, benefit: Benefit, stated: StatedFacts) -> ConditionState | None:
        document = benefit.conditions[0].clause.partition(":")[0]
        issued, year = self._issued.get(document), stated.numbers.get("年份")
        if issued is None or year is None or year >= issued:
            return None
        return ConditionState(f"文件{issued}年印发,之前的事不适用", False, None, None)


def _said_by(test: Test) -> Iterator[tuple[str, str | None]]:
    """What a test asks for: a fact, and each of its values where it is chosen from a list."""
    values = test.values if isinstance(test, Chosen) else (None,)
    yield from ((test.fact, value) for value in values)


def _all_said(stated: StatedFacts) -> frozenset[tuple[str, str | None]]:
    """What was stated, in the same form."""
    chosen = {(name, value) for name, values in stated.chosen.items() for value in values}
    return frozenset({*chosen, *((name, None) for name in (*stated.answers, *stated.numbers))})


def _values_meeting(test: Chosen, fact: Fact) -> int:
    """How many values of the fact meet the test, those that imply one of its own among them."""
    wanted = frozenset(test.values)
    return sum(bool(fact.closure(frozenset({value.name})) & wanted) for value in fact.values)


def _and_above(clause: str) -> Iterator[str]:
    """A clause and those that it stands in: 三.(一).2, 三.(一), 三."""
    yield clause
    while "." in clause.partition(":")[2]:
        clause = clause.rpartition(".")[0]
        yield clause


def _term_state(term: Term, stated: StatedFacts) -> ConditionState:
    year = stated.numbers.get(term.of, stated.numbers.get("年份"))
    met: bool | None = None
    if year is not None:
        met = (term.begins is None or term.begins.year <= year) and (
            term.ends is None or year <= term.ends.year
        )
    return ConditionState(
        term.text, met, term.clause, term.quote, (term.of,) if met is None else ()
    )


def _entry_state(entry: CatalogueEntry) -> ConditionState:
    text = f"学的、考的是目录中的“{entry.printed}”这一项"
    return ConditionState(text, None, entry.provision_id, entry.printed, ("职业",))


def _clauses(
    benefit: Benefit,
    stated: StatedFacts,
    conditions: Sequence[ConditionState],
    amounts: Sequence[ComputedAmount],
) -> tuple[str, ...]:
    """Clauses of the amounts, the conditions and the rest, each once."""
    named = [clause for amount in amounts for clause in amount.clauses]
    for condition in benefit.conditions:
        for test in tests_of(condition.when):
            named += condition.listed(stated.chosen.get(test.fact, frozenset()))
    named += [state.clause for state in conditions if state.clause is not None]
    named += [note.clause for note in (*benefit.notes, *benefit.documents)]
    if benefit.where is not None:
        named.append(benefit.where.clause)
    return tuple(dict.fromkeys(named))


def _order(matched: MatchedBenefit) -> tuple[int, bool, float, int]:
    """Of those that don't apply first the ones that a clause rules out, not the asker or year."""
    rank = list(Verdict).index(matched.verdict)
    failed = [state for state in matched.conditions if state.met is False]
    is_for_others = any(state.clause is None for state in failed)
    return rank, is_for_others, -matched.relevance, len(failed)

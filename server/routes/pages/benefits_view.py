"""What the page of benefits shows, ready for its template: fields, groups of results, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from corpus.benefits.facts import Fact, FactType
from server.eligibility.benefit_form import NO, OCCUPATION, YES, BenefitForm, denial_of
from server.eligibility.matching import Verdict
from server.schemas.benefit import BenefitOut, QuestionOut
from server.schemas.search import HitOut

ADDRESS = "/benefits"
ONLY = "只看"
"""The parameter that names a single benefit to show."""

_SHOWN_OPEN = 3  # of a group; the others are folded
_MOST_TELLING = 3
_WITH_FIGURE = 1.0  # what a sum is worth more than an advantage in words, in relevance
_PERSONAL = ("证书", "等级", "年份", "人员类别")
_OF_UNITS = ("单位类型", "企业事项", "吸纳人员", "人数")
_LONG_LIST = 24  # values, beyond which those not chosen are offered in a menu
_WORKER = {"劳动者": "个人"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose; ``label`` is what a person reads."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as a field of the form.

    ``kind`` is yes_no, one_of, some_of or number; ``value`` is that of a number. ``menu`` are the
    values of a long list that aren't chosen; ``denied`` is what the address says of values that
    are denied; of a question, that would be all its choices.
    """

    name: str
    label: str
    kind: Literal["yes_no", "one_of", "some_of", "number", "occupation"]
    choices: tuple[Choice, ...]
    menu: tuple[str, ...]
    value: str
    unit: str
    denied: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that was understood; ``address`` is that of the form without it."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause that bears a benefit, by its number on the card, with the words it is cited for."""

    number: int
    citation: HitOut
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A benefit with its numbered sources, by clause id in ``numbers``.

    ``address`` is that of the benefit on its own, ``source`` the document that grants it.
    """

    benefit: BenefitOut
    anchor: str
    address: str
    source: str
    evidence: tuple[Evidence, ...]
    numbers: Mapping[str, Evidence]

    @property
    def is_over(self) -> bool:
        """Whether its term has run out."""
        return self.benefit.period is not None and self.benefit.period.over


@dataclass(frozen=True, slots=True)
class Group:
    """Benefits that stand alike; ``folded`` are those behind a click."""

    id: str
    title: str
    hint: str
    shown: tuple[Card, ...]
    folded: tuple[Card, ...]


# --- the form ---


def fields_of(names: Sequence[str], form: BenefitForm, facts: Mapping[str, Fact]) -> list[Field]:
    """The facts of those names as fields, filled in as the form is."""
    return [_field(facts[name], form) for name in names if name in facts]


def personal_fields(form: BenefitForm, facts: Mapping[str, Fact]) -> list[Field]:
    """What is asked of everybody: certificate, level, year and groups."""
    return fields_of(_PERSONAL, form, facts)


def unit_fields(form: BenefitForm, facts: Mapping[str, Fact]) -> list[Field]:
    """What is asked of companies: their kind, what they are about, whom they employ."""
    return fields_of(_OF_UNITS, form, facts)


def other_fields(form: BenefitForm, facts: Mapping[str, Fact]) -> list[Field]:
    """What else was stated or left open, for correction."""
    known = dict.fromkeys((*form.given, *form.ruled_out, *form.unsure))
    return fields_of([n for n in known if n not in (*_PERSONAL, *_OF_UNITS, "身份")], form, facts)


def asker_field(form: BenefitForm, facts: Mapping[str, Fact]) -> Field:
    """Who asks."""
    return _field(facts["身份"], form)


def asked_fields(
    ask: Sequence[QuestionOut], form: BenefitForm, facts: Mapping[str, Fact]
) -> list[Field]:
    """What to ask next; of a long list only what decides."""
    return [_question(question, facts[question.fact], form) for question in ask]


def _question(question: QuestionOut, fact: Fact, form: BenefitForm) -> Field:
    chosen = form.given.get(fact.name, ())
    name = OCCUPATION if question.type == "occupation" else fact.name
    return Field(
        name,
        fact.question,
        question.type,
        tuple(Choice(value, _label(fact, value), value in chosen) for value in question.choices),
        (),
        "",
        fact.unit or "",
        denial_of(question.choices),
        unsure=False,
    )


def _field(fact: Fact, form: BenefitForm) -> Field:
    chosen = form.given.get(fact.name, ())
    names = [value.name for value in fact.values]
    is_long = fact.type is FactType.SOME_OF and len(names) > _LONG_LIST
    listed = [name for name in names if name in chosen] if is_long else names
    if fact.type is FactType.YES_NO:
        listed = [YES, NO]
    return Field(
        fact.name,
        fact.name,
        fact.type.value,
        tuple(Choice(name, _label(fact, name), name in chosen) for name in listed),
        tuple(name for name in names if name not in chosen) if is_long else (),
        chosen[0] if fact.type is FactType.NUMBER and chosen else "",
        fact.unit or "",
        denial_of(denied) if (denied := form.ruled_out.get(fact.name)) else "",
        fact.name in form.unsure,
    )


def _label(fact: Fact, value: str) -> str:
    return _WORKER.get(value, value) if fact.name == "身份" else value


def address_of(form: BenefitForm, as_of: str, only: str = "") -> str:
    """The address that brings this form again, with ``only`` one benefit of it.

    Chinese stays as it is (an IRI, RFC 3987): a third of the length, and legible.
    """
    further = {"as_of": as_of, ONLY: only}
    query = [*form.parameters(), *((name, value) for name, value in further.items() if value)]
    pairs = (f"{_escaped(name)}={_escaped(value)}" for name, value in query)
    return f"{ADDRESS}?{'&'.join(pairs)}" if query else ADDRESS


def _escaped(text: str) -> str:
    return "".join(quote(character) if character.isascii() else character for character in text)


def chips_of(form: BenefitForm, facts: Mapping[str, Fact], as_of: str) -> list[Chip]:
    """Everything that was understood, each with the way to take it back."""
    return [Chip(text, address_of(left, as_of)) for text, left in _removable(form, facts)]


def _removable(form: BenefitForm, facts: Mapping[str, Fact]) -> Iterator[tuple[str, BenefitForm]]:
    if form.occupation:
        yield f"{OCCUPATION}:{form.occupation}", form.without(OCCUPATION)
    for name, values in form.given.items():
        for value in values:
            unit = facts[name].unit or ""
            yield f"{name}:{_label(facts[name], value)}{unit}", form.without(name, value)
    for name, values in form.ruled_out.items():
        yield f"{name}不是:{'、'.join(values)}", form.without_denial(name)


# --- the results ---


def single_card(benefits: Sequence[BenefitOut], only: str) -> Card | None:
    """The benefit that ``only`` names, on its own."""
    keys = _keys(benefits)
    found = (benefit for benefit, key in zip(benefits, keys, strict=True) if key == only)
    return next((_card(benefit, 1, "") for benefit in found), None)


def _keys(benefits: Sequence[BenefitOut]) -> list[str]:
    """The ids, with the name where a benefit stands there for several entries of a catalogue."""
    times = Counter(benefit.id for benefit in benefits)
    return [each.id if times[each.id] == 1 else f"{each.id}/{each.name}" for each in benefits]


def groups_of(benefits: Sequence[BenefitOut], form: BenefitForm, as_of: str) -> list[Group]:
    """The benefits by how they stand, those that can't be claimed any more apart."""
    cards = [
        _card(benefit, place, address_of(form, as_of, key))
        for place, (benefit, key) in enumerate(zip(benefits, _keys(benefits), strict=True), 1)
    ]
    applies = [card for card in cards if card.benefit.verdict is Verdict.APPLIES]
    may = [card for card in cards if card.benefit.verdict is Verdict.MAY_APPLY]
    refused = [card for card in cards if card.benefit.verdict is Verdict.DOES_NOT_APPLY]
    groups = (
        ("applies", "可以享受", "说到的条件都符合。", [c for c in applies if not c.is_over]),
        ("may", "可能可以", "还差几个条件没有弄清。", [c for c in may if not c.is_over]),
        (
            "over",
            "文件期限已过",
            "当年有这些规定,文件写的期限已经过了。现在是否延续,请先向当地人社部门核实。",
            [card for card in (*applies, *may) if card.is_over],
        ),
    )
    found = [
        _group(name, title, hint, sorted(each, key=_telling)) for name, title, hint, each in groups
    ]
    found.append(Group("refused", "不符合", "列出为什么不符合。", (), tuple(refused)))
    return [group for group in found if group.shown or group.folded]


def most_telling(groups: Sequence[Group]) -> list[Card]:
    """The few benefits that what was said is most about, those with sums before others."""
    fitting = sorted((card for group in groups for card in group.shown), key=_telling)
    by_name = {card.benefit.name: card for card in reversed(fitting)}
    return sorted(by_name.values(), key=_telling)[:_MOST_TELLING]


def _group(name: str, title: str, hint: str, cards: Sequence[Card]) -> Group:
    return Group(name, title, hint, tuple(cards[:_SHOWN_OPEN]), tuple(cards[_SHOWN_OPEN:]))


def _telling(card: Card) -> float:
    has_figure = any(amount.unit for amount in card.benefit.amounts)
    return -(card.benefit.relevance + _WITH_FIGURE * has_figure)


def _card(benefit: BenefitOut, place: int, address: str) -> Card:
    quotes: dict[str, dict[str, None]] = {}
    for clause, words in _quoted(benefit):
        quotes.setdefault(clause, {})[words] = None
    evidence = tuple(
        Evidence(number, hit, tuple(quotes.get(hit.clause.id, (hit.citation.quote,))))
        for number, hit in enumerate(benefit.citations, 1)
    )
    numbers = {each.citation.clause.id: each for each in evidence}
    document = benefit.citations[0].document
    source = document.doc_number or f"《{document.title}》"
    return Card(benefit, f"benefit-{place}", address, source, evidence, numbers)


def _quoted(benefit: BenefitOut) -> Iterator[tuple[str, str]]:
    """Clauses with the words that they are cited for."""
    for amount in benefit.amounts:
        if amount.clause_ids and not amount.steps:
            yield amount.clause_ids[0], amount.quote
        for step in amount.steps:
            yield step.clause_ids[0], step.quote
    for condition in benefit.conditions:
        if condition.clause_id is not None and condition.quote is not None:
            yield condition.clause_id, condition.quote
    for statement in (*benefit.notes, *benefit.documents, *filter(None, [benefit.where])):
        yield statement.clause_id, statement.quote

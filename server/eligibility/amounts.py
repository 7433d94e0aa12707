"""What a benefit comes to for somebody: the figure, how it is worked out, and who says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.benefits.facts import Fact
from corpus.benefits.rules import (
    Amount,
    AmountByFact,
    Benefit,
    CatalogueAmount,
    Cited,
    FixedAmount,
    ProductAmount,
    ShareAmount,
    Uplift,
    WordsAmount,
)
from corpus.catalogue import CatalogueEntry
from corpus.skill_levels import LEVEL_BY_NAME
from server.eligibility.stated_facts import StatedFacts, holds


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working; ``clauses`` state its numbers, ``quote`` is what the first says."""

    text: str
    clauses: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class ComputedAmount:
    """``value`` is None where a fact is missing or the text gives no figure.

    ``text`` is for readers; ``steps`` show the working, one line each; ``clauses`` state the
    numbers; ``missing`` are facts that would settle it. ``is_defined`` is false where the rule has
    no amount for what was stated (no rate for 技师).
    """

    value: float | None
    unit: str
    per: str | None
    text: str
    steps: tuple[Step, ...] = ()
    clauses: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_defined: bool = True


def compute(
    benefit: Benefit,
    amount: Amount,
    stated: StatedFacts,
    vocabulary: Mapping[str, Fact],
    entry: CatalogueEntry | None = None,
) -> ComputedAmount:
    """The amount that a rule gives for the stated facts, uplift included."""
    match amount:
        case FixedAmount():
            computed = _fixed(amount)
        case WordsAmount():
            computed = ComputedAmount(None, "", None, amount.text, clauses=(amount.clause,))
        case AmountByFact():
            computed = _by_fact(amount, stated)
        case ShareAmount():
            computed = _share(amount, stated, vocabulary)
        case ProductAmount():
            computed = _product(amount, stated, vocabulary)
        case CatalogueAmount():
            computed = _catalogued(amount, stated, entry)
    return _uplifted(benefit, computed, stated, vocabulary)


def money(value: float, unit: str) -> str:
    """``5000000 元`` as people write it: ``500万元``."""
    for size, name in ((1e8, "亿"), (1e4, "万")):
        if unit == "元" and value >= size and value % size == 0:
            return f"{value / size:g}{name}{unit}"
    return f"{value:.10g}{unit}"


def _step(amount: Cited, text: str) -> Step:
    return Step(text, (amount.clause,), amount.quote)


def _each(per: str | None) -> str:
    return f"/{per}" if per else ""


def _fixed(amount: FixedAmount) -> ComputedAmount:
    text = f"{amount.bound or ''}{money(amount.value, amount.unit)}{_each(amount.per)}"
    return ComputedAmount(amount.value, amount.unit, amount.per, text, clauses=(amount.clause,))


def _by_fact(amount: AmountByFact, stated: StatedFacts) -> ComputedAmount:
    named = stated.chosen.get(amount.fact, frozenset())
    fitting = {name: value for name, value in amount.values.items() if name in named}
    shown = fitting or amount.values
    text = "、".join(f"{name}{money(value, amount.unit)}" for name, value in shown.items())
    if not fitting:
        return ComputedAmount(
            None,
            amount.unit,
            amount.per,
            text + _each(amount.per),
            clauses=(amount.clause,),
            missing=() if named else (amount.fact,),
            is_defined=not named,
        )
    name, value = max(fitting.items(), key=lambda item: item[1])
    return ComputedAmount(
        value,
        amount.unit,
        amount.per,
        money(value, amount.unit) + _each(amount.per),
        (_step(amount, f"{name}:{money(value, amount.unit)}{_each(amount.per)}"),),
        (amount.clause,),
    )


def _share(
    amount: ShareAmount, stated: StatedFacts, vocabulary: Mapping[str, Fact]
) -> ComputedAmount:
    general = f"{amount.base}的{amount.percent:g}%"
    if amount.cap is not None:
        general += f",最高{money(amount.cap, amount.unit)}"
    factors, missing = _factors(amount.of, amount.limits, stated, vocabulary)
    if missing or not amount.of:
        return ComputedAmount(
            None, amount.unit, amount.per, general, clauses=(amount.clause,), missing=missing
        )
    value = amount.percent / 100
    for factor, _ in factors:
        value *= factor
    working = " × ".join([*(words for _, words in factors), f"{amount.percent:g}%"])
    return _capped(amount, round(value, 2), working)


def _product(
    amount: ProductAmount, stated: StatedFacts, vocabulary: Mapping[str, Fact]
) -> ComputedAmount:
    single = f"{amount.bound or ''}{money(amount.value, amount.unit)}{_each(amount.per)}"
    factors, missing = _factors(amount.of, amount.limits, stated, vocabulary)
    if missing:
        return ComputedAmount(
            amount.value, amount.unit, amount.per, single, clauses=(amount.clause,)
        )
    value = amount.value
    for factor, _ in factors:
        value *= factor
    working = " × ".join([single, *(words for _, words in factors)])
    return _capped(amount, round(value, 2), working)


def _capped(amount: ShareAmount | ProductAmount, value: float, working: str) -> ComputedAmount:
    steps = [_step(amount, f"{working} = {money(value, amount.unit)}")]
    if amount.cap is not None and value > amount.cap:
        steps.append(_step(amount, f"最高{money(amount.cap, amount.unit)},按最高额计"))
        value = amount.cap
    text = money(value, amount.unit)
    return ComputedAmount(value, amount.unit, None, text, tuple(steps), (amount.clause,))


def _factors(
    names: Sequence[str],
    limits: Mapping[str, float],
    stated: StatedFacts,
    vocabulary: Mapping[str, Fact],
) -> tuple[list[tuple[float, str]], tuple[str, ...]]:
    """The numbers to multiply with their words, and the facts that are missing.

    A missing number of persons is one: who speaks of 一个小伙 does not count.
    """
    factors: list[tuple[float, str]] = []
    missing: list[str] = []
    for name in names:
        number = stated.numbers.get(name, 1.0 if vocabulary[name].unit == "人" else None)
        if number is None:
            missing.append(name)
            continue
        unit = vocabulary[name].unit or ""
        words = money(number, unit)
        if name in limits and number > limits[name]:
            words = f"{money(limits[name], unit)}({words},最多计{money(limits[name], unit)})"
            number = limits[name]
        factors.append((number, words))
    return factors, tuple(missing)


def _catalogued(
    amount: CatalogueAmount, stated: StatedFacts, entry: CatalogueEntry | None
) -> ComputedAmount:
    if entry is None:
        return ComputedAmount(
            None,
            amount.unit,
            amount.per,
            "按目录所列工种的标准",
            clauses=(amount.clause,),
            missing=("职业",),
        )
    clauses = tuple(dict.fromkeys((entry.provision_id, entry.rate.provision_id)))
    levels = stated.chosen.get("等级", frozenset())
    level = next((name for name in entry.amounts if name is None or name in levels), "")
    if level == "":
        text = "、".join(
            f"{LEVEL_BY_NAME[name or ''].title}{money(value, amount.unit)}"
            for name, value in entry.amounts.items()
        )
        return ComputedAmount(
            None, amount.unit, amount.per, text, clauses=clauses, missing=("等级",)
        )
    value = entry.amounts[level]
    words = money(value, amount.unit) + _each(amount.per)
    grade = LEVEL_BY_NAME[level].title if level else ""
    text = f"“{entry.printed}”,{entry.section.split('(')[0]}{grade}:{words}"
    step = Step(text, clauses, entry.printed)
    return ComputedAmount(value, amount.unit, amount.per, words, (step,), clauses)


def _uplifted(
    benefit: Benefit,
    computed: ComputedAmount,
    stated: StatedFacts,
    vocabulary: Mapping[str, Fact],
) -> ComputedAmount:
    """With the highest uplift that holds; only one may be chosen."""
    if benefit.uplifts is None:
        return computed
    fitting = [up for up in benefit.uplifts.each if holds(up.when, stated, vocabulary)]
    if not fitting:
        return computed
    best: Uplift = max(fitting, key=lambda uplift: uplift.percent)
    clauses = [*computed.clauses, best.clause]
    steps = list(computed.steps)
    if len(fitting) > 1:
        choice = benefit.uplifts.choice
        clauses.append(choice.clause)
        reasons = "、".join(f"{up.text}({up.percent:g}%)" for up in fitting)
        text = f"可以上浮的有:{reasons};只能选其中一项,选最高的{best.percent:g}%"
        steps.append(Step(text, (choice.clause,), choice.quote))
    if computed.value is None:
        text = f"{computed.text},再上浮{best.percent:g}%"
        return replace(computed, text=text, steps=tuple(steps), clauses=tuple(clauses))
    factor = 1 + best.percent / 100
    value = round(computed.value * factor, 2)
    words = money(value, computed.unit) + _each(computed.per)
    text = (
        f"{money(computed.value, computed.unit)} × {factor:g}({best.text}) = "
        f"{money(value, computed.unit)}"
    )
    steps.append(Step(text, (best.clause,), best.quote))
    return replace(computed, value=value, text=words, steps=tuple(steps), clauses=tuple(clauses))

"""What a rule asks of the facts: a small expression language, written as YAML.

::

    when:
      人员类别: [贫困劳动力, 就业困难人员]   # at least one of these
      参加失业保险: true
      失业保险缴费月数: {at_least: 36}       # at_least, at_most; both make a range
    when: {any: [{…}, {…}]}                 # also all: […], not: {…}

All keys of a mapping have to hold. Expressions are evaluated with three values, see
``server/eligibility``: what isn't known neither holds nor fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer


@dataclass(frozen=True, slots=True)
class Chosen:
    """The fact has at least one of ``values``."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """The yes-or-no fact is ``value``."""

    fact: str
    value: bool


@dataclass(frozen=True, slots=True)
class Within:
    """The number lies between ``at_least`` and ``at_most``, both included; None is open."""

    fact: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of ``parts`` hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of ``parts`` holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``part`` does not hold."""

    part: Expression


Test = Chosen | Is | Within
Expression = Test | AllOf | AnyOf | Not


def tests_of(expression: Expression) -> Iterator[Test]:
    """The tests of single facts that an expression is made of."""
    match expression:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case Chosen() | Is() | Within():
            yield expression


def read_expression(given: object) -> Expression:
    """An expression from its YAML form.

    Raises:
        ValueError: it has another form; the message (Chinese) says which part.
    """
    if isinstance(given, (Chosen, Is, Within, AllOf, AnyOf, Not)):
        return given
    if not isinstance(given, Mapping) or not given:
        raise ValueError(f"条件应写成“事实: 要求”的形式,而不是 {given!r}")
    parts = tuple(_read_part(str(key), wanted) for key, wanted in given.items())
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _read_part(key: str, wanted: object) -> Expression:
    if key in ("all", "any"):
        if not isinstance(wanted, list) or not wanted:
            raise ValueError(f"{key} 后面应是一列条件")
        parts = tuple(read_expression(part) for part in wanted)
        return AllOf(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(read_expression(wanted))
    if isinstance(wanted, bool):
        return Is(key, wanted)
    if isinstance(wanted, str):
        return Chosen(key, (wanted,))
    if isinstance(wanted, list) and wanted and all(isinstance(value, str) for value in wanted):
        return Chosen(key, tuple(wanted))
    if isinstance(wanted, Mapping) and wanted and set(wanted) <= {"at_least", "at_most"}:
        bounds = {name: _number(key, bound) for name, bound in wanted.items()}
        return Within(key, bounds.get("at_least"), bounds.get("at_most"))
    raise ValueError(f"看不懂“{key}”的要求 {wanted!r}")


def _number(key: str, bound: object) -> float:
    if isinstance(bound, bool) or not isinstance(bound, (int, float)):
        raise ValueError(f"“{key}”的界限应是数字,而不是 {bound!r}")
    return float(bound)


def write_expression(expression: Expression) -> dict[str, object]:
    """The YAML form of an expression; :func:`read_expression` reads it back."""
    match expression:
        case AllOf(parts):
            return {"all": [write_expression(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [write_expression(part) for part in parts]}
        case Not(part):
            return {"not": write_expression(part)}
        case Chosen(fact, values):
            return {fact: list(values)}
        case Is(fact, value):
            return {fact: value}
        case Within(fact, at_least, at_most):
            bounds = {"at_least": at_least, "at_most": at_most}
            return {fact: {name: bound for name, bound in bounds.items() if bound is not None}}


When = Annotated[Expression, BeforeValidator(read_expression), PlainSerializer(write_expression)]
"""A field of editorial data that holds an expression."""

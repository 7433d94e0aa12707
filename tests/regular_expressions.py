"""All regular expressions of our packages, and how their cost grows on input made against them.

``python -m tests.regular_expressions`` prints, as JSON, what it looked at and each expression whose
cost grows faster than the cube of its input. A backtracking matcher is slow where a repetition can be cut in many
ways and what follows fails; so the input repeats what a repetition takes, behind what leads to it,
and ends in what nothing takes (Davis et al., "The Impact of Regular Expression Denial of Service",
ESEC/FSE 2018).
"""

# ruff: noqa: ANN401  (the nodes of a parsed expression have no types)

from __future__ import annotations

import ast
import importlib
import inspect
import json
import math
import pkgutil
import re
import sys
import time
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # the only parser there is
from types import CodeType, ModuleType
from typing import Any

PACKAGES = ("corpus", "indexer", "server")  # what runs for users; eval runs on its own questions
_CALLS = {"compile", "match", "search", "fullmatch", "finditer", "findall", "sub", "subn", "split"}
# Characters; no query has more than 500. What is exponential shows before it takes minutes.
_LENGTHS = (*range(8, 32, 2), 32, 64, 128, 256, 512)
_NOTICEABLE = 0.004  # seconds of CPU; below it, nothing can be said
_TOO_LONG = 0.3  # seconds of CPU; nothing longer is tried
# Exponent of growth; 1 is linear. A search that begins anew at each place is quadratic by its
# nature, which 500 characters bound; what is steeper than this soon costs minutes.
_STEEPEST = 3.5


def modules() -> Iterator[ModuleType]:
    """Every module of our packages."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        yield found
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            yield importlib.import_module(module.name)


def expressions(module: ModuleType) -> tuple[list[re.Pattern[str]], list[str]]:
    """Those of a module, and the calls whose expression isn't known before they are made."""
    found = list(_compiled(vars(module)))
    unknown = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if _is_call_of_re(node):
            try:
                given = [_value(argument, module) for argument in _pattern_and_flags(node)]
                found += _compiled(
                    given[0] if isinstance(given[0], re.Pattern) else re.compile(*given)
                )
            except NameError:
                unknown.append(f"{module.__name__}: {ast.unparse(node)}")
    return found, unknown


def _compiled(value: object) -> Iterator[re.Pattern[str]]:
    """Expressions within a value, however deep in tuples, lists and dictionaries."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict):
        for each in list(value.values()):
            yield from _compiled(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _compiled(each)


def _is_call_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _CALLS
    )


def _pattern_and_flags(call: Any) -> list[ast.expr]:
    flags = [word.value for word in call.keywords if word.arg == "flags"]
    if call.func.attr == "compile":
        flags = [*call.args[1:2], *flags]
    return [call.args[0], *flags]


def _value(expression: ast.expr, module: ModuleType) -> Any:
    code: CodeType = compile(ast.Expression(expression), module.__name__, "eval")
    return eval(code, vars(module))


def attacks(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    """What leads to each repetition, and what it takes: repeated, it is to slow the matcher."""
    found: set[tuple[str, str]] = set()
    _collect(_parser.parse(pattern.pattern, pattern.flags), "", found)
    letters = {pump[0] for _, pump in found if pump} | set("a1一 .(")
    return {(lead, pump) for lead, pump in found if pump} | {("", letter) for letter in letters}


def _collect(parsed: Any, lead: str, found: set[tuple[str, str]]) -> str:
    """A text that ``parsed`` takes; the repetitions in it are added to ``found``."""
    text = ""
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, body = argument
            once = _collect(body, lead + text, found)
            if most == _constants.MAXREPEAT or most > 8:
                found.add((lead + text, once))
            text += once * max(least, 1)
        elif name == "SUBPATTERN":
            text += _collect(argument[3], lead + text, found)
        elif name == "BRANCH":
            text += max([_collect(branch, lead + text, found) for branch in argument[1]], key=len)
        elif name in ("ASSERT", "ATOMIC_GROUP"):
            body = argument[1] if name == "ASSERT" else argument
            sample = _collect(body, lead + text, found)
            text += sample if name == "ATOMIC_GROUP" else ""
        else:
            text += _character(name, argument)
    return text


def _character(name: str, argument: Any) -> str:
    """One character that a single operation takes; nothing for anchors and what looks about."""
    if name == "LITERAL":
        return chr(argument)
    if name in ("ANY", "NOT_LITERAL"):
        return "一" if argument != ord("一") else "二"
    if name != "IN":
        return ""
    return _of_class([(str(kind), value) for kind, value in argument])


def _of_class(members: list[tuple[str, Any]]) -> str:
    taken = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "一"}
    if members[0][0] == "NEGATE":
        candidates = ("一", *map(chr, range(0x9FFF)))
        outside = (c for c in candidates if not any(_holds(each, c) for each in members[1:]))
        return next(outside, "")
    kind, value = members[0]
    if kind == "LITERAL":
        return chr(value)
    return chr(value[0]) if kind == "RANGE" else taken.get(str(value), "。")


def _holds(member: tuple[str, Any], character: str) -> bool:
    kind, value = member
    if kind == "LITERAL":
        return bool(value == ord(character))
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    kinds = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
    return re.match(kinds.get(str(value), "$"), character) is not None


def growth(pattern: re.Pattern[str], lead: str, pump: str) -> float:
    """Exponent with which the cost of a search grows with the length of its input."""
    before, shorter = 0.0, 0
    for length in _LENGTHS:
        text = lead + pump * math.ceil(length / len(pump)) + "\x00"
        cost = min(_cost(pattern, text) for _ in range(3 if before > _NOTICEABLE / 4 else 1))
        if before and cost > 2 * _NOTICEABLE:
            exponent = math.log(cost / before) / math.log(length / shorter)
            if exponent > _STEEPEST:
                return exponent
        if cost > _TOO_LONG:
            break
        before, shorter = cost, length
    return 1.0


def _cost(pattern: re.Pattern[str], text: str) -> float:
    started = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - started


def main() -> None:
    """Print what was found."""
    looked_at: dict[tuple[str, int], re.Pattern[str]] = {}
    unknown: list[str] = []
    for module in modules():
        found, not_known = expressions(module)
        looked_at |= {(each.pattern, each.flags): each for each in found}
        unknown += not_known
    steep = {}
    for pattern in looked_at.values():
        for lead, pump in attacks(pattern):
            if (exponent := growth(pattern, lead, pump)) > _STEEPEST:
                steep[pattern.pattern] = [lead, pump, round(exponent, 1)]
                break
    json.dump(
        {"looked_at": len(looked_at), "unknown": unknown, "steep": steep},
        sys.stdout,
        ensure_ascii=False,
        indent=1,
    )


if __name__ == "__main__":
    main()

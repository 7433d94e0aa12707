"""Levels of vocational skill, five to one, by number and by name: 二级 is 技师."""

from __future__ import annotations

import re

from indexer.tokenizer import fold

_LEVELS = {
    "五级(初级工)": re.compile(r"五级|初级(?!职称|专业|评委)"),
    "四级(中级工)": re.compile(r"四级|中级(?!职称|专业|评委)"),
    "三级(高级工)": re.compile(r"三级|高级(?!技师|工程师|职称|专业|评委)"),
    "二级(技师)": re.compile(r"二级|(?<!高级)(?<!首席)技师(?!学院)"),
    "一级(高级技师)": re.compile(r"一级|高级技师"),
}
_LISTED = re.compile(r"\d[\d.,]*\s*万?元")


def levels_in(text: str) -> tuple[str, ...]:
    """The levels that a text names, from the lowest."""
    folded = fold(text)
    return tuple(name for name, spelt in _LEVELS.items() if spelt.search(folded))


def missing_level(asked: str, clause: str) -> str | None:
    """The level asked for where a clause has sums for several levels, but none for this one."""
    wanted, listed = levels_in(asked), levels_in(clause)
    has_list = len(listed) >= 2 and len(_LISTED.findall(clause)) >= len(listed)
    if not wanted or not has_list or set(wanted) & set(listed):
        return None
    return wanted[0]

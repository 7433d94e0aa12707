"""Levels of vocational skill (职业技能等级): their numbers, their names, how a text names them.

《国家职业技能标准编制技术规程(2018年版)》 has five, of which 五级 is the lowest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TITLE_FOLLOWS = "职称|专业|评委"  # levels of professional titles, which are others


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """One level: ``四级`` heads a column, ``中级`` is what people say; ``spelt`` finds either."""

    number: str
    name: str
    spelt: re.Pattern[str]

    @property
    def title(self) -> str:
        """Both, as 四级(中级)."""
        return f"{self.number}({self.name})"


LEVELS = (
    SkillLevel("五级", "初级", re.compile(rf"五级|初级(?!{_TITLE_FOLLOWS})")),
    SkillLevel("四级", "中级", re.compile(rf"四级|中级(?!{_TITLE_FOLLOWS})")),
    SkillLevel("三级", "高级", re.compile(rf"三级|高级(?!技师|工程师|{_TITLE_FOLLOWS})")),
    SkillLevel("二级", "技师", re.compile(r"二级|(?<!高级)(?<!首席)技师(?!学院)")),
    SkillLevel("一级", "高级技师", re.compile(r"一级(?!以)|高级技师")),
)
"""The lowest first."""

LEVEL_BY_NAME = {level.name: level for level in LEVELS}


def levels_in(text: str) -> tuple[SkillLevel, ...]:
    """The levels that a text names, from the lowest."""
    return tuple(level for level in LEVELS if level.spelt.search(text))

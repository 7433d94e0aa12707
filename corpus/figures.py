"""Figures in a text: their value however they are written, and what they count.

三万元, 3万元 and 30,000元 are one figure; 2019年4月2日 is a run of three, which belong together.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from corpus.document_number import chinese_to_int

_DIGITS = "〇零一二两三四五六七八九十百千万亿"
_SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
ARABIC = re.compile(r"(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?\s*([百千万]?亿|[百千]万|[百千万])?")
CHINESE = re.compile(rf"[{_DIGITS}]+")
NUMBER = (
    r"(?:\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{1,8}|半)"
    r"(?:\s?个?[百千万亿]{1,2})?"
)
"""A pattern for one number as people say it, with its powers of ten: 1.2个亿, 半."""
_UNITS = (
    "% ‰ 个百分点 美元 元 块 周岁 岁 倍 次 批 人次 人 名 位 家 户 项 条 款 级 届 期 门 类 种 亩 所"
    " 处 场 台 套 件 份 页 折 成 章 节 部分 公里 平方米 米 个"
    " 年度 年级 年 月 日 号 天 周 星期 个星期 季度 个季度 个月 个自然月 工作日 个工作日 分钟"
    " 小时 个小时 学时 个学时 课时 个课时 学期 个学期 学年 个学年"
)
_UNIT = "|".join(sorted(map(re.escape, _UNITS.split()), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<ordinal>第\s*[(]?)?(?P<percent>百分之)?"
    rf"(?:(?P<arabic>{ARABIC.pattern})|(?P<chinese>[{_DIGITS}]+)|(?P<half>半(?={_UNIT})))"
    rf"(?(ordinal)[)]?)\s*[余多]?(?P<unit>{_UNIT})?"
)
_BETWEEN = re.compile(r"\s*(?:[—\-–~至到、或和]|——)\s*")  # 2019—2021年, 3至5年


# The last of these in the words before a figure limits it, or what follows it at once.
_LIMIT_BEFORE = re.compile(
    r"(?P<most>不[得能应]?(?:超过|超出|高于|多于|大于)|至多|最[高多大]|上限|封顶)"
    r"|(?P<least>不[得能应]?(?:低于|少于|小于)|至少|最[低少]|下限)"
    r"|(?P<below>[未不]满|不足|未达|少于|低于|小于)"
    r"|(?P<above>超过|超出|高于|多于|大于)"
)
_LIMIT_BEHIND = re.compile(r"\s*(?:(?P<least>及?以上)|(?P<most>及?以[下内]|之?内))")
_REACH = 10  # characters; 最高给予企业500万元
_CLAUSE_END = re.compile(r"[,;:。、！？!?()\n]")


class Limit(StrEnum):
    """How a figure bounds what it measures."""

    NONE = ""
    LEAST = "least"
    MOST = "most"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` of ``unit`` (empty where none follows); 第三条 is the ordinal 3 of 条.

    不低于4000元 and 4000元以上 have the limit ``LEAST``.
    """

    value: Decimal
    unit: str
    is_ordinal: bool = False
    limit: Limit = Limit.NONE

    def agrees(self, other: Figure) -> bool:
        """Whether ``other`` states this figure; one that names no unit may count anything."""
        return self.unit in ("", other.unit) and self == replace(other, unit=self.unit)


Run = tuple[Figure, ...]


def folded(text: str) -> str:
    """Full-width digits as plain ones; a full-width comma parts sentences, not thousands."""
    return unicodedata.normalize("NFKC", text.replace("，", ";"))


def figures_in(text: str) -> list[Run]:
    """Figures in order, those that follow one another without a gap together.

    A Chinese numeral of one character without a unit (统一, 一般) is no figure.
    """
    text = folded(text)
    found = list(_found(text))
    runs: list[list[Figure]] = []
    last_end = -1
    for at, (start, end, figure) in enumerate(found):
        follower = found[at + 1] if at + 1 < len(found) else None
        shared = follower is not None and _BETWEEN.fullmatch(text, end, follower[0])
        unit = follower[2].unit if follower and shared and not figure.unit else figure.unit
        if start == last_end and runs:
            runs[-1].append(replace(figure, unit=unit))
        else:
            runs.append([replace(figure, unit=unit)])
        last_end = end
    return [tuple(run) for run in runs]


def _found(text: str) -> Iterator[tuple[int, int, Figure]]:
    for hit in _FIGURE.finditer(text):
        unit = "%" if hit["percent"] else hit["unit"] or ""
        if hit["half"]:
            value = Decimal("0.5")
        elif hit["chinese"]:
            if len(hit["chinese"]) == 1 and not unit and not hit["ordinal"]:
                continue
            value = chinese_value(hit["chinese"])
        else:
            number = ARABIC.fullmatch(hit["arabic"])
            assert number is not None
            value = arabic_value(number)
        is_ordinal = hit["ordinal"] is not None
        yield hit.start(), hit.end(), Figure(value, unit, is_ordinal, _limit(text, hit))


def _limit(text: str, hit: re.Match[str]) -> Limit:
    if behind := _LIMIT_BEHIND.match(text, hit.end()):
        return Limit(behind.lastgroup or "")
    before = _CLAUSE_END.split(text[max(0, hit.start() - _REACH) : hit.start()])[-1]
    limits = [found.lastgroup for found in _LIMIT_BEFORE.finditer(before)]
    return Limit(limits[-1] or "") if limits else Limit.NONE


def states(shown: list[Run], run: Run) -> bool:
    """Whether the figures of ``run`` stand in ``shown``, together and in that order."""
    return any(
        all(ours.agrees(theirs) for ours, theirs in zip(run, other[at:], strict=False))
        for other in shown
        for at in range(len(other) - len(run) + 1)
    )


def arabic_value(hit: re.Match[str]) -> Decimal:
    """Value of a match of ``ARABIC``: ``1.5万`` is 15,000."""
    value = Decimal(hit[1].replace(",", "") + (hit[2] or ""))
    for scale in hit[3] or "":
        value *= _SCALES[scale]
    return value.normalize()


def chinese_value(numeral: str) -> Decimal:
    """三万五千 is 35,000; 二〇三〇 is 2030."""
    if len(numeral) > 1 and not re.search("[十百千万亿]", numeral):
        digits = "".join(str(chinese_to_int(character)) for character in numeral)
        return Decimal(digits).normalize()
    total, section, digit = 0, 0, 0
    for character in numeral:
        if character in "万亿":
            section = (section + digit or 1) * _SCALES[character]
            total = (total or 1) * section if total and character == "亿" else total + section
            section, digit = 0, 0
        elif character in "十百千":
            section += (digit or 1) * chinese_to_int(character)
            digit = 0
        else:
            digit = chinese_to_int(character)
    return Decimal(total + section + digit).normalize()


def number_of(words: str) -> float:
    """The value of a number as :data:`NUMBER` matches it: 5万 is 50000, 1.2个亿 is 120000000.

    Raises:
        ValueError: it is not one.
    """
    compact = re.sub(r"\s?个?(?=[百千万亿])", "", folded(words).strip())
    if hit := ARABIC.fullmatch(compact):
        return float(arabic_value(hit))
    if hit := re.fullmatch("半([百千万亿]*)", compact):
        return float(math.prod((_SCALES[scale] for scale in hit[1]), start=0.5))
    if CHINESE.fullmatch(compact):
        return float(chinese_value(compact))
    raise ValueError(f"not a number: {words!r}")


def numbers_in(text: str) -> frozenset[float]:
    """All numbers that a text states; 20万 states 20 as well, as in 20、10万元."""
    found = set()
    for hit in re.finditer(NUMBER, text):
        found.add(number_of(hit[0]))
        bare = re.match(r"[\d,.]+|[零〇一二两三四五六七八九十百千]+|半", hit[0])
        if bare is not None:
            found.add(number_of(bare[0]))
    return frozenset(found)

"""The numbering grammar of Chinese statutes and official documents.

Statutes: 章 > 节 > 条 > 款 > 项 (立法法, art. 61 (2015); 款 are unnumbered paragraphs).
Official documents: 一、 > (一) > 1. > (1) (GB/T 9704-2012, 7.3.3), and ① below it.

A marker counts only at the beginning of a line. ``第十二条规定`` inside or at the head of a
sentence is a cross-reference: an article number that opens an article is followed by a blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from corpus.document_number import chinese_to_int

_NUMERAL = "[一二三四五六七八九十百零〇]{1,6}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class Level(IntEnum):
    """Rank of a numbered unit, outermost first."""

    CHAPTER = 1
    SECTION = 2
    ARTICLE = 3
    IDEOGRAPHIC = 4  # 一、
    BRACKETED_IDEOGRAPHIC = 5  # (一)
    ARABIC = 6  # 1.
    BRACKETED_ARABIC = 7  # (1)
    CIRCLED = 8  # ①


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at the head of a line.

    ``length`` counts the characters up to the first word, list mark and blanks included; ``path``
    is the canonical element of a provision's path and ``label`` the same with its punctuation.
    """

    level: Level
    number: int
    length: int
    path: str
    label: str


_LIST_MARK = r"(?:- +)?(?:\*\*)?"
_PATTERNS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (Level.CHAPTER, re.compile(rf"{_LIST_MARK}第({_NUMERAL})章(?:\s+|(?=\*\*)|$)")),
    (Level.SECTION, re.compile(rf"{_LIST_MARK}第({_NUMERAL})节(?:\s+|(?=\*\*)|$)")),
    (Level.ARTICLE, re.compile(rf"{_LIST_MARK}第({_NUMERAL}|\d{{1,3}})条(?:\s+|(?=\*\*)|$)")),
    (Level.IDEOGRAPHIC, re.compile(rf"{_LIST_MARK}({_NUMERAL})、\s*")),
    (Level.BRACKETED_IDEOGRAPHIC, re.compile(rf"{_LIST_MARK}[(（]({_NUMERAL})[)）]、?\s*")),
    (Level.ARABIC, re.compile(rf"{_LIST_MARK}(\d{{1,3}})(?:[.．](?!\d)|、)\s*")),
    (Level.BRACKETED_ARABIC, re.compile(rf"{_LIST_MARK}[(（](\d{{1,2}})[)）]\s*")),
    (Level.CIRCLED, re.compile(rf"{_LIST_MARK}([{_CIRCLED}])\s*")),
)


_PATH_FORMS = {
    Level.CHAPTER: "第{}章",
    Level.SECTION: "第{}节",
    Level.ARTICLE: "第{}条",
    Level.BRACKETED_IDEOGRAPHIC: "({})",
    Level.BRACKETED_ARABIC: "({})",
}
_LABEL_ENDS = {Level.IDEOGRAPHIC: "、", Level.ARABIC: "."}


def _spell(level: Level, numeral: str) -> tuple[str, str]:
    """Path element and label of a number as officials cite it."""
    path = _PATH_FORMS.get(level, "{}").format(numeral)
    return path, path + _LABEL_ENDS.get(level, "")


def read_marker(line: str) -> Marker | None:
    """The number that opens ``line``, or None."""
    for level, pattern in _PATTERNS:
        if hit := pattern.match(line):
            numeral = hit[1]
            number = (
                _CIRCLED.index(numeral) + 1 if level is Level.CIRCLED else chinese_to_int(numeral)
            )
            path, label = _spell(level, numeral)
            return Marker(level, number, hit.end(), path, label)
    return None


_SENTENCE_END = re.compile(r"[。；;：:]")
HEADING_LIMIT = 48
"""A longer run without a full stop is a sentence, not a heading (characters)."""


def heading_of(text: str, level: Level) -> str:
    """The leading phrase that names a numbered unit: ``健全完善用人制度`` of ``…制度。健全…``.

    A unit whose whole text is one short phrase without a full stop is all heading. The first
    sentence of an article is its rule, not its heading; list items that are one sentence have
    none either.
    """
    end = text.find("。")
    if end < 0:
        is_phrase = len(text) <= HEADING_LIMIT and not _SENTENCE_END.search(text[-1:])
        return text if is_phrase else ""
    if level is Level.ARTICLE:
        return ""
    if end == len(text) - 1 and level not in (Level.IDEOGRAPHIC, Level.BRACKETED_IDEOGRAPHIC):
        return ""
    if end == len(text) - 1 and ("," in text or "，" in text):
        return ""
    return text[:end] if end <= HEADING_LIMIT else ""

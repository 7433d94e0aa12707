"""The numbering grammar of Chinese statutes and official documents.

Statutes: 编 > 分编 > 章 > 节 > 条 > 款 > 项 (立法法, art. 65 (2023); 款 are unnumbered).
Official documents: 一、 > (一) > 1. > (1) (GB/T 9704-2012, 7.3.3), and ① below it.

A marker counts only at the beginning of a line. ``第十二条规定`` inside or at the head of a
sentence is a cross-reference: an article number that opens an article is followed by a blank, or
at least not by a word that goes on from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from corpus.document_number import chinese_to_int

_NUMERAL = "[一二三四五六七八九十百千零〇]{1,8}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ENCLOSED_IDEOGRAPHS = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
_ENCLOSED_DIGITS = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"


class Level(IntEnum):
    """Rank of a numbered unit, outermost first."""

    BOOK = 1  # 第一编
    SUBDIVISION = 2  # 第一分编
    CHAPTER = 3
    SECTION = 4
    ARTICLE = 5
    IDEOGRAPHIC = 6  # 一、
    BRACKETED_IDEOGRAPHIC = 7  # (一)
    STEP = 8  # 第一步:
    ARABIC = 9  # 1.
    BRACKETED_ARABIC = 10  # (1)
    CIRCLED = 11  # ①


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at the head of a line.

    ``length`` counts the characters up to the first word, list mark and blanks included; ``path``
    is the canonical element of a provision's path and ``label`` the same with its punctuation.
    ``inserted`` is 1 for 第十七条之一, which an amendment put in after 第十七条.
    """

    level: Level
    number: int
    length: int
    path: str
    label: str
    inserted: int = 0


_LIST_MARK = r"(?:- +)?(?:\*\*)?"
_ENDS = r"(?:\s+|(?=\*\*)|$)"
# Where no blank follows an article number, these words tell that it is only referred to.
_REFERRED_TO = (
    r"(?!规定|所|的|第|和|、|[,，。;；:：)）》”]|至|或|及|与|之|以|内|中|款|项|执行|办理|要求|处理|给予|予以"
    r"|进行|关于|修改|增加|删|前|后|原|但书|已|应当|明确|列|适用|指|分别|相|同)"
)
_PATTERNS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (Level.BOOK, re.compile(rf"{_LIST_MARK}第({_NUMERAL})编{_ENDS}")),
    (Level.SUBDIVISION, re.compile(rf"{_LIST_MARK}第({_NUMERAL})分编{_ENDS}")),
    (Level.CHAPTER, re.compile(rf"{_LIST_MARK}第({_NUMERAL})章{_ENDS}")),
    (Level.SECTION, re.compile(rf"{_LIST_MARK}第({_NUMERAL})节{_ENDS}")),
    (
        Level.ARTICLE,
        re.compile(
            rf"{_LIST_MARK}第\s?({_NUMERAL}|\d{{1,4}})\s?条(?:之([一二三四五六七八九十]{{1,2}}))?"
            rf"(?:{_ENDS}|{_REFERRED_TO})"
        ),
    ),
    (Level.IDEOGRAPHIC, re.compile(rf"{_LIST_MARK}({_NUMERAL})、\s*")),
    (Level.BRACKETED_IDEOGRAPHIC, re.compile(rf"{_LIST_MARK}[(（]({_NUMERAL})[)）]、?\s*")),
    (Level.BRACKETED_IDEOGRAPHIC, re.compile(rf"{_LIST_MARK}([{_ENCLOSED_IDEOGRAPHS}])\s*")),
    (Level.STEP, re.compile(rf"{_LIST_MARK}(第[一二三四五六七八九十]{{1,2}}[步类种])[:：]\s*")),
    (Level.ARABIC, re.compile(rf"{_LIST_MARK}(\d{{1,3}})(?:[.．](?!\d)|、)\s*")),
    (Level.BRACKETED_ARABIC, re.compile(rf"{_LIST_MARK}[(（](\d{{1,2}})[)）]\s*")),
    (Level.BRACKETED_ARABIC, re.compile(rf"{_LIST_MARK}([{_ENCLOSED_DIGITS}])\s*")),
    (Level.CIRCLED, re.compile(rf"{_LIST_MARK}([{_CIRCLED}])\s*")),
)
_MAY_OPEN = re.compile(
    rf"[-*第(（\d一二三四五六七八九十百千零〇{_CIRCLED}{_ENCLOSED_IDEOGRAPHS}{_ENCLOSED_DIGITS}]"
)


_PATH_FORMS = {
    Level.BOOK: "第{}编",
    Level.SUBDIVISION: "第{}分编",
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


def _value(numeral: str) -> tuple[int, str]:
    """Number and plain numeral: ``㈢`` is 3 and 三; ``第二步`` is 2."""
    if numeral.startswith("第"):
        return chinese_to_int(numeral[1:-1]), numeral
    for signs, plain in (
        (_CIRCLED, None),
        (_ENCLOSED_IDEOGRAPHS, "一二三四五六七八九十"),
        (_ENCLOSED_DIGITS, None),
    ):
        if numeral in signs:
            at = signs.index(numeral)
            if plain:
                return at + 1, plain[at]
            return at + 1, numeral if signs is _CIRCLED else str(at + 1)
    return chinese_to_int(numeral), numeral


def read_marker(line: str) -> Marker | None:
    """The number that opens ``line``, or None."""
    if not _MAY_OPEN.match(line):
        return None
    for level, pattern in _PATTERNS:
        if hit := pattern.match(line):
            number, numeral = _value(hit[1])
            path, label = _spell(level, numeral)
            inserted = hit[2] if level is Level.ARTICLE else None
            if inserted:
                path, label = f"{path}之{inserted}", f"{label}之{inserted}"
            return Marker(
                level, number, hit.end(), path, label, chinese_to_int(inserted) if inserted else 0
            )
    return None


HEADING_LIMIT = 48
"""A longer run without a full stop is a sentence, not a heading (characters)."""
_LONGEST_ARTICLE_TITLE = 20
_LONGEST_LEAD = 36  # characters of a first sentence that names what follows
_LEFT_TO_FILL_IN = re.compile(r"[□☐_]|[(（]\s*[)）]")
_ASIDE = re.compile(r"[(（][^()（）]*(?:下同|以下简称|以下统称|含)[^()（）]*[)）]$")
# Who must do what: a rule, not the name of one.
_RULE = re.compile(
    r"^本(?:意见|办法|通知|规定|方案|实施|条例|细则)|^(?:其中|凡)|自.{2,20}起(?:施行|实施|执行)"
    r"|的[,，]?(?:可|应|须|由|不得|一律|方可|工资|当年)|应当|必须|不得|原则上|按规定|按照规定|\d元|分为"
    r"|(?:各级|各地|各州|各企业|各院校|各单位|部门|单位|企业|机构|组织|院校|学校|个人|人员|委员会|[厅局委办省州市县)）])"
    r"(?:要|应|须|可以|可按|负责|均)|专项用于|用于.+(?:补助|支出)"
)


def heading_of(text: str, level: Level) -> str:
    """The leading phrase that names a numbered unit: ``健全完善用人制度`` of ``…制度。健全…``.

    A unit whose whole text is one short phrase is all heading, with a full stop only if something
    hangs below it (the caller knows). The first sentence of an article is its rule, not its
    heading, and so is any sentence that says who must do what.
    """
    end = text.find("。")
    lead = text if end < 0 else text[:end]
    if level is Level.ARTICLE and (end >= 0 or len(text) > _LONGEST_ARTICLE_TITLE):
        return ""
    if _LEFT_TO_FILL_IN.search(lead) or lead[-1:] in "；;：:":
        return ""
    if end < 0:
        return _ASIDE.sub("", text) if len(text) <= HEADING_LIMIT else ""
    if len(lead) > (_LONGEST_LEAD if end < len(text) - 1 else HEADING_LIMIT) or _RULE.search(lead):
        return ""
    return _ASIDE.sub("", lead)

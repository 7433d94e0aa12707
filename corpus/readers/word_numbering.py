"""The numbers that Word counts by itself and shows before paragraphs (ECMA-376 part 1, 17.9).

Word keeps ``一、`` and ``第一条`` of numbered lists apart from the text. They are counted here as
Word counts them, since a clause is cited by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

from corpus.document_number import int_to_chinese

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_DEEPEST = 9
_HIGHEST = 32_767  # to which Word counts


@dataclass(frozen=True)
class _Level:
    """How one level of a list is numbered. ``restarts_after`` counts levels from 1; 0: never."""

    form: str
    text: str
    suffix: str
    start: int
    restarts_after: int
    is_legal: bool
    style: str | None


class Styles:
    """The styles of a document."""

    def __init__(self, root: etree._Element | None) -> None:
        found = [] if root is None else root.iter(qn("w:style"))
        self._by_id = {style.get(qn("w:styleId")) or "": style for style in found}

    def chain(self, properties: etree._Element | None) -> list[tuple[str, etree._Element]]:
        """Name and properties of a paragraph's style and of those that it is based on."""
        name = value_of(properties, "w:pStyle") if properties is not None else None
        chain: list[tuple[str, etree._Element]] = []
        while name is not None and name in self._by_id and len(chain) < _DEEPEST:
            style = self._by_id[name]
            own = style.find(qn("w:pPr"))
            if own is not None:
                chain.append((name, own))
            name = value_of(style, "w:basedOn")
        return chain

    def list_style(self, name: str) -> etree._Element | None:
        """The paragraph properties of a style, in which a list style names its list."""
        style = self._by_id.get(name)
        return None if style is None else style.find(qn("w:pPr"))


class ListCounter:
    """Counts the numbered paragraphs of a document, which must be given in order."""

    def __init__(self, numbering: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._begun: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read(numbering)

    def number(self, paragraph: etree._Element) -> str:
        """The number that Word shows before the paragraph; empty if it shows none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        list_id, depth = place
        abstract = self._lists.get(list_id, "")
        level = self._levels.get(abstract, {}).get(depth)
        if level is None:
            return ""
        start = level.start
        if (list_id, depth) in self._starts and (list_id, depth) not in self._begun:
            start = self._starts[list_id, depth]
            self._counts.pop((abstract, depth), None)
        self._begun.add((list_id, depth))
        self._counts[abstract, depth] = self._counts.get((abstract, depth), start - 1) + 1
        for deeper, below in self._levels[abstract].items():
            if deeper > depth and depth < below.restarts_after:
                self._counts.pop((abstract, deeper), None)
        return self._shown(abstract, level, depth)

    def _shown(self, abstract: str, level: _Level, depth: int) -> str:
        if level.form == "bullet":
            return ""
        text = level.text
        for at in range(depth + 1):
            upper = self._levels[abstract].get(at)
            if upper is not None and f"%{at + 1}" in text:
                count = self._counts.get((abstract, at), upper.start)
                form = "decimal" if level.is_legal else upper.form
                text = text.replace(f"%{at + 1}", spelt(form, count))
        # After ``一、`` and ``(一)`` Chinese text follows at once, whatever Word sets between.
        return (
            f"{text} " if text and level.suffix != "nothing" and text[-1] not in "、)）" else text
        )

    def _read(self, numbering: etree._Element) -> None:
        linked: dict[str, str] = {}
        for abstract in numbering.iter(qn("w:abstractNum")):
            name = abstract.get(qn("w:abstractNumId")) or ""
            self._levels[name] = {_depth(e): _level(e) for e in abstract.findall(qn("w:lvl"))}
            link = value_of(abstract, "w:numStyleLink")
            if link:
                linked[name] = link
        for item in numbering.iter(qn("w:num")):
            list_id = item.get(qn("w:numId")) or ""
            self._lists[list_id] = value_of(item, "w:abstractNumId") or ""
            for override in item.findall(qn("w:lvlOverride")):
                start = value_of(override, "w:startOverride")
                if start is not None:
                    self._starts[list_id, _depth(override)] = int(start)
        for name, style in linked.items():
            target = _list_of(self._styles.list_style(style))
            if target is not None:
                same = self._lists.get(target[0], "")
                self._levels[name] = self._levels.get(same, {})

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """List and level of a paragraph, by itself or by its style."""
        own = paragraph.find(qn("w:pPr"))
        found = _list_of(own)
        style: str | None = None
        if found is None:
            by_style = ((name, _list_of(holder)) for name, holder in self._styles.chain(own))
            style, found = next((item for item in by_style if item[1]), (None, None))
        if found is None or found[0] == "0":
            return None
        list_id, depth = found
        if depth is None:
            levels = self._levels.get(self._lists.get(list_id, ""), {})
            depth = next((at for at, level in levels.items() if style and level.style == style), 0)
        return list_id, depth


def value_of(element: etree._Element, child: str) -> str | None:
    """The ``w:val`` of a child element."""
    found = element.find(qn(child))
    return None if found is None else found.get(qn("w:val"))


def spelt(form: str, count: int) -> str:
    """A number as Word spells it in one of its number formats."""
    if form == "none":
        return ""
    if not 0 <= count <= _HIGHEST:
        return str(count)
    if form in _CHINESE_FORMS:
        return int_to_chinese(count)
    return _FORMS.get(form, str)(count)


def _from_row(signs: str) -> Callable[[int], str]:
    """Signs in order; beyond their end the figure stands, as in Word."""
    return lambda count: signs[count - 1] if 0 < count <= len(signs) else str(count)


def _letters(count: int) -> str:
    """A to z, then aa, bb: Word repeats the letter."""
    times, at = divmod(count - 1, 26)
    return chr(ord("a") + at) * (times + 1)


def _roman(count: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (count // value)
        count %= value
    return text


_CHINESE_FORMS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographDigital", "japaneseDigitalTenThousand",
}  # fmt: skip
_CIRCLED = _from_row("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_FORMS: Mapping[str, Callable[[int], str]] = {
    "chineseLegalSimplified": lambda count: int_to_chinese(count).translate(_LEGAL),
    "ideographTraditional": _from_row(_STEMS),
    "ideographZodiac": _from_row(_BRANCHES),
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _from_row("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _from_row("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "ideographEnclosedCircle": _from_row("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalZero": lambda count: f"{count:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": lambda count: _roman(count).lower(),
    "upperRoman": _roman,
}


def _depth(element: etree._Element) -> int:
    return int(element.get(qn("w:ilvl")) or 0)


def _level(element: etree._Element) -> _Level:
    restart = value_of(element, "w:lvlRestart")
    legal = element.find(qn("w:isLgl"))
    return _Level(
        form=value_of(element, "w:numFmt") or "decimal",
        text=value_of(element, "w:lvlText") or "",
        suffix=value_of(element, "w:suff") or "tab",
        start=int(value_of(element, "w:start") or 0),
        restarts_after=_depth(element) if restart is None else int(restart),
        is_legal=legal is not None and legal.get(qn("w:val")) not in ("0", "false"),
        style=value_of(element, "w:pStyle"),
    )


def _list_of(properties: etree._Element | None) -> tuple[str, int | None] | None:
    """List and level that paragraph properties name."""
    found = properties.find(qn("w:numPr")) if properties is not None else None
    list_id = value_of(found, "w:numId") if found is not None else None
    if found is None or list_id is None:
        return None
    depth = value_of(found, "w:ilvl")
    return list_id, None if depth is None else int(depth)

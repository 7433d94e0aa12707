"""The fonts of a PDF page: what their codes mean and how wide they are set.

pypdf decodes the strings. Its own text extraction can't be used for the rest: it runs together
strings of one line, cells of a table among them, and puts blanks between stretched characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    StreamObject,
)

from corpus.readers.half_characters import without_half_characters

_LINE = 1000.0  # points from string to string when they are decoded one below the other


def ems_of(text: str) -> float:
    """About how wide text is: East Asian characters as wide as high, others half as wide."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def decoded(
    resources: DictionaryObject, strings: Iterable[tuple[str, bytes]]
) -> dict[tuple[str, bytes], str]:
    """The text of strings, each given with the name of its font.

    They are set one below the other on a page of their own, so that the place at which pypdf
    reports a text tells which string it belongs to.
    """
    wanted = list(dict.fromkeys(strings))
    operations: list[tuple[list[Any], bytes]] = []
    for index, (font, codes) in enumerate(wanted):
        place = [FloatObject(value) for value in (1, 0, 0, 1, 0, -_LINE * (index + 1))]
        operations += [
            ([], b"BT"),
            ([NameObject(font), FloatObject(1)], b"Tf"),
            (place, b"Tm"),
            ([ByteStringObject(codes)], b"Tj"),
            ([], b"ET"),
        ]
    texts = [""] * len(wanted)

    def on_text(text: str, _cm: object, matrix: Sequence[float], *_: object) -> None:
        index = round(-matrix[5] / _LINE) - 1
        if 0 <= index < len(texts):
            texts[index] += text

    script = ContentStream(None, None)
    script.operations = operations
    page = PageObject()
    page[NameObject("/Resources")] = _decodable(resources)
    page[NameObject("/Contents")] = script
    page.extract_text(visitor_text=on_text)
    return dict(zip(wanted, (plain(text) for text in texts), strict=True))


def _decodable(resources: DictionaryObject) -> DictionaryObject:
    """Resources with which pypdf reads codes of two bytes where a font brings its own map.

    pypdf knows the maps that go by a name; it takes the codes of another one for single bytes.
    """
    found: Any = resources.get("/Font", DictionaryObject()).get_object()
    fonts = DictionaryObject()
    for name, entry in found.items():
        font = entry.get_object()
        if isinstance(font, DictionaryObject) and _own_map(font) is not None:
            font = DictionaryObject(font)
            font[NameObject("/Encoding")] = NameObject("/Identity-H")
        fonts[NameObject(name)] = font
    return DictionaryObject({NameObject("/Font"): fonts})


def _own_map(font: DictionaryObject) -> StreamObject | None:
    """The character map that a font brings along, if it doesn't name a common one."""
    if font.get("/Subtype") != "/Type0":
        return None
    encoding = font.get("/Encoding", NullObject()).get_object()
    return encoding if isinstance(encoding, StreamObject) else None


# Fonts show some radicals and characters by the same letter; a PDF may name either of the two
# (Unicode's EquivalentUnifiedIdeograph.txt, those that are characters of a text).
_RADICALS = str.maketrans(
    "⺎⺐⺒⺓⺛⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻱⻳",
    "兀尢巳幺旡母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龜龟",
)
_LOOKALIKE = re.compile(
    "[\u2e80-\u2fdf\uf900-\ufad9\ufb00-\ufb06]"
)  # radicals, variants, ligatures
_CONTROL = re.compile(r"[\x00-\x08\n-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Radicals that fonts put for the characters they look like (⽅ for 方) made characters."""
    text = without_half_characters(_CONTROL.sub("", text)).translate(_RADICALS)
    return _LOOKALIKE.sub(lambda hit: unicodedata.normalize("NFKC", hit[0]), text)


class FontWidths:
    """Widths of the codes of one font, in ems."""

    def __init__(self, font: DictionaryObject) -> None:
        self._is_composite = font.get("/Subtype") == "/Type0"
        self._unit = 0.001
        self._widths: Mapping[int, float] = {}
        self._other: float | None = None
        if self._is_composite:
            descendants = _array(font, "/DescendantFonts") or [DictionaryObject()]
            descendant: Any = descendants[0].get_object()
            widths = _composite_widths(_array(descendant, "/W"))
            other = _number(descendant.get("/DW"), 1000)
            own_map = _own_map(font)
            if own_map is not None:
                numbers = _numbers_of_codes(own_map.get_data())
                self._widths = {code: widths.get(cid, other) for code, cid in numbers.items()}
                self._other = other
            elif str(font.get("/Encoding", "")).startswith("/Identity"):
                self._widths, self._other = widths, other
        elif "/Widths" in font:
            first = int(_number(font.get("/FirstChar"), 0))
            entries = enumerate(_array(font, "/Widths"), start=first)
            self._widths = {code: _number(width, 0) for code, width in entries}
            self._other = 0
            if font.get("/Subtype") == "/Type3":
                self._unit = abs(_number([*_array(font, "/FontMatrix"), 0.001][0], 0.001))

    def glyphs(self, codes: bytes, text: str) -> int:
        """How many glyphs a string sets."""
        if not self._is_composite:
            return len(codes)
        return len(text) if self._other is None else len(codes) // 2

    def advance(self, codes: bytes, text: str) -> float:
        """How wide a string is; from its text where only a character map could tell."""
        if self._other is None:
            return ems_of(text)
        size = 2 if self._is_composite else 1
        numbers = (
            int.from_bytes(codes[at : at + size], "big")
            for at in range(0, len(codes) - size + 1, size)
        )
        return sum(self._widths.get(number, self._other) for number in numbers) * self._unit


def fonts_of(resources: DictionaryObject) -> dict[str, FontWidths]:
    """The fonts that a page or form may use, by name."""
    found: Any = resources.get("/Font", DictionaryObject()).get_object()
    fonts = {str(name): entry.get_object() for name, entry in found.items()}
    return {
        name: FontWidths(font) for name, font in fonts.items() if isinstance(font, DictionaryObject)
    }


def _array(holder: DictionaryObject, key: str) -> Sequence[Any]:
    found: Any = holder.get(key, ArrayObject()).get_object()
    return found if isinstance(found, ArrayObject) else ArrayObject()


def _number(value: object, default: float) -> float:
    value = value.get_object() if hasattr(value, "get_object") else value
    return float(value) if isinstance(value, int | float) else default


def _composite_widths(entries: Sequence[Any]) -> dict[int, float]:
    """``first [w w w]`` and ``first last w`` (ISO 32000-1, 9.7.4.3) as one mapping."""
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(entries):
        first, second = int(_number(entries[at], 0)), entries[at + 1].get_object()
        if isinstance(second, list):
            widths.update({first + i: _number(width, 1000) for i, width in enumerate(second)})
            at += 2
        elif at + 2 < len(entries):
            last = min(int(second), 0xFFFF)
            codes = range(max(first, 0), last + 1)
            widths.update(dict.fromkeys(codes, _number(entries[at + 2], 1000)))
            at += 3
        else:
            break
    return widths


def _numbers_of_codes(character_map: bytes) -> dict[int, int]:
    """Glyph numbers (CIDs) by code: ``<0001> 34`` and, for ranges, ``<0001> <0009> 34``."""
    numbers: dict[int, int] = {}
    entry = re.compile(rb"<([0-9A-Fa-f]{1,4})>\s*(?:<([0-9A-Fa-f]{1,4})>\s*)?(\d{1,5})\b")
    for hit in entry.finditer(character_map):
        first, number = int(hit[1], 16), int(hit[3])
        last = int(hit[2] or hit[1], 16)
        numbers.update({code: number + code - first for code in range(first, last + 1)})
    return numbers

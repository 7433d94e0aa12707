"""Plain text, and the lines of any text with their place in the source."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.model import Erratum, Span
from corpus.readers.reading import Reading, ReadingError

_ENCODINGS = ("utf-8", "gb18030")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")  # control characters that no text has
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_text(content: bytes) -> Reading:
    """Text in UTF-8, UTF-16 with a byte order mark, or GB 18030 (GBK, GB 2312 included).

    Raises:
        ReadingError: it is in none of these.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], (encoding,))
    return _decoded(content, _ENCODINGS)


def _decoded(content: bytes, encodings: tuple[str, ...]) -> Reading:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _BINARY.search(text):
            break
        if not text.strip():
            raise ReadingError("文件是空的。请检查是否选对了文件。")
        return Reading(text)
    raise ReadingError("文件不是 UTF-8 或 GB18030 编码的文本。请转换编码后再试。")


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blank line without its surrounding blanks.

    ``text`` has misprints put right that are certain; ``span`` is where it is printed. ``number``
    counts from 1. ``after_gap`` tells that a blank line stands before it: every
    paragraph end and every page break of the scan is one. ``raw_end`` is where the line ends with
    its trailing tabs, which stand for empty table cells.
    """

    number: int
    span: Span
    text: str
    after_gap: bool
    raw_end: int

    @property
    def is_table_row(self) -> bool:
        """Table cells are separated by tabs; a heading row may have only trailing ones."""
        return "\t" in self.text or self.raw_end > self.span.end


def read_lines(text: str, errata: Sequence[Erratum] = ()) -> tuple[Line, ...]:
    """All non-blank lines of ``text``. Only U+000A ends a line, so offsets stay exact.

    ``errata`` are in order of place.
    """
    lines: list[Line] = []
    certain = [erratum for erratum in errata if erratum.certain]
    offset, gap = 0, True
    for number, raw in enumerate(text.split("\n"), start=1):
        content = raw.strip()
        if content:
            leading = len(raw) - len(raw.lstrip())
            # A blank first cell is a tab at the head of the line: keep it with the row.
            leading = 0 if "\t" in raw[:leading] else leading
            start, end = offset + leading, offset + len(raw.rstrip())
            tabs = len(raw.rstrip(" \r")) + offset
            span = Span(start, end)
            lines.append(Line(number, span, corrected(text, span, certain), gap, max(tabs, end)))
            gap = False
        else:
            gap = True
        offset += len(raw) + 1
    return tuple(lines)


def corrected(text: str, span: Span, errata: Sequence[Erratum]) -> str:
    """The characters of ``span`` with the right reading of each erratum that lies in it."""
    at = bisect_left(errata, span.start, key=lambda erratum: erratum.span.start)
    words, start = "", span.start
    while at < len(errata) and errata[at].span.end <= span.end:
        words += text[start : errata[at].span.start] + errata[at].reading
        start = errata[at].span.end
        at += 1
    return words + text[start : span.end]

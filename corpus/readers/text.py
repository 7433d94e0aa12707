"""Plain text (UTF-8): lines with their place in the source."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Span


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blank line without its surrounding blanks.

    ``number`` counts from 1. ``after_gap`` tells that a blank line stands before it: every
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


def read_lines(text: str) -> tuple[Line, ...]:
    """All non-blank lines of ``text``. Only U+000A ends a line, so offsets stay exact."""
    lines: list[Line] = []
    offset, gap = 0, True
    for number, raw in enumerate(text.split("\n"), start=1):
        content = raw.strip()
        if content:
            leading = len(raw) - len(raw.lstrip())
            # A blank first cell is a tab at the head of the line: keep it with the row.
            leading = 0 if "\t" in raw[:leading] else leading
            start, end = offset + leading, offset + len(raw.rstrip())
            tabs = len(raw.rstrip(" \r")) + offset
            lines.append(Line(number, Span(start, end), text[start:end], gap, max(tabs, end)))
            gap = False
        else:
            gap = True
        offset += len(raw) + 1
    return tuple(lines)

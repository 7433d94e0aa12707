"""The printed contents list (目录): titles, numbers, first pages, sections.

Entries come in four layouts: one line ``title number⇥(page)``; two lines ``title⇥`` /
``number⇥(page)``; title, blank line, ``number (page)``; a table ``title⇥(page)``. What they share
is that each entry ends in its page, and that a section heading carries no page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning import tidy_title
from corpus.document_number import DocumentNumber, find_all
from corpus.model import ContentsEntry, Furniture, Span
from corpus.readers.text import Line

_HEADING = re.compile(r"目\s*[录次]")
_PAGE = re.compile(r"[\s.…·]*[(（]?(\d{1,4})[)）]?$")
_SECTION = re.compile(r"([一二三四五六七八九十]+)、\S{2,30}$")
_RULE = re.compile(r"[-\s\t|]+$")


@dataclass(frozen=True, slots=True)
class Contents:
    """The list and where the body begins (index into the lines; 0 without a list)."""

    entries: tuple[ContentsEntry, ...]
    sections: tuple[str, ...]
    furniture: tuple[Furniture, ...]
    body_start: int


def read_contents(lines: Sequence[Line]) -> Contents:
    """Read the list if there is one. Everything before it is cover and preface.

    A list without pages is part of a document, not of a book.
    """
    heading = next((i for i, line in enumerate(lines) if _HEADING.fullmatch(line.text)), None)
    if heading is None:
        return Contents((), (), (), 0)
    entries: list[ContentsEntry] = []
    sections: list[str] = []
    pending: list[str] = []
    body_start = heading + 1
    for index in range(heading + 1, len(lines)):
        text = lines[index].text
        if _RULE.fullmatch(text):
            body_start = index + 1
        elif (page := _PAGE.search(text)) and (len(text) > len(page[0]) or pending):
            pending.append(text[: page.start()])
            last = entries[-1].page if entries else 0
            if int(page[1]) < last:  # pages run upwards: this is the body already
                break
            entries.append(_entry(pending, int(page[1]), sections))
            pending, body_start = [], index + 1
        elif _SECTION.fullmatch(text) and not pending:
            sections.append(text)
            body_start = index + 1
        else:
            pending.append(text)
            if len(pending) > 4:  # no entry is that long: the list has ended
                break
    if not entries:  # the list of chapters that a statute puts before its text
        return Contents((), (), (), 0)
    return Contents(
        tuple(entries), tuple(sections), _front_matter(lines, heading, body_start), body_start
    )


def _entry(pieces: Sequence[str], page: int, sections: Sequence[str]) -> ContentsEntry:
    text = "\n".join(pieces)
    numbers = find_all(text)
    doc_number: DocumentNumber | None = None
    if numbers and not text[numbers[-1][0].end :].strip():
        span, doc_number = numbers[-1]
        text = text[: span.start]
    return ContentsEntry(
        title=tidy_title(text.split("\n")),
        doc_number=str(doc_number) if doc_number else None,
        page=page,
        section=sections[-1] if sections else None,
    )


def _front_matter(lines: Sequence[Line], heading: int, body_start: int) -> tuple[Furniture, ...]:
    preface = next(
        (i for i in range(heading) if re.fullmatch(r"(?:前|序)\s*言?", lines[i].text)), heading
    )

    def kind(index: int) -> str:
        if index >= heading:
            return "contents"
        return "preface" if index >= preface else "cover"

    return tuple(
        Furniture(kind(i), Span(lines[i].span.start, lines[i].span.end)) for i in range(body_start)
    )

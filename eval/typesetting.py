"""A compilation set as a book in PDF, to be read back: what does the PDF path keep?

Running heads, page numbers, indented paragraphs that break over pages, centred titles, ruled
tables with merged section rows. Needs reportlab (installed with the test tools).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from corpus.cleaning import repairs_within
from corpus.model import Compilation, Document, ProvisionKind, Segment, Span

_FONT = "STSong-Light"
_TABLE_WIDTH = A4[0] - 150  # points
_NARROWEST_COLUMN, _WIDEST_COLUMN = 3, 40  # characters, in sharing out the width
_FIRST_NUMBER = 11  # printed on the first page, to tell printed numbers from counted ones
_RUNNING_HEAD_OF_EVEN_PAGES = "三、省级相关部门文件"


def _style(name: str, size: int, **layout: Any) -> ParagraphStyle:  # noqa: ANN401
    return ParagraphStyle(
        name, fontName=_FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK", **layout
    )


_STYLES = {
    "body": _style("body", 12, firstLineIndent=24),
    "flush": _style("flush", 12),
    "title": _style("title", 16, alignment=TA_CENTER),
    "centred": _style("centred", 12, alignment=TA_CENTER),
    "right": _style("right", 12, alignment=TA_RIGHT),
    "cell": _style("cell", 8),
}
_STYLE_OF_FIELD = {
    "doc_number": "centred",
    "adoption_note": "centred",
    "part_title": "title",
    "addressee": "flush",
    "attachment_label": "flush",
    "signature": "right",
    "date": "right",
    "publicity": "body",
    "contact": "body",
    "attachment_list": "body",
}


@dataclass(frozen=True, slots=True)
class Book:
    """A typeset compilation. ``pages`` gives the printed page on which each provision begins."""

    content: bytes
    pages: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Item:
    """One paragraph, title line or table line of the source; ``names`` of its provisions."""

    style: str
    text: str
    names: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


def typeset(compilation: Compilation) -> Book:
    """Set a compilation in the order of its source, repaired text for printed."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    places: dict[str, int] = {}
    story: list[Any] = [_placed(item, places) for item in _front_matter(compilation)]
    for document in compilation.documents:
        if document.container_id is None:
            story.append(PageBreak())
        items = _items(compilation.text, document)
        for width, run in groupby(items, key=lambda item: len(item.cells)):
            if width:
                story.append(_table(list(run), places))
            else:
                story += [_placed(item, places) for item in run]
    buffer = io.BytesIO()
    book = SimpleDocTemplate(buffer, pagesize=A4, title=compilation.title)

    def draw_margins(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont(_FONT, 9)
        head = compilation.title if template.page % 2 else _RUNNING_HEAD_OF_EVEN_PAGES
        canvas.drawString(72, A4[1] - 40, head)
        canvas.drawCentredString(A4[0] / 2, 36, f"— {template.page + _FIRST_NUMBER - 1} —")

    book.build(story, onFirstPage=draw_margins, onLaterPages=draw_margins)
    return Book(buffer.getvalue(), places)


class _Placed(Paragraph):  # type: ignore[misc]
    """A paragraph that notes the page on which each of its names begins."""

    names: tuple[str, ...] = ()
    places: dict[str, int]

    def split(self, width: float, height: float) -> list[Any]:
        parts: list[Any] = super().split(width, height)
        for part in parts[:1]:
            part.names, part.places = self.names, self.places
        return parts

    def draw(self) -> None:
        for name in self.names:
            self.places.setdefault(name, self.canv.getPageNumber() + _FIRST_NUMBER - 1)
        super().draw()


def _placed(item: _Item, places: dict[str, int]) -> _Placed:
    paragraph = _Placed(escape(item.text), _STYLES[item.style])
    paragraph.names, paragraph.places = item.names, places
    return paragraph


def _front_matter(compilation: Compilation) -> Iterator[_Item]:
    """The contents list, one entry a paragraph, under its sections."""
    if not compilation.contents:
        return
    yield _Item("title", "目 录")
    section = None
    for entry in compilation.contents:
        if entry.section and entry.section != section:
            section = entry.section
            yield _Item("flush", section)
        number = f" {entry.doc_number}" if entry.doc_number else ""
        yield _Item("flush", f"{entry.title}{number}……({entry.page})")


def _items(source: str, document: Document) -> Iterator[_Item]:
    """Everything of a document in the order of the source."""
    placed = [*_metadata_items(source, document), *_provision_items(source, document)]
    return (item for _, item in sorted(placed, key=lambda entry: entry[0]))


def _metadata_items(source: str, document: Document) -> Iterator[tuple[int, _Item]]:
    """Number, addressee, signature and the like, each with its place in the source."""
    for field, run in groupby(document.metadata_spans, key=lambda span: span.field):
        spans = [item.span for item in run]
        style = _STYLE_OF_FIELD.get(field, "body")
        if field in ("addressee", "adoption_note"):  # one paragraph, cut by the source's lines
            yield spans[0].start, _Item(style, "".join(_read(source, span) for span in spans))
        else:
            yield from ((span.start, _Item(style, _read(source, span))) for span in spans)


def _provision_items(source: str, document: Document) -> Iterator[tuple[int, _Item]]:
    """Clauses and paragraphs, and table rows with all cells of their line."""
    rows: dict[int, list[str]] = {}
    for provision in document.provisions:
        start = (provision.marker_segment or provision.segments[0]).span.start
        line_start = source.rfind("\n", 0, start) + 1
        if "\t" in _line_at(source, line_start):
            rows.setdefault(line_start, []).append(provision.id)
            continue
        marker = provision.marker_segment
        number = marker.read(source) if marker is not None else ""
        style = "title" if provision.kind is ProvisionKind.TITLE else "body"
        yield start, _Item(style, number + provision.text, (provision.id,))
    for line_start, names in rows.items():
        cells, at = [], line_start
        for cell in _line_at(source, line_start).split("\t"):
            cells.append(_read(source, Span(at, at + len(cell))).strip())
            at += len(cell) + 1
        yield line_start, _Item("cell", "", tuple(names), tuple(cells))


def _line_at(source: str, start: int) -> str:
    end = source.find("\n", start)
    return source[start : end if end >= 0 else len(source)]


def _read(source: str, span: Span) -> str:
    return Segment(span, repairs_within(source, span)).read(source)


def _table(lines: Sequence[_Item], places: dict[str, int]) -> Table:
    """Rows in a ruled table; a row whose only text stands in its first cell runs over all."""
    columns = len(lines[0].cells)
    lengths = [max(len(line.cells[column]) for line in lines) for column in range(columns)]
    shares = [max(_NARROWEST_COLUMN, min(_WIDEST_COLUMN, length)) for length in lengths]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
        *((f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    style += [
        ("SPAN", (0, row), (-1, row))
        for row, line in enumerate(lines)
        if columns > 1 and line.cells[0] and not any(line.cells[1:])
    ]
    data = [
        [
            _placed(_Item("cell", cell, line.names if column == 0 else ()), places)
            for column, cell in enumerate(line.cells)
        ]
        for line in lines
    ]
    widths = [_TABLE_WIDTH * share / sum(shares) for share in shares]
    return Table(data, colWidths=widths, style=style)

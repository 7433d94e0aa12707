"""Tables of tab-separated lines: heads, section rows, several entries a row, merged cells.

A printed table goes on over pages: its head is printed again, running heads stand inside it. A
catalogue sets two or three entries side by side; here each becomes a row of its own. A row whose
only text stands in its first cell is a section row for all rows below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning import repairs_within
from corpus.model import Cell, Repair, RepairKind, Segment, Span
from corpus.outline import Level, read_marker
from corpus.readers.text import Line

SERIAL_HEADS = ("序号", "编号")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One entry. ``section`` is set on section rows; ``serial`` is the printed number, if any."""

    segment: Segment
    cells: tuple[Cell, ...]
    serial: str | None
    is_section: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in reading order; head rows and repeated heads are given apart."""

    heads: tuple[str, ...]
    head_lines: tuple[Line, ...]
    repeated_heads: tuple[Line, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class _PlacedCell:
    text: str
    start: int
    end: int


def _split(line: Line, source: str) -> list[_PlacedCell]:
    cells, at = [], line.span.start
    for text in source[line.span.start : line.raw_end].split("\t"):
        place = Span(at, at + len(text))
        read = Segment(place, repairs_within(source, place)).read(source)
        cells.append(_PlacedCell(read.strip(), place.start, place.end))
        at += len(text) + 1
    return cells


def read_table(source: str, lines: Sequence[Line]) -> Table:
    """Read consecutive table lines (running heads already removed) as one table."""
    rows_of_cells = [_split(line, source) for line in lines]
    head_count = _count_head_rows(rows_of_cells)
    heads = _merge_heads(rows_of_cells[:head_count])
    signatures = {_signature(cells) for cells in rows_of_cells[:head_count]}
    head_lines, repeated = list(lines[:head_count]), []
    rows: list[TableRow] = []
    above: tuple[str, ...] = ()
    for line, cells in list(zip(lines, rows_of_cells, strict=True))[head_count:]:
        if _signature(cells) in signatures:
            repeated.append(line)
        elif cells[0].text in SERIAL_HEADS and _is_repeating(cells):
            heads = tuple(cell.text for cell in cells)
            signatures.add(_signature(cells))
            head_lines.append(line)
        else:
            rows += _rows_of_line(source, heads, cells, above)
            above = tuple(_value(cells, column, above) for column in range(len(cells)))
    return Table(heads, tuple(head_lines), tuple(repeated), tuple(rows))


def _signature(cells: Sequence[_PlacedCell]) -> tuple[str, ...]:
    texts = [re.sub(r"\s", "", cell.text) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _count_head_rows(rows: Sequence[Sequence[_PlacedCell]]) -> int:
    """0 for forms, 1 for a plain head, 2 for one whose second row subdivides the first."""
    if not rows:
        return 0
    first = [cell.text for cell in rows[0]]
    filled = [text for text in first if text]
    is_head = len(filled) >= 2 and not any(re.search(r"\d|[。；:：]|<", text) for text in filled)
    if not is_head:
        return 0
    if len(rows) > 1 and not rows[1][0].text and any(cell.text for cell in rows[1]):
        return 2
    return 1 if first[0] in SERIAL_HEADS or all(first) else 0


def _merge_heads(rows: Sequence[Sequence[_PlacedCell]]) -> tuple[str, ...]:
    """Column heads; a blank upper cell takes the one to its left (it spans both columns)."""
    if not rows:
        return ()
    merged: list[str] = []
    upper = ""
    for column, cell in enumerate(rows[0]):
        upper = cell.text or upper
        lower = rows[1][column].text if len(rows) > 1 and column < len(rows[1]) else ""
        merged.append(f"{upper}{lower}" if lower and lower != upper else upper)
    return tuple(re.sub(r"(?<=[一-鿿]) (?=[一-鿿])", "", head) for head in merged)


def _is_repeating(cells: Sequence[_PlacedCell]) -> bool:
    texts = [cell.text for cell in cells if cell.text]
    return len(texts) >= 4 and texts[0] == texts[2]


def _rows_of_line(
    source: str, heads: Sequence[str], cells: Sequence[_PlacedCell], above: Sequence[str]
) -> list[TableRow]:
    filled = [index for index, cell in enumerate(cells) if cell.text]
    if not filled:
        return []
    if filled == [0] and len(cells) > 1 and _opens_section(cells[0].text):
        return [_row(source, heads, cells[:1], 0, is_section=True)]
    width = _entry_width(heads)
    if width and all(cells[i].text.isdecimal() for i in filled if i % width == 0):
        starts = [i for i in range(0, len(cells), width) if cells[i].text]
        return [_row(source, heads, cells[i : i + width], i) for i in starts]
    if heads and heads[0] in SERIAL_HEADS and cells[0].text.isdecimal():
        return [_row(source, heads, cells, 0, above=above)]
    return [_row(source, heads, cells[filled[0] :], filled[0])]


def _opens_section(text: str) -> bool:
    """一、生产制造类(培训64课时,补贴标准900元/人): numbered, over all columns."""
    marker = read_marker(text)
    return marker is not None and marker.level is Level.IDEOGRAPHIC


def _entry_width(heads: Sequence[str]) -> int:
    """Columns of one entry where several stand side by side (序号 职业 序号 职业 …), else 0."""
    serials = [index for index, head in enumerate(heads) if head in SERIAL_HEADS]
    return serials[1] - serials[0] if len(serials) > 1 else 0


def _row(
    source: str,
    heads: Sequence[str],
    cells: Sequence[_PlacedCell],
    first_column: int,
    *,
    above: Sequence[str] = (),
    is_section: bool = False,
) -> TableRow:
    values = [_value(cells, column, above) for column in range(len(cells))]
    has_serial = first_column < len(heads) and heads[first_column] in SERIAL_HEADS
    while len(values) > 1 and not values[-1]:
        values.pop()
    taken = cells[: len(values)]
    span = Span(taken[0].start, taken[-1].end)
    repairs = list(repairs_within(source, span))
    for cell, value in zip(taken, values, strict=True):
        if value and not cell.text:
            repairs.append(Repair(RepairKind.MERGED_CELL, Span(cell.start, cell.start), value))
    return TableRow(
        segment=Segment(span, tuple(sorted(repairs, key=lambda repair: repair.span))),
        cells=tuple(
            Cell(heads[column] if column < len(heads) else "", value)
            for column, value in enumerate(values, start=first_column)
        ),
        serial=values[0] if has_serial and values[0].isdecimal() else None,
        is_section=is_section,
    )


def _value(cells: Sequence[_PlacedCell], column: int, above: Sequence[str]) -> str:
    """A cell's text; a blank cell that was merged with the one above it has that one's."""
    return cells[column].text or (above[column] if column < len(above) else "")

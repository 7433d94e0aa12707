"""Tables of tab-separated lines: heads, section rows, several entries a row, merged cells.

A printed table goes on over pages: its head is printed again, running heads stand inside it. A
catalogue sets two or three entries side by side; here each becomes a row of its own. A row whose
only text stands in its first cell is a section row for all rows below it, or a unit of a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from corpus.cleaning import repairs_within
from corpus.model import Cell, Repair, RepairKind, Segment, Span
from corpus.outline import Level, read_marker
from corpus.readers.text import Line

SERIAL_HEADS = ("序号", "编号")
_REMARK_HEADS = ("备注", "说明")


class RowKind(Enum):
    """What a line of a table is."""

    HEAD = auto()
    ENTRY = auto()
    SECTION = auto()  # 一、生产制造类(培训64课时,补贴标准900元/人): over all rows below
    UNIT = auto()  # a numbered line of a form


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line or entry, ``cells`` are empty for heads.

    In a table that counts its entries ``serial`` is the number, with misprints corrected, and
    ``name`` the first words of an entry without number (rates above a catalogue).
    """

    kind: RowKind
    line: Line
    segment: Segment
    cells: tuple[Cell, ...] = ()
    serial: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in reading order; heads that are printed again on a new page are given apart."""

    rows: tuple[TableRow, ...]
    repeated_heads: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _PlacedCell:
    """``text`` is repaired for reading; ``corrected`` has misprints of the source put right."""

    text: str
    corrected: str
    place: Span
    repairs: tuple[Repair, ...]


_Cells = Sequence[_PlacedCell]


def read_table(source: str, lines: Sequence[Line]) -> Table:
    """Read consecutive table lines (running heads already removed) as one table."""
    rows_of_cells = [_split(line, source) for line in lines]
    repeated: list[Line] = []
    rows: list[TableRow] = []
    signatures: set[tuple[str, ...]] = set()
    heads: tuple[str, ...] = ()
    above: _Cells = ()
    at = 0
    while at < len(lines):
        cells = rows_of_cells[at]
        if _signature(cells) in signatures:
            repeated.append(lines[at])
            at += 1
            continue
        head_count = _count_head_rows(rows_of_cells, at)
        if head_count:
            end = at + head_count
            heads, above = _merge_heads(rows_of_cells[at:end], rows_of_cells[end:]), ()
            signatures |= {_signature(row) for row in rows_of_cells[at:end]}
            rows += [TableRow(RowKind.HEAD, head, Segment(head.span)) for head in lines[at:end]]
            at = end
            continue
        rows += _rows_of_line(lines[at], heads, cells, above)
        above = _filled(heads, cells, above)
        at += 1
    return Table(tuple(rows), tuple(repeated))


# --- cells ----------------------------------------------------------------------------------

_HAN = "一-鿿"
_WRAPPED = re.compile(rf"(?<=[{_HAN})）》”、,，]) +(?=[{_HAN}(（《“])")
_BODY_ENDS = re.compile(r"(?:委|厅|局|办|部|会|院|组|署|行|府|司|中心|公司|企业|单位)$")
_BODY_BEGINS = re.compile(r"省|州|市|县|国|中|云南|各|人民|昆明")
# A blank that someone fills in: 年 月 日, 合同用工 人,
_TO_FILL_IN = re.compile(r"[年月日人个元号](?:[,，。;； ]|$)")


def _split(line: Line, source: str) -> list[_PlacedCell]:
    cells, at = [], line.span.start
    corrected = line.text.split("\t")
    for column, text in enumerate(source[line.span.start : line.raw_end].split("\t")):
        place = Span(at, at + len(text))
        repairs = _cell_repairs(source, place)
        read = Segment(place, repairs).read(source).strip()
        right = corrected[column].strip() if column < len(corrected) else ""
        cells.append(_PlacedCell(read, right, place, repairs))
        at += len(text) + 1
    return cells


def _cell_repairs(source: str, place: Span) -> tuple[Repair, ...]:
    """Mark-up, and blanks that stand where the text of a cell was wrapped."""
    repairs = list(repairs_within(source, place))
    taken = {repair.span.start for repair in repairs}
    for blank in _WRAPPED.finditer(source, place.start, place.end):
        before, after = source[place.start : blank.start()], source[blank.end() : place.end]
        two_bodies = _BODY_ENDS.search(before) and _BODY_BEGINS.match(after)
        if blank.start() not in taken and not two_bodies and not _TO_FILL_IN.match(after):
            span = Span(blank.start(), blank.end())
            repairs.append(Repair(RepairKind.WRAPPED_CELL, span, ""))
    return tuple(sorted(repairs, key=lambda repair: repair.span))


def _signature(cells: _Cells) -> tuple[str, ...]:
    texts = [re.sub(r"\s", "", cell.text) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


# --- heads ----------------------------------------------------------------------------------


def _count_head_rows(rows: Sequence[_Cells], at: int) -> int:
    """How many rows from ``at`` on are a head: 0, 1, or 2 where the second subdivides the first."""
    first = rows[at]
    filled = [cell.text for cell in first if cell.text]
    is_head = len(filled) >= 2 and not any(re.search(r"\d|[。；:：□]|<", text) for text in filled)
    if not is_head:
        return 0
    counts = first[0].text in SERIAL_HEADS
    if at + 1 < len(rows) and _subdivides(rows[at + 1], first, is_first=at == 0):
        return 2
    if at:
        return 1 if counts else 0
    return 1 if counts or all(cell.text for cell in first) else 0


def _subdivides(row: _Cells, upper: _Cells, *, is_first: bool) -> bool:
    """Whether ``row`` names the parts of columns that ``upper`` names as a whole."""
    filled = [index for index, cell in enumerate(row) if cell.text]
    if not filled:
        return False
    if is_first and not row[0].text and upper[0].text:
        return True
    spanned = {
        index
        for index, cell in enumerate(upper)
        if not cell.text or (index + 1 < len(upper) and not upper[index + 1].text)
    }
    return (
        len(filled) >= 2
        and sum(bool(cell.text) for cell in upper) > 2
        and any(cell.text and not row[i].text for i, cell in enumerate(upper[: len(row)]))
        and set(filled) <= spanned
        and not any(re.search(r"[。；:：≥]", row[index].text) for index in filled)
    )


def _merge_heads(rows: Sequence[_Cells], body: Sequence[_Cells]) -> tuple[str, ...]:
    """Column heads; a blank upper cell takes the one to its left (it spans both columns).

    ``培训费补贴标准`` under all columns is not said of those that hold no figures.
    """
    uppers, lowers = rows[0], rows[1] if len(rows) > 1 else ()
    merged: list[str] = []
    upper = ""
    for column, cell in enumerate(uppers):
        upper = cell.text or upper
        lower = lowers[column].text if column < len(lowers) else ""
        spans = not cell.text or (column + 1 < len(uppers) and not uppers[column + 1].text)
        if not lower or lower == upper or not _is_said_of(lower, lowers, column, body):
            merged.append(upper)
        else:
            merged.append(f"{upper}({lower})" if spans else f"{upper}{lower}")
    return tuple(merged)


def _is_said_of(lower: str, lowers: _Cells, column: int, body: Sequence[_Cells]) -> bool:
    if sum(cell.text == lower for cell in lowers) < 3:
        return True
    values = [row[column].text for row in body if column < len(row) and row[0].text == ""]
    return not values or any(re.search(r"\d", value) for value in values)


# --- rows -----------------------------------------------------------------------------------


def _rows_of_line(
    line: Line, heads: Sequence[str], cells: _Cells, above: _Cells
) -> Iterator[TableRow]:
    filled = [index for index, cell in enumerate(cells) if cell.text]
    if not filled:
        return
    counts = bool(heads) and heads[0] in SERIAL_HEADS
    if filled == [0] and len(cells) > 1:
        marker = read_marker(cells[0].text)
        if marker is not None and marker.level is Level.IDEOGRAPHIC:
            yield _row(RowKind.SECTION, line, (), cells[:1])
        elif marker is not None and not heads:
            yield _row(RowKind.UNIT, line, (), cells[:1])
        else:
            heads_here = () if counts and not cells[0].text.isdecimal() else heads
            yield _row(RowKind.ENTRY, line, heads_here, cells)
        return
    width = _entry_width(heads)
    if width and all(cells[i].text.isdecimal() for i in filled if i % width == 0):
        for start in range(0, len(cells), width):
            # One may stand without a number; no word of it is lost by that.
            first = next((at for at in filled if start <= at < start + width), None)
            if first is not None:
                yield _row(RowKind.ENTRY, line, heads, cells[first : start + width], first)
    elif counts and not cells[0].text:
        blank_entry = bool(above) and not any(cell.text for cell in above[1:])
        yield _row(RowKind.ENTRY, line, () if blank_entry else heads, cells[filled[0] :], filled[0])
    elif heads:
        yield _row(RowKind.ENTRY, line, heads, _filled(heads, cells, above))
    else:
        yield _row(RowKind.ENTRY, line, heads, cells[filled[0] :], filled[0])


def _entry_width(heads: Sequence[str]) -> int:
    """Columns of one entry where several stand side by side (序号 职业 序号 职业 …), else 0."""
    serials = [index for index, head in enumerate(heads) if head in SERIAL_HEADS]
    return serials[1] - serials[0] if len(serials) > 1 else 0


def _filled(heads: Sequence[str], cells: _Cells, above: _Cells) -> _Cells:
    """Blank cells that were merged with the one above them get its text.

    In a table that counts its entries any cell may be merged, remarks only together with the cell
    to their left; elsewhere the labels at the left are. A row with nothing but its number is to
    be filled in by hand.
    """
    counts = bool(heads) and heads[0] in SERIAL_HEADS
    texts = [cell.text for cell in cells]
    if not heads or not any(texts[1:]) or (counts and not texts[0]):
        return cells
    labels = next(index for index, text in enumerate(texts) if text)
    completed: list[_PlacedCell] = []
    for column, cell in enumerate(cells):
        inherited = above[column].text if column < len(above) else ""
        head = heads[column] if column < len(heads) else ""
        beside = column > 0 and not texts[column - 1] and bool(completed[column - 1].text)
        merges = column < labels if not counts else (head not in _REMARK_HEADS or beside)
        if not cell.text and inherited and merges:
            at = Span(cell.place.start, cell.place.start)
            repair = Repair(RepairKind.MERGED_CELL, at, inherited)
            completed.append(_PlacedCell(inherited, inherited, cell.place, (repair,)))
        else:
            completed.append(cell)
    return completed


def _row(
    kind: RowKind, line: Line, heads: Sequence[str], cells: _Cells, first_column: int = 0
) -> TableRow:
    taken = list(cells)
    while len(taken) > 1 and not taken[-1].text:
        taken.pop()
    counts = bool(heads) and heads[0] in SERIAL_HEADS
    has_serial = first_column < len(heads) and heads[first_column] in SERIAL_HEADS
    serial = taken[0].corrected
    return TableRow(
        kind=kind,
        line=line,
        segment=Segment(
            Span(taken[0].place.start, taken[-1].place.end),
            tuple(repair for cell in taken for repair in cell.repairs),
        ),
        cells=tuple(
            Cell(heads[column] if column < len(heads) else "", cell.text)
            for column, cell in enumerate(taken, start=first_column)
        ),
        serial=serial if has_serial and serial.isdecimal() else None,
        name=taken[0].text if counts and not has_serial else None,
    )

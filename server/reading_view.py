"""A document laid out for reading: parts, outline, clauses at their depth, tables put together.

The API gives provisions in reading order, one entry a table row. Here rows become tables again:
heads over their columns, section rows (一、生产制造类) between the entries that they head, forms
with their blank fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.schemas.document import DocumentDetailOut, PartOut, ProvisionOut
from server.schemas.search import ErratumOut

_SERIAL_HEADS = ("序号", "编号")
_LONGEST_ENTRY = 24  # characters of an outline entry that has no heading
_OUTLINE_DEPTH = 2
_HEADING_ENDS = "。:： "


@dataclass(frozen=True, slots=True)
class ShownText:
    """A stretch of a provision's text with the errata in it; their offsets count in it."""

    text: str
    errata: tuple[ErratumOut, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownClause:
    """A clause or paragraph. ``heading`` and ``body`` are its text, either may be empty.

    ``heading_level`` is that of the HTML element (3 to 6) if it is nothing but a heading; ``page``
    is set where a new page begins; ``below`` is what stands under it.
    """

    clause: ProvisionOut
    heading: ShownText
    body: ShownText
    heading_level: int | None
    page: int | None
    below: tuple[ShownClause | ShownTable, ...] = ()
    is_table: bool = field(default=False, init=False)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row; ``blank`` columns follow its cells, or its last cell spans them if it ``spans``.

    ``page`` is set where a new page begins.
    """

    clause: ProvisionOut
    cells: tuple[ShownText, ...]
    blank: int
    spans: bool
    is_section: bool
    page: int | None


@dataclass(frozen=True, slots=True)
class ShownTable:
    """``head_rows`` are rows of column heads; ``head_ids`` are the provisions that print them.

    ``counts`` tells that the first column numbers the entries.
    """

    head_rows: tuple[tuple[str, ...], ...]
    head_ids: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    columns: int
    counts: bool
    is_table: bool = field(default=True, init=False)

    @property
    def entries(self) -> int:
        """How many rows are entries, not sections."""
        return sum(not row.is_section for row in self.rows)


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline that leads to ``id``."""

    id: str
    title: str
    children: tuple[OutlineEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPart:
    """The notice, the issued text or an attachment; ``anchor`` is where it begins on the page."""

    anchor: str
    part: PartOut
    blocks: tuple[ShownClause | ShownTable, ...]
    outline: tuple[OutlineEntry, ...]


def lay_out(document: DocumentDetailOut) -> tuple[ShownPart, ...]:
    """The parts of a document in order, those without any text left out."""
    clauses = [clause for clause in document.clauses if clause.kind != "title"]
    children: dict[str, list[ProvisionOut]] = {}
    for clause in clauses:
        children.setdefault(clause.parent or "", []).append(clause)
    parts, pages = [], _new_pages(clauses)
    for number, part in enumerate(document.parts):
        within = [clause for clause in clauses if clause.part == number]
        if within:
            layout = _Layout(children, {clause.id: clause for clause in within}, pages)
            top = [clause for clause in within if clause.parent is None]
            outline = tuple(layout.outline(top, 1))
            parts.append(ShownPart(f"part-{number}", part, layout.blocks(), outline))
    return tuple(parts)


def _new_pages(clauses: Sequence[ProvisionOut]) -> dict[str, int]:
    """The pages of the source by the provision that is the first to begin on each."""
    pages: dict[str, int] = {}
    last: int | None = None
    for clause in clauses:
        if clause.page is not None and clause.page != last:
            pages[clause.id] = last = clause.page
    return pages


@dataclass(slots=True)
class _OpenTable:
    """A table to which rows are still added; it begins with ``opening``."""

    opening: ProvisionOut
    pages: Mapping[str, int]
    heads: list[str] = field(default_factory=list)
    printed_heads: list[ProvisionOut] = field(default_factory=list)
    rows: list[ProvisionOut] = field(default_factory=list)
    sections: set[str] = field(default_factory=set)

    @property
    def has_entries(self) -> bool:
        return len(self.rows) > len(self.sections)

    def admits(self, row: ProvisionOut) -> bool:
        """Whether the columns of a row are those of this table; one without heads fits any."""
        heads = _heads(row)
        shorter = min(len(heads), len(self.heads))
        return not heads or not self.has_entries or heads[:shorter] == self.heads[:shorter] != []

    def add(self, row: ProvisionOut) -> None:
        heads = _heads(row)
        self.heads = max(self.heads, heads, key=len)
        self.rows.append(row)

    def closed(self) -> ShownTable:
        head_rows = self._head_rows()
        widths = [len(row) for row in head_rows]
        widths += [len(_cells(row)) for row in self.rows if row.id not in self.sections]
        columns = max(widths, default=1)
        return ShownTable(
            head_rows=head_rows,
            head_ids=tuple(row.id for row in self.printed_heads),
            rows=tuple(self._row(row, columns) for row in self.rows),
            columns=columns,
            counts=bool(self.heads) and self.heads[0] in _SERIAL_HEADS,
        )

    def _head_rows(self) -> tuple[tuple[str, ...], ...]:
        """Heads as the entries have them; as printed over a form that shows its numbers only."""
        if len(self.heads) > 1 or not self.printed_heads:
            return (tuple(self.heads),) if self.heads else ()
        return tuple(tuple(cell.strip() for cell in p.text.split("\t")) for p in self.printed_heads)

    def _row(self, row: ProvisionOut, columns: int) -> ShownRow:
        is_section = row.id in self.sections
        cells = (ShownText(row.text, tuple(row.errata)),) if is_section else tuple(_cells(row))
        blank = columns - len(cells)
        spans = not _heads(row) and blank > 0
        return ShownRow(row, cells, blank, spans, is_section, self.pages.get(row.id))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lays out one part; ``children`` are by parent, ``pages`` by what begins on them first."""

    children: Mapping[str, Sequence[ProvisionOut]]
    clauses: Mapping[str, ProvisionOut]
    pages: Mapping[str, int]

    def blocks(self) -> tuple[ShownClause | ShownTable, ...]:
        """The outermost clauses and tables, each clause with what stands under it."""
        under: dict[str | None, list[ShownClause | ShownTable]] = {}
        shown: set[str] = set()  # section rows are inside tables: what they head stands beside
        for opening, block in self._in_order():
            above = (clause.id for clause in self._ancestors(opening) if clause.id in shown)
            under.setdefault(next(above, None), []).append(block)
            if isinstance(block, ShownClause):
                shown.add(opening.id)
        return self._nested(under, None)

    def _nested(
        self, under: Mapping[str | None, Sequence[ShownClause | ShownTable]], parent: str | None
    ) -> tuple[ShownClause | ShownTable, ...]:
        return tuple(
            replace(block, below=self._nested(under, block.clause.id))
            if isinstance(block, ShownClause)
            else block
            for block in under.get(parent, ())
        )

    def _in_order(self) -> Iterator[tuple[ProvisionOut, ShownClause | ShownTable]]:
        """Clauses and tables with the provision that each begins with."""
        table: _OpenTable | None = None
        for clause in self.clauses.values():
            first = self._first_row(clause)
            if clause.kind != "table_row" and first is None:
                if table is not None:
                    yield table.opening, table.closed()
                    table = None
                yield clause, self._clause(clause)
                continue
            row = first or clause
            is_head = row.kind == "table_row" and not row.cells
            fits = table is not None and (not table.has_entries if is_head else table.admits(row))
            if table is None or not fits:
                if table is not None:
                    yield table.opening, table.closed()
                table = _OpenTable(clause, self.pages)
            if first is not None:
                table.sections.add(clause.id)
                table.rows.append(clause)
            elif is_head:
                table.printed_heads.append(clause)
            else:
                table.add(clause)
        if table is not None:
            yield table.opening, table.closed()

    def _first_row(self, clause: ProvisionOut) -> ProvisionOut | None:
        """The first row below a section row of a table; None for what is no section row."""
        first = next(iter(self.children.get(clause.id, ())), None)
        if clause.kind != "clause" or first is None or first.kind != "table_row":
            return None
        return first if not first.cells or _heads(first) else None

    def _clause(self, clause: ProvisionOut) -> ShownClause:
        at = len(clause.heading) if clause.text.startswith(clause.heading) else 0
        while 0 < at < len(clause.text) and clause.text[at] in _HEADING_ENDS:
            at += 1
        if any(erratum.start < at < erratum.end for erratum in clause.errata):
            at = 0
        heading, body = _stretch(clause, 0, at), _stretch(clause, at, len(clause.text))
        bare = bool(heading.text) and not body.text.strip() and clause.kind == "clause"
        above = sum(map(self._is_bare, self._ancestors(clause)))
        return ShownClause(
            clause=clause,
            heading=heading,
            body=body,
            heading_level=min(3 + above, 6) if bare else None,
            page=self.pages.get(clause.id),
        )

    def _is_bare(self, clause: ProvisionOut) -> bool:
        rest = clause.text.removeprefix(clause.heading)
        return clause.kind == "clause" and bool(clause.heading) and not rest.strip(_HEADING_ENDS)

    def _ancestors(self, clause: ProvisionOut) -> list[ProvisionOut]:
        found = []
        while clause.parent is not None:
            clause = self.clauses[clause.parent]
            found.append(clause)
        return found

    def outline(self, clauses: Sequence[ProvisionOut], depth: int) -> Iterator[OutlineEntry]:
        """Entries for numbered clauses; below the first level for those with a heading only."""
        for clause in clauses:
            if clause.kind != "clause" or not (clause.heading or clause.marker):
                continue
            below = self.children.get(clause.id, ()) if depth < _OUTLINE_DEPTH else ()
            headed = [child for child in below if child.heading]
            yield OutlineEntry(
                id=clause.id,
                title=f"{clause.marker} {clause.heading or _clipped(clause.text)}".strip(),
                children=tuple(self.outline(headed, depth + 1)),
            )


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_ENTRY else text[: _LONGEST_ENTRY - 1] + "…"


def _heads(row: ProvisionOut) -> list[str]:
    """The heads of a row's columns, empty if none has any."""
    heads = [cell.head for cell in row.cells]
    return heads if any(heads) else []


def _cells(row: ProvisionOut) -> list[ShownText]:
    """The cells of a row with the errata of each."""
    cells, at = [], 0
    for text in row.text.split("\t"):
        cells.append(_stretch(row, at, at + len(text)))
        at += len(text) + 1
    return cells


def _stretch(clause: ProvisionOut, start: int, end: int) -> ShownText:
    """``text[start:end]`` with the errata that lie in it."""
    errata = [
        erratum.model_copy(update={"start": erratum.start - start, "end": erratum.end - start})
        for erratum in clause.errata
        if start <= erratum.start and erratum.end <= end
    ]
    return ShownText(clause.text[start:end], tuple(errata))

"""The tree of provisions of one document, built line by line in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.cleaning import (
    group_paragraphs,
    is_roster_entry,
    list_mark_repairs,
    paragraph_segments,
    title_segments,
)
from corpus.document_number import int_to_chinese
from corpus.model import Cell, Furniture, PartKind, Provision, ProvisionKind, Segment, Span
from corpus.outline import Level, Marker, heading_of, read_marker
from corpus.readers.text import Line
from corpus.tables import RowKind, TableRow, read_table
from corpus.unnumbered import (
    closes_the_text,
    is_caption,
    is_note,
    is_notes_head,
    role_of,
    signs_contract,
)

_LONGEST_ROW_NAME = 20
# Ranks beside those of numbers: a caption stands above all of them, a list of names below.
_CAPTION, _TABLE_SECTION, _ROSTER = 0, Level.CIRCLED + 1, Level.CIRCLED + 2
_BOLD_LEAD = re.compile(r"\*\*([^*\n]{2,40}?)[:：。]?\*\*")


@dataclass
class _Node:
    """A provision while its children are still to come."""

    provision: Provision
    level: int
    paragraphs: int = 0


class ProvisionTree:
    """Collects the provisions of one document; lines come in as the source prints them."""

    def __init__(self, source: str, document_id: str) -> None:
        self._source = source
        self._document_id = document_id
        self._provisions: list[Provision] = []
        self._repeated_heads: list[Furniture] = []
        self._stack: list[_Node] = []
        self._ids: set[str] = set()
        self._part = 0
        self._part_first = 0
        self._is_attachment = False
        self._prefix: tuple[str, ...] = ()
        self._root_name = "正文"
        self._root_paragraphs = 0
        self._rows: dict[tuple[str, ...], int] = {}

    def add_title(self, lines: Sequence[Line]) -> None:
        """The title of the document, as a provision that can be found and cited."""
        segments = title_segments(self._source, lines)
        self._append(ProvisionKind.TITLE, ("标题",), "标题", segments)

    def open_part(self, index: int, kind: PartKind, label: str) -> None:
        """Begin a notice, an issued text or an attachment: numbering starts anew."""
        self._part = index
        self._part_first = len(self._provisions)
        self._is_attachment = kind is PartKind.ATTACHMENT
        self._prefix = (label,) if self._is_attachment else ()
        self._root_name = {PartKind.ISSUED_TEXT: "引言", PartKind.NOTICE: "正文"}.get(kind, "")
        self._stack = []
        self._root_paragraphs = 0
        self._rows = {}

    def add_lines(self, lines: Sequence[Line]) -> None:
        """Running text and tables of the current part."""
        at = 0
        while at < len(lines):
            end = at
            while end < len(lines) and lines[end].is_table_row == lines[at].is_table_row:
                end += 1
            if lines[at].is_table_row:
                self._add_table(lines[at:end])
            else:
                self._add_text(lines[at:end], before_table=end < len(lines))
            at = end

    def finish(self) -> tuple[tuple[Provision, ...], tuple[Furniture, ...]]:
        """All provisions in reading order, and the furniture found among them.

        A sentence is the heading of its unit only if something stands below it.
        """
        parents = {provision.parent_id for provision in self._provisions}
        provisions = [
            replace(provision, heading="")
            if provision.is_bare_heading
            and provision.text.endswith("。")
            and provision.id not in parents
            else provision
            for provision in self._provisions
        ]
        return tuple(provisions), tuple(self._repeated_heads)

    # --- running text ---------------------------------------------------------------------

    def _add_text(self, lines: Sequence[Line], *, before_table: bool) -> None:
        paragraphs = group_paragraphs(lines)
        for index, paragraph in enumerate(paragraphs):
            is_last = index == len(paragraphs) - 1
            following = "" if is_last else paragraphs[index + 1][0].text
            marker = read_marker(paragraph[0].text)
            if marker is not None:
                self._add_unit(marker, paragraph[0], self._unit_segments(marker, paragraph))
            elif self._is_attachment and self._opens_block(paragraph, before_table and is_last):
                self._open_block(paragraph)
            elif (role := role_of(paragraph[0].text)) is not None:
                self._open_roster(role, paragraph, following)
            else:
                self._add_paragraph(paragraph, is_last)

    def _unit_segments(self, marker: Marker, paragraph: Sequence[Line]) -> tuple[Segment, ...]:
        return paragraph_segments(self._source, paragraph, skip=self._printed(marker, paragraph[0]))

    def _printed(self, marker: Marker, line: Line) -> int:
        """Length of a number as printed, which a misprint may have changed."""
        printed = read_marker(line.span.of(self._source))
        return printed.length if printed is not None else marker.length

    def _add_unit(self, marker: Marker, line: Line, segments: tuple[Segment, ...]) -> None:
        while self._stack and self._stack[-1].level >= marker.level:
            self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        marker_span = Span(line.span.start, line.span.start + self._printed(marker, line))
        provision = self._append(
            ProvisionKind.CLAUSE,
            (*self._path(parent, marker), marker.path),
            self._label(parent, marker),
            segments,
            marker=marker,
            marker_segment=Segment(marker_span, list_mark_repairs(self._source, marker_span)),
            parent=parent,
        )
        self._stack.append(_Node(provision, marker.level))

    def _path(self, parent: _Node | None, marker: Marker) -> tuple[str, ...]:
        """Path that a child of ``parent`` continues. Articles are cited without their chapter."""
        if parent is None or marker.level is Level.ARTICLE:
            return self._prefix
        return parent.provision.path

    def _label(self, parent: _Node | None, marker: Marker) -> str:
        """``三、(二)1.`` in official documents, ``第四条第(二)项`` below an article."""
        if marker.level is Level.ARTICLE or parent is None:
            above = "".join(self._prefix)
            return (
                f"{above} {marker.label}"
                if above and marker.level > Level.ARTICLE
                else (above + marker.label)
            )
        above = parent.provision.label
        own = marker.label
        if self._article() is not None:
            unit = "项" if parent.level == Level.ARTICLE else "目"
            own = f"第{marker.label.rstrip('.、')}{unit}"
        return f"{above} {own}" if parent.level == _CAPTION else above + own

    def _article(self) -> _Node | None:
        return next((node for node in self._stack if node.level == Level.ARTICLE), None)

    # --- paragraphs without a number --------------------------------------------------------

    def _opens_block(self, paragraph: Sequence[Line], above_table: bool) -> bool:
        """``填表说明:`` and the titles of tables divide a form; they stand above any number."""
        text = re.sub(r"\s", "", paragraph[0].text)
        is_one_line = len(paragraph) == 1
        return is_one_line and (is_notes_head(text) or (above_table and is_caption(text)))

    def _open_block(self, paragraph: Sequence[Line]) -> None:
        self._stack = []
        segments = paragraph_segments(self._source, paragraph)
        name = "".join(segment.read(self._source) for segment in segments).rstrip(":：")
        provision = self._append(
            ProvisionKind.CLAUSE,
            (*self._prefix, name),
            " ".join((*self._prefix, name)),
            segments,
            heading=name,
        )
        self._stack.append(_Node(provision, _CAPTION))

    def _open_roster(self, role: str, paragraph: Sequence[Line], following: str) -> None:
        """``副组长:…`` with the names below it is one group."""
        while self._stack and self._stack[-1].level >= _ROSTER:
            self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        above = parent.provision if parent else None
        provision = self._append(
            ProvisionKind.PARAGRAPH,
            (*(above.path if above else self._prefix), role),
            (above.label if above else "".join(self._prefix)) + role,
            paragraph_segments(self._source, paragraph),
            parent=parent,
        )
        if parent is not None:
            parent.paragraphs += 1
        if is_roster_entry(following):
            self._stack.append(_Node(provision, _ROSTER, paragraphs=1))

    def _add_paragraph(self, paragraph: Sequence[Line], is_last: bool) -> None:
        text = paragraph[0].text
        in_roster = bool(self._stack) and self._stack[-1].level == _ROSTER
        if in_roster and not is_roster_entry(text):
            self._stack.pop()
        node = self._home_of(paragraph, is_last)
        segments = paragraph_segments(self._source, paragraph)
        if node is None:
            self._add_to_part(text, segments)
            return
        if not node.paragraphs and not node.provision.is_bare_heading:
            node.paragraphs = 1  # the unit's own words are its first paragraph
        node.paragraphs += 1
        name = {Level.ARTICLE: "款", _ROSTER: "名"}.get(node.level, "段")
        element = f"第{int_to_chinese(node.paragraphs)}{name}"
        self._append(
            ProvisionKind.PARAGRAPH,
            (*node.provision.path, element),
            node.provision.label + element,
            segments,
            parent=node,
        )

    def _add_to_part(self, text: str, segments: tuple[Segment, ...]) -> None:
        """A paragraph of the text as a whole: before its first unit or after its last."""
        if self._is_attachment and signs_contract(text):
            path: tuple[str, ...] = ("签署栏",)
            self._stack = []  # what follows the signatures is of no unit before them
        elif self._stack:
            path = ("末段",)
            self._stack = []
        else:
            self._root_paragraphs += 1
            path = (self._root_name, f"第{int_to_chinese(self._root_paragraphs)}段")
        path = tuple(filter(None, (*self._prefix, *path)))
        self._append(ProvisionKind.PARAGRAPH, path, "".join(path), segments)

    def _home_of(self, paragraph: Sequence[Line], is_last: bool) -> _Node | None:
        """The unit that an unnumbered paragraph belongs to; None is the part as a whole."""
        text = paragraph[0].text
        if not self._stack or (self._is_attachment and (is_note(text) or signs_contract(text))):
            return None
        article = self._article()
        if article is not None and not article.provision.is_bare_heading:
            del self._stack[self._stack.index(article) + 1 :]
            return article  # 款 belong to the article, also after its 项, and close these
        node = self._stack[-1]
        opens_unit = node.provision.is_bare_heading and not node.paragraphs
        if is_last and not opens_unit:
            whole = "".join(line.text for line in paragraph)
            part = self._provisions[self._part_first :]
            return None if closes_the_text(whole, node.provision, part) else node
        return node

    # --- tables ---------------------------------------------------------------------------

    def _add_table(self, lines: Sequence[Line]) -> None:
        table = read_table(self._source, lines)
        self._repeated_heads += [
            Furniture("repeated_table_head", line.span) for line in table.repeated_heads
        ]
        base = len(self._stack)
        is_captioned = base > 0 and self._stack[0].level == _CAPTION
        is_form = bool(table.rows) and table.rows[0].kind is not RowKind.HEAD
        for row in table.rows:
            if row.kind is RowKind.HEAD:
                self._append_row(row.segment, (), self._row_path("表头"))
            elif row.kind is RowKind.ENTRY:
                self._add_row(row)
            elif is_form:
                self._add_row_unit(row)
            else:
                self._open_table_section(row, base)
        if is_captioned:
            self._stack = []
        elif not is_form:
            del self._stack[base:]

    def _add_row_unit(self, row: TableRow) -> None:
        """A line of a form that is a numbered unit: its number apart from its words."""
        marker = read_marker(row.line.text)
        if marker is None:  # the number was a misprint
            self._add_row(row)
            return
        skip = row.segment.span.start + self._printed(marker, row.line)
        repairs = tuple(r for r in row.segment.repairs if r.span.start >= skip)
        segment = Segment(Span(skip, row.segment.span.end), repairs)
        self._add_unit(marker, row.line, (segment,))

    def _open_table_section(self, row: TableRow, base: int) -> None:
        """A section row of a table: a cell like all others, so that its number is in its text."""
        del self._stack[base:]
        marker = read_marker(row.line.text)
        text = row.segment.read(self._source)
        parent = self._stack[-1] if self._stack else None
        above = parent.provision.label if parent else "".join((*self._prefix, " "))
        provision = self._append(
            ProvisionKind.CLAUSE,
            (*(parent.provision.path if parent else self._prefix), marker.path if marker else text),
            above + (marker.label if marker else text),
            (row.segment,),
            heading=text[marker.length :] if marker else text,
            parent=parent,
        )
        self._stack.append(_Node(provision, _TABLE_SECTION))

    def _row_path(self, element: str) -> tuple[str, ...]:
        caption = self._stack[0] if self._stack and self._stack[0].level == _CAPTION else None
        if caption is not None:
            return (*caption.provision.path, element)
        return (*self._prefix, element) if self._prefix else ("表", element)

    def _add_row(self, row: TableRow) -> None:
        place = self._row_path("")
        self._rows[place] = count = self._rows.get(place, 0) + 1
        element = row.name[:_LONGEST_ROW_NAME] if row.name else f"第{row.serial or count}行"
        self._append_row(row.segment, row.cells, self._row_path(element))

    def _append_row(self, segment: Segment, cells: tuple[Cell, ...], path: tuple[str, ...]) -> None:
        label = " ".join(path)
        parent = self._stack[-1] if self._stack else None
        self._append(ProvisionKind.TABLE_ROW, path, label, (segment,), cells=cells, parent=parent)

    # --- both -----------------------------------------------------------------------------

    def _append(
        self,
        kind: ProvisionKind,
        path: tuple[str, ...],
        label: str,
        segments: tuple[Segment, ...],
        *,
        marker: Marker | None = None,
        marker_segment: Segment | None = None,
        heading: str | None = None,
        cells: tuple[Cell, ...] = (),
        parent: _Node | None = None,
    ) -> Provision:
        text = "".join(segment.read(self._source) for segment in segments)
        if heading is None:
            heading = self._heading(text, segments, marker) if marker else ""
        provision = Provision(
            id=self._unused_id(path),
            document_id=self._document_id,
            part=self._part,
            parent_id=parent.provision.id if parent else None,
            kind=kind,
            path=path,
            label=label,
            marker=marker.label if marker else "",
            marker_segment=marker_segment,
            heading=heading,
            text=text,
            segments=segments,
            cells=cells,
        )
        self._provisions.append(provision)
        return provision

    def _heading(self, text: str, segments: Sequence[Segment], marker: Marker) -> str:
        """The heading of a numbered unit; the items of an article have none."""
        if marker.level > Level.ARTICLE and self._article() is not None:
            return ""
        bold = _BOLD_LEAD.match(self._source, max(0, segments[0].span.start - 2))
        if bold is not None and text.startswith(bold[1]):
            return bold[1]
        return heading_of(text, marker.level)

    def _unused_id(self, path: Sequence[str]) -> str:
        local = ".".join(re.sub(r"[\s./?#%&:]+", "", element)[:40] for element in path)
        candidate, count = f"{self._document_id}:{local}", 1
        while candidate in self._ids:
            count += 1
            candidate = f"{self._document_id}:{local}~{count}"
        self._ids.add(candidate)
        return candidate

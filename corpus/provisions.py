"""The tree of provisions of one document, built line by line in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning import group_paragraphs, list_mark_repairs, paragraph_segments, title_segments
from corpus.model import Cell, Furniture, PartKind, Provision, ProvisionKind, Segment, Span
from corpus.outline import Level, Marker, heading_of, read_marker
from corpus.readers.text import Line
from corpus.tables import SERIAL_HEADS, TableRow, read_table

_LONGEST_ROW_NAME = 20
_NUMERALS = "一二三四五六七八九十"
# A paragraph after the last unit of a text that speaks of the text as a whole.
_CLOSING = re.compile(
    r"各(?:州|地|级|市|省|有关|部门|单位)|本(?:意见|通知|办法|方案|规定|细则)|以上|原规定|领导小组成员"
)


def ordinal(number: int) -> str:
    """Chinese numeral of 1 to 99: 第二款, 第十一段."""
    tens, units = divmod(number, 10)
    head = ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (_NUMERALS[units - 1] if units else "")


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
        self._prefix: tuple[str, ...] = ()
        self._root_name = "正文"
        self._root_paragraphs = 0
        self._part_rows = 0

    def add_title(self, lines: Sequence[Line]) -> None:
        """The title of the document, as a provision that can be found and cited."""
        segments = title_segments(self._source, lines)
        self._append(ProvisionKind.TITLE, ("标题",), "标题", segments)

    def open_part(self, index: int, kind: PartKind, label: str) -> None:
        """Begin a notice, an issued text or an attachment: numbering starts anew."""
        self._part = index
        self._prefix = (label,) if kind is PartKind.ATTACHMENT else ()
        self._root_name = {PartKind.ISSUED_TEXT: "引言", PartKind.NOTICE: "正文"}.get(kind, "")
        self._stack = []
        self._root_paragraphs = 0
        self._part_rows = 0

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
                self._add_text(lines[at:end])
            at = end

    def finish(self) -> tuple[tuple[Provision, ...], tuple[Furniture, ...]]:
        """All provisions in reading order, and the furniture found among them."""
        return tuple(self._provisions), tuple(self._repeated_heads)

    # --- running text ---------------------------------------------------------------------

    def _add_text(self, lines: Sequence[Line]) -> None:
        paragraphs = group_paragraphs(lines)
        for index, paragraph in enumerate(paragraphs):
            marker = read_marker(paragraph[0].text)
            if marker is not None:
                self._add_unit(marker, paragraph)
            else:
                is_last = index == len(paragraphs) - 1
                self._add_paragraph(paragraph, is_last)

    def _add_unit(self, marker: Marker, paragraph: Sequence[Line]) -> None:
        while self._stack and self._stack[-1].level >= marker.level:
            self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        path = (*(self._path(parent)), marker.path)
        segments = paragraph_segments(self._source, paragraph, skip=marker.length)
        marker_span = Span(paragraph[0].span.start, paragraph[0].span.start + marker.length)
        provision = self._append(
            ProvisionKind.CLAUSE,
            path,
            self._label(parent, marker),
            segments,
            marker=marker,
            marker_segment=Segment(marker_span, list_mark_repairs(self._source, marker_span)),
            parent=parent,
        )
        self._stack.append(_Node(provision, marker.level))

    def _label(self, parent: _Node | None, marker: Marker) -> str:
        """``三、(二)1.`` in official documents, ``第四条第(二)项`` below an article."""
        if marker.level <= Level.ARTICLE:
            return "".join(self._prefix) + marker.label
        above = parent.provision.label if parent else "".join(self._prefix)
        below_article = any(node.level == Level.ARTICLE for node in self._stack)
        own = marker.label
        if below_article:
            unit = "项" if parent is not None and parent.level == Level.ARTICLE else "目"
            own = f"第{marker.label.rstrip('.、')}{unit}"
        elif self._prefix and not parent:
            above += " "
        return above + own

    def _add_paragraph(self, paragraph: Sequence[Line], is_last: bool) -> None:
        node = self._home_of(paragraph, is_last)
        segments = paragraph_segments(self._source, paragraph)
        if node is None:
            closing = bool(self._stack)
            if not closing:
                self._root_paragraphs += 1
            name = f"第{ordinal(min(self._root_paragraphs, 99))}段"
            path = ("末段",) if closing else tuple(filter(None, (self._root_name, name)))
            label = "".join((*self._prefix, *path))
            self._append(ProvisionKind.PARAGRAPH, (*self._prefix, *path), label, segments)
            return
        if not node.paragraphs and not node.provision.is_bare_heading:
            node.paragraphs = 1  # the unit's own words are its first paragraph
        node.paragraphs += 1
        name = "款" if node.level == Level.ARTICLE else "段"
        element = f"第{ordinal(min(node.paragraphs, 99))}{name}"
        self._append(
            ProvisionKind.PARAGRAPH,
            (*node.provision.path, element),
            node.provision.label + element,
            segments,
            parent=node,
        )

    def _home_of(self, paragraph: Sequence[Line], is_last: bool) -> _Node | None:
        """The unit that an unnumbered paragraph belongs to; None is the part as a whole."""
        if not self._stack:
            return None
        article = next((node for node in self._stack if node.level == Level.ARTICLE), None)
        if article is not None and not article.provision.is_bare_heading:
            return article  # 款 belong to the article, also after its 项
        if is_last and self._closes_the_text(paragraph[0].text):
            return None
        return self._stack[-1]

    def _closes_the_text(self, text: str) -> bool:
        """A last paragraph about the whole, under a unit whose peers have one paragraph each."""
        if not _CLOSING.match(text) or self._stack[-1].provision.is_bare_heading:
            return False
        last = self._stack[-1].provision
        peers = {
            p.id for p in self._provisions if p.parent_id == last.parent_id and p.part == last.part
        }
        return len(peers) > 1 and not any(
            p.parent_id in peers and p.kind is ProvisionKind.PARAGRAPH for p in self._provisions
        )

    # --- tables ---------------------------------------------------------------------------

    def _add_table(self, lines: Sequence[Line]) -> None:
        table = read_table(self._source, lines)
        for line in table.head_lines:
            self._append_row(Segment(line.span), (), self._row_path("表头"), self._holder())
        self._repeated_heads += [
            Furniture("repeated_table_head", line.span) for line in table.repeated_heads
        ]
        base = len(self._stack)
        for row in table.rows:
            if row.is_section:
                del self._stack[base:]
                self._open_table_section(row)
            else:
                self._add_row(row, table.heads)
        del self._stack[base:]

    def _open_table_section(self, row: TableRow) -> None:
        text = row.segment.read(self._source)
        marker = read_marker(text)
        holder = self._holder()
        element = marker.path if marker else text
        provision = self._append(
            ProvisionKind.CLAUSE,
            (*self._path(holder), element),
            (holder.provision.label if holder else "".join((*self._prefix, " "))) + element,
            (row.segment,),
            heading=text,
            parent=holder,
        )
        self._stack.append(_Node(provision, Level.CIRCLED + 1))

    def _holder(self) -> _Node | None:
        return self._stack[-1] if self._stack else None

    def _row_path(self, element: str) -> tuple[str, ...]:
        return (*self._prefix, element) if self._prefix else ("表", element)

    def _add_row(self, row: TableRow, heads: Sequence[str]) -> None:
        self._part_rows += 1
        numbered = bool(heads) and heads[0] in SERIAL_HEADS
        if numbered and row.serial is None:  # a row of rates above a numbered catalogue
            element = row.cells[0].value[:_LONGEST_ROW_NAME]
        else:
            element = f"第{row.serial or self._part_rows}行"
        path = self._row_path(element)
        self._append_row(row.segment, row.cells, path, self._holder())

    def _append_row(
        self,
        segment: Segment,
        cells: tuple[Cell, ...],
        path: tuple[str, ...],
        parent: _Node | None,
    ) -> None:
        label = "".join(path[:-1]) + " " + path[-1]
        self._append(ProvisionKind.TABLE_ROW, path, label, (segment,), cells=cells, parent=parent)

    # --- both -----------------------------------------------------------------------------

    def _path(self, parent: _Node | None) -> tuple[str, ...]:
        """Path that a child of ``parent`` continues. Articles are cited without their chapter."""
        if parent is None or parent.level < Level.ARTICLE:
            return self._prefix
        return parent.provision.path

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
            heading = heading_of(text, marker.level) if marker else ""
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

    def _unused_id(self, path: Sequence[str]) -> str:
        local = ".".join(re.sub(r"[\s./?#%&:]+", "", element)[:40] for element in path)
        candidate, count = f"{self._document_id}:{local}", 1
        while candidate in self._ids:
            count += 1
            candidate = f"{self._document_id}:{local}~{count}"
        self._ids.add(candidate)
        return candidate

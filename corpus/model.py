"""What the documents say, as data: frozen, typed, and tied to the source by character spans.

Three ideas carry everything else:

* a :class:`Span` is a place in a source file, in Unicode code points, half open;
* a :class:`Segment` is a span and the :class:`Repair` list that makes it readable, so that the
  text shown to a reader always differs from the source by recorded repairs only;
* a :class:`Provision` is one addressable piece of a document (条, 款, 项, 一、(一)1., a
  paragraph, a table row). It holds its own words; the words of its children are theirs.

The hierarchy follows Akoma Ntoso (OASIS LegalDocML): a document has parts, parts have
hierarchical provisions, and every provision has a stable identifier.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points in a source text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` at this place."""
        return text[self.start : self.end]


class RepairKind(StrEnum):
    """Why a reading text differs from the printed one."""

    MARKUP = "markup"  # ** and HTML that the scan software put there
    LETTER_SPACING = "letter_spacing"  # 总 则
    REPEATED_AT_PAGE_BREAK = "repeated_at_page_break"  # …监督检查。/ 查,不断规范…
    LINE_BREAK = "line_break"  # a title set in several lines
    MERGED_CELL = "merged_cell"  # a blank cell that means "as above"
    WRAPPED_CELL = "wrapped_cell"  # a blank where the text of a table cell was wrapped


@dataclass(frozen=True, slots=True)
class Repair:
    """``replacement`` is read where the source prints the characters of ``span``."""

    kind: RepairKind
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of source characters and how they are read.

    ``joined`` is true when the segment continues the one before it in mid-sentence: a page break
    or a hard line break stands between the two in the source.
    """

    span: Span
    repairs: tuple[Repair, ...] = ()
    joined: bool = False

    def pieces(self, source: str) -> Iterator[tuple[str, Span | None]]:
        """The repaired text in pieces, each with its place, or None for what a repair put in."""
        at = self.span.start
        for repair in self.repairs:
            if at < repair.span.start:
                kept = Span(at, repair.span.start)
                yield kept.of(source), kept
            if repair.replacement:
                yield repair.replacement, None
            at = repair.span.end
        if at < self.span.end:
            kept = Span(at, self.span.end)
            yield kept.of(source), kept

    def read(self, source: str) -> str:
        """The repaired text. Repairs are applied in order of place."""
        return "".join(piece for piece, _ in self.pieces(source))


class ProvisionKind(StrEnum):
    """What a provision is in the outer surface of the product."""

    CLAUSE = "clause"
    PARAGRAPH = "paragraph"
    TABLE_ROW = "table_row"
    TITLE = "title"


class PartKind(StrEnum):
    """The pieces that one 文号 covers."""

    NOTICE = "notice"  # 通知正文
    ISSUED_TEXT = "issued_text"  # the 方案/办法/意见 that the notice issues
    ATTACHMENT = "attachment"  # 附件1, 附表


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell with the head of its column (empty where the table has none)."""

    head: str
    value: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One addressable piece of a document.

    ``path`` is the place within the document as people write it, one element a level
    (``("三", "(二)", "1")``); ``label`` is the same as one citation string (``三、(二)1.``).
    ``text`` holds the provision's own words without its number; ``heading`` is the leading phrase
    that names it, which is part of ``text``.
    """

    id: str
    document_id: str
    part: int
    parent_id: str | None
    kind: ProvisionKind
    path: tuple[str, ...]
    label: str
    marker: str
    marker_segment: Segment | None
    heading: str
    text: str
    segments: tuple[Segment, ...]
    cells: tuple[Cell, ...] = ()

    @property
    def is_bare_heading(self) -> bool:
        """Whether the provision says nothing beyond its heading."""
        rest = self.text.removeprefix(self.heading)
        return self.kind is ProvisionKind.CLAUSE and self.heading != "" and rest in ("", "。")


@dataclass(frozen=True, slots=True)
class Part:
    """A notice, the text it issues, or one attachment."""

    kind: PartKind
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class AttachmentEntry:
    """One attachment: ``part`` prints it, or ``document_id`` when it is a document of its own.

    Both are None when it is announced but not printed.
    """

    label: str
    title: str
    part: int | None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Furniture:
    """Characters that belong to the book, not to a document."""

    kind: str  # cover | preface | contents | running_head | page_number | repeated_table_head | …
    span: Span


@dataclass(frozen=True, slots=True)
class Page:
    """``number`` is that of the page which begins at ``start`` of the source text."""

    number: int
    start: int


def page_at(pages: Sequence[Page], offset: int) -> int | None:
    """The number of the page on which a character stands.

    None if the format has no pages, or the page stands before the first printed number (0).
    """
    index = bisect_right(pages, offset, key=lambda page: page.start) - 1
    return pages[index].number or None if index >= 0 else None


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a source says of itself: its title, who published it and when (year, month or day)."""

    title: str = ""
    publisher: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Erratum:
    """An editorial remark: the source prints ``printed`` at ``span``, ``reading`` is right.

    ``certain`` is false where the text alone doesn't settle it; ``why`` is for readers (Chinese).
    """

    span: Span
    printed: str
    reading: str
    certain: bool
    why: str


@dataclass(frozen=True, slots=True)
class MetadataSpan:
    """Characters of a document that are not provisions: what they are, and where."""

    field: str
    span: Span


@dataclass(frozen=True)
class Document:
    """One official document with everything under its 文号.

    ``date`` is the date of signature (成文日期) or, for a statute, of adoption. ``container_id``
    names the document that forwards this one. ``page_start`` is the printed first page according
    to the contents list; nothing finer is known.
    """

    id: str
    source_file: str
    doc_number: str | None
    title: str
    issuers: tuple[str, ...]
    date: date | None
    section: str | None
    page_start: int | None
    addressee: str | None
    publicity: str | None
    contact: str | None
    container_id: str | None
    embedded_ids: tuple[str, ...]
    attachments: tuple[AttachmentEntry, ...]
    parts: tuple[Part, ...]
    provisions: tuple[Provision, ...]
    metadata_spans: tuple[MetadataSpan, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Provision]:
        """Provisions by identifier."""
        return {provision.id: provision for provision in self.provisions}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Provision, ...]]:
        grouped: dict[str | None, list[Provision]] = {}
        for provision in self.provisions:
            grouped.setdefault(provision.parent_id, []).append(provision)
        return {parent: tuple(children) for parent, children in grouped.items()}

    def children(self, provision_id: str | None) -> tuple[Provision, ...]:
        """Direct children in reading order; of the document itself for ``None``."""
        return self._children.get(provision_id, ())

    def ancestors(self, provision: Provision) -> tuple[Provision, ...]:
        """Parents from the outermost to the nearest."""
        chain: list[Provision] = []
        parent_id = provision.parent_id
        while parent_id is not None:
            parent = self.by_id[parent_id]
            chain.append(parent)
            parent_id = parent.parent_id
        return tuple(reversed(chain))

    def subtree(self, provision: Provision) -> Iterator[Provision]:
        """The provision and all below it, in reading order."""
        yield provision
        for child in self.children(provision.id):
            yield from self.subtree(child)

    def neighbours(self, provision: Provision) -> tuple[Provision | None, Provision | None]:
        """The siblings before and after."""
        siblings = self.children(provision.parent_id)
        at = siblings.index(provision)
        before = siblings[at - 1] if at else None
        after = siblings[at + 1] if at + 1 < len(siblings) else None
        return before, after


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """One entry of the printed contents list (目录)."""

    title: str
    doc_number: str | None
    page: int
    section: str | None


@dataclass(frozen=True)
class Compilation:
    """A parsed source: its documents in the order of the book, and what is left over."""

    source_file: str
    title: str
    text: str
    documents: tuple[Document, ...]
    contents: tuple[ContentsEntry, ...]
    furniture: tuple[Furniture, ...]
    pages: tuple[Page, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @cached_property
    def by_id(self) -> Mapping[str, Document]:
        """Documents by identifier."""
        return {document.id: document for document in self.documents}

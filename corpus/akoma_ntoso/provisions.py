"""Provisions as hierarchical elements, one element each, in reading order.

=====================  ======================================================================
编 分编 章 节 条        book, part, chapter, section, article (as the official translations of
                       the 民法典 have Book, Part, Chapter, Section, Article)
款                     paragraph
项, 目 of an article   point, indent
一、 (一) 1. (1) ①      section, subsection, paragraph, subparagraph, point
unnumbered paragraph   alinea
table rows             tr of a table, which stands in an ``hcontainer``
anything else          ``hcontainer`` with a name
=====================  ======================================================================

A provision's own words stand in ``num``, ``heading`` and ``content`` or, where other provisions
follow inside it, ``intro``. The first 款 of an article are the article's own words, as in the
parsed document. Any kind of provision may hold any other; ``GUID`` is the provision's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from lxml import etree

from corpus.akoma_ntoso.elements import BLANKS, Identifiers, add, append_text, provision_guid
from corpus.akoma_ntoso.metadata import Reference
from corpus.document_number import chinese_to_int, find_all
from corpus.model import Document, Provision, ProvisionKind
from corpus.outline import Level, Marker, read_marker

_ELEMENTS = {
    Level.BOOK: "book",
    Level.SUBDIVISION: "part",
    Level.CHAPTER: "chapter",
    Level.SECTION: "section",
    Level.ARTICLE: "article",
    Level.IDEOGRAPHIC: "section",
    Level.BRACKETED_IDEOGRAPHIC: "subsection",
    Level.STEP: "division",
    Level.ARABIC: "paragraph",
    Level.BRACKETED_ARABIC: "subparagraph",
    Level.CIRCLED: "point",
}
_UNNUMBERED = re.compile(r"第([一二三四五六七八九十百千零〇]+)([款段])")


class ProvisionWriter:
    """Writes the provisions of one document; part by part, so that each can be an attachment.

    ``eids`` maps the ids of those written so far to their eIds; ``linked`` holds the references
    (as provision id and name) that were found in the text and made links there.
    """

    def __init__(
        self,
        source: str,
        document: Document,
        identifiers: Identifiers,
        references: Iterable[Reference] = (),
    ) -> None:
        self.eids: dict[str, str] = {}
        self.linked: set[tuple[str, str]] = set()
        self._source = source
        self._document = document
        self._identifiers = identifiers
        self._references: dict[str, list[Reference]] = {}
        for reference in references:
            self._references.setdefault(reference.provision_id, []).append(reference)
        first = document.provisions[:1]
        self.title = first[0] if first and first[0].kind is ProvisionKind.TITLE else None
        self._roots: dict[int, list[Provision]] = {}
        self._children: dict[str, list[Provision]] = {}
        self._place_all()

    def _place_all(self) -> None:
        """Put each provision below its parent, as far as the reading order lets it.

        What follows a provision that closed the parent (an ① after the next 款 of its article)
        goes to the nearest ancestor that is still open. The title stands in the preface and
        holds nothing; nothing holds what stands in another part.
        """
        open_ids: list[str] = []
        part = 0
        for provision in self._document.provisions:
            if provision is self.title:
                continue
            if provision.part != part:
                open_ids, part = [], provision.part
            holder = provision.parent_id
            while holder is not None and holder not in open_ids:
                holder = self._document.by_id[holder].parent_id
            if holder is None:
                open_ids = []
                self._roots.setdefault(part, []).append(provision)
            else:
                del open_ids[open_ids.index(holder) + 1 :]
                self._children.setdefault(holder, []).append(provision)
            open_ids.append(provision.id)

    def write_title(self, preface: etree._Element) -> None:
        """The title, in a paragraph of the preface."""
        element = add(add(preface, "p"), "docTitle")
        if self.title is None:
            append_text(element, self._document.title)
        else:
            eid = self._identify(element, self.title, "", "docTitle")
            self._write_words(element, self.title, self.title.text, eid)

    def write_part(self, body: etree._Element, part: int, prefix: str) -> None:
        """All provisions of a part; ``prefix`` is the eId of the attachment that holds it."""
        roots = self._roots.get(part)
        if roots:
            self._write_siblings(body, roots, prefix)
        else:  # the schema wants something in a body
            eid = self._identifiers.give(prefix, "hcontainer")
            add(body, "hcontainer", eId=eid, name="empty")

    # --- hierarchy ------------------------------------------------------------------------

    def _write_siblings(
        self, parent: etree._Element, siblings: Iterable[Provision], prefix: str
    ) -> None:
        for is_row, run in groupby(siblings, key=self._is_plain_row):
            if is_row:
                eid = self._identifiers.give(prefix, "hcontainer")
                holder = add(parent, "hcontainer", eId=eid, name="table")
                content = add(holder, "content", eId=f"{eid}__content")
                self._write_tables(content, list(run), eid)
            else:
                for provision in run:
                    self._write_provision(parent, provision, prefix)

    def _is_plain_row(self, provision: Provision) -> bool:
        """A row that a ``tr`` can be: it has no number of its own and holds nothing."""
        return (
            provision.kind is ProvisionKind.TABLE_ROW
            and provision.marker_segment is None
            and provision.id not in self._children
        )

    def _write_provision(self, parent: etree._Element, provision: Provision, prefix: str) -> None:
        name, container, number = self._element_of(provision)
        element = add(parent, name, name=container)
        eid = self._identify(element, provision, prefix, name, number)
        children = self._children.get(provision.id, [])
        if provision.marker_segment is not None:
            add(element, "num", provision.marker_segment.read(self._source).strip(BLANKS))
        heading, rest = _split_heading(provision)
        if heading and not rest and not children:
            heading, rest = "", heading  # one phrase: what the item says, not its heading
        if heading:
            self._write_words(
                add(element, "heading", eId=f"{eid}__heading"), provision, heading, eid
            )
        if all(self._is_plain_row(child) for child in children):
            self._write_content(element, provision, rest, children, eid)
        else:
            self._write_intro(element, provision, rest, eid)
            self._write_siblings(element, children, eid)

    def _write_content(
        self,
        element: etree._Element,
        provision: Provision,
        text: str,
        rows: Sequence[Provision],
        eid: str,
    ) -> None:
        if not text and not rows:
            return
        content = add(element, "content", eId=f"{eid}__content")
        if text:
            self._write_words(add(content, "p"), provision, text, eid)
        if rows:
            self._write_tables(content, rows, eid)

    def _write_intro(
        self, element: etree._Element, provision: Provision, text: str, eid: str
    ) -> None:
        if not text:
            return
        intro = add(element, "intro", eId=f"{eid}__intro")
        if provision.kind is ProvisionKind.TABLE_ROW:
            table = add(intro, "table", eId=self._identifiers.give(eid, "table"))
            self._write_cells(add(table, "tr"), provision, eid)
        else:
            self._write_words(add(intro, "p"), provision, text, eid)

    def _element_of(self, provision: Provision) -> tuple[str, str | None, str | int | None]:
        """Element, name if it is an ``hcontainer``, and number; None is to be counted."""
        marker = _marker_of(provision)
        if marker is not None:
            return self._element_at(provision, marker.level), None, _number_of(marker)
        if provision.kind is ProvisionKind.PARAGRAPH:
            found = _UNNUMBERED.fullmatch(provision.path[-1]) if provision.path else None
            if found is None:
                return "alinea", None, None
            return "paragraph" if found[2] == "款" else "alinea", None, chinese_to_int(found[1])
        container = {ProvisionKind.TABLE_ROW: "tableRow", ProvisionKind.TITLE: "title"}
        return "hcontainer", container.get(provision.kind, "group"), None

    def _element_at(self, provision: Provision, level: Level) -> str:
        """The same signs number 项 and 目 below an article and the text of an official document."""
        above = [
            marker.level
            for ancestor in self._document.ancestors(provision)
            if (marker := _marker_of(ancestor)) is not None
        ]
        if level > Level.ARTICLE and Level.ARTICLE in above:
            return "point" if above[-1] is Level.ARTICLE else "indent"
        return _ELEMENTS[level]

    def _identify(
        self,
        element: etree._Element,
        provision: Provision,
        prefix: str,
        name: str,
        number: str | int | None = None,
    ) -> str:
        eid = self._identifiers.give(prefix, name, number)
        element.set("eId", eid)
        element.set("GUID", provision_guid(provision.id))
        self.eids[provision.id] = eid
        return eid

    # --- tables ---------------------------------------------------------------------------

    def _write_tables(self, parent: etree._Element, rows: Sequence[Provision], prefix: str) -> None:
        """One table, or several where a head follows rows that had one already."""
        table, eid, above_is_head = None, "", True
        for row in rows:
            is_head = not row.cells
            if table is None or (is_head and not above_is_head):
                eid = self._identifiers.give(prefix, "table")
                table = add(parent, "table", eId=eid)
            above_is_head = is_head
            element = add(table, "tr")
            self._write_cells(element, row, self._identify(element, row, eid, "tr"))

    def _write_cells(self, element: etree._Element, row: Provision, eid: str) -> None:
        """Cells as a tab separates them; ``title`` is the head of the column, printed elsewhere.

        A row that the parser gives no cells is a head.
        """
        values = row.text.split("\t")
        heads = [cell.head for cell in row.cells]
        if len(heads) != len(values):
            heads = [""] * len(values)
        for value, head in zip(values, heads, strict=True):
            cell = add(element, "td" if row.cells else "th", title=head)
            if words := value.strip(BLANKS):
                self._write_words(add(cell, "p"), row, words, eid)

    # --- words ----------------------------------------------------------------------------

    def _write_words(
        self, element: etree._Element, provision: Provision, text: str, eid: str
    ) -> None:
        """``text``, with links where it names a document that a reference speaks of."""
        at = 0
        for start, end, reference in self._named_in(provision, text):
            if start < at:
                continue
            append_text(element, text[at:start])
            ref_eid = self._identifiers.give(eid, "ref")
            add(element, "ref", text[start:end], eId=ref_eid, href=reference.target)
            self.linked.add((provision.id, reference.name))
            at = end
        append_text(element, text[at:])

    def _named_in(self, provision: Provision, text: str) -> list[tuple[int, int, Reference]]:
        """Places where the documents of the provision's references are named, in order."""
        places = []
        for reference in self._references.get(provision.id, ()):
            numbers = [span for span, number in find_all(text) if str(number) == reference.name]
            places += [(span.start, span.end, reference) for span in numbers]
            if not numbers and (start := text.find(reference.name)) >= 0:
                places.append((start, start + len(reference.name), reference))
        return sorted(places, key=lambda place: place[:2])


def _marker_of(provision: Provision) -> Marker | None:
    return read_marker(provision.marker) if provision.marker else None


def _number_of(marker: Marker) -> str:
    """``17`` or, for 第十七条之一, ``17-1``."""
    return f"{marker.number}-{marker.inserted}" if marker.inserted else str(marker.number)


def _split_heading(provision: Provision) -> tuple[str, str]:
    """Heading and the rest of the text; a full stop between the two goes with the heading."""
    text, heading = provision.text, provision.heading
    if provision.kind is ProvisionKind.TABLE_ROW or not text.startswith(heading):
        return "", text
    end = len(heading)
    if heading and text[end : end + 1] == "。":
        end += 1
    return text[:end], text[end:]

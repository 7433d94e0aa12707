"""One parsed document as one Akoma Ntoso file: its frame, its parts, its metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from lxml import etree

from corpus.akoma_ntoso.addresses import genre_of, is_statute
from corpus.akoma_ntoso.elements import Identifiers, add, append_text, new_document
from corpus.akoma_ntoso.metadata import MetadataWriter, Reference
from corpus.akoma_ntoso.provisions import ProvisionWriter
from corpus.cleaning import repairs_within
from corpus.document_number import chinese_to_int
from corpus.metadata import parse_date
from corpus.model import Document, MetadataSpan, Part, Segment

_DATE = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_PREFACE_FIELDS = frozenset({"doc_number", "adoption_note", "addressee"})
_NUMERAL = re.compile(r"附[件表]([一二三四五六七八九十\d]*)")


def to_akoma_ntoso(
    source: str,
    document: Document,
    *,
    references: Sequence[Reference] = (),
    made_on: date | None = None,
) -> bytes:
    """Export a document as XML (UTF-8, with declaration) valid against ``akomantoso30.xsd``.

    ``source`` is the text that the document was parsed from. A statute (法律, 条例) becomes an
    ``act``. Everything else is a ``doc``, the element for "any other document that is not
    included in the list" (AKN 3.0): notices and opinions of offices are neither acts nor bills.
    Its ``name`` is the genre as the title prints it (通知, 意见). What a notice issues, and its
    attachments, are ``attachment`` elements that hold a ``doc`` each, with eIds ``att_1__…`` by
    the printed number, or ``att_nn__…`` where none is printed.

    All words of all provisions, their numbers included, stand in it once and in reading order,
    repaired as in ``Provision.text``; characters that XML 1.0 forbids become U+FFFD. ``GUID`` is
    the id of the provision.

    ``references`` are put into the text as links, and into the metadata; ``made_on`` is the day
    that the manifestation gives as its own.

    Raises:
        ValueError: a reference names a provision that the document doesn't have.
    """
    for reference in references:
        if reference.provision_id not in document.by_id:
            raise ValueError(f"no provision {reference.provision_id!r} in {document.id!r}")
    return _Exporter(source, document, references, made_on).export()


class _Exporter:
    def __init__(
        self,
        source: str,
        document: Document,
        references: Sequence[Reference],
        made_on: date | None,
    ) -> None:
        self._source = source
        self._document = document
        self._references = references
        self._identifiers = Identifiers()
        self._metadata = MetadataWriter(document, self._identifiers, made_on)
        self._provisions = ProvisionWriter(source, document, self._identifiers, references)

    def export(self) -> bytes:
        document = self._document
        root = new_document()
        statute = is_statute(document)
        name = genre_of(document.title, "法规" if statute else "公文")
        whole = add(root, "act" if statute else "doc", name=name, contains="originalVersion")
        meta = add(whole, "meta")
        self._write_preface(add(whole, "preface"))
        self._provisions.write_part(add(whole, "body" if statute else "mainBody"), 0, "")
        self._write_conclusions(whole, 0)
        if len(document.parts) > 1:
            attachments = add(whole, "attachments")
            for index, part in enumerate(document.parts[1:], start=1):
                self._write_attachment(attachments, index, part)
        self._metadata.write_identification(meta, "main", document.title)
        written = self._provisions  # the analysis points at what is written by now
        self._metadata.write_analysis(meta, self._references, written.eids, written.linked)
        self._metadata.write_references(meta, self._references)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    # --- frame ----------------------------------------------------------------------------

    def _write_preface(self, preface: etree._Element) -> None:
        fields = self._document.metadata_spans
        title = self._provisions.title
        start = title.segments[0].span.start if title and title.segments else 0
        for field in fields:  # the 附件 line over a document that another one forwards
            if field.field == "attachment_label" and field.span.start < start:
                add(preface, "block", self._read(field), name=field.field)
        self._provisions.write_title(preface)
        ahead = [field for field in fields if field.field in _PREFACE_FIELDS]
        for name, lines in groupby(ahead, key=lambda field: field.field):
            text = "".join(self._read(line) for line in lines)
            if name == "doc_number":
                add(add(preface, "p"), "docNumber", text)
            else:
                _write_dated(add(preface, "block", name=name), text)

    def _write_conclusions(self, parent: etree._Element, part: int) -> None:
        """Signature, list of attachments and whatever else frames a part of the document.

        Labels and titles of parts are left out here: the ``attachment`` elements bear them.
        """
        skipped = {*_PREFACE_FIELDS, "attachment_label", "part_title"}
        spans = [
            field
            for field in self._document.metadata_spans
            if field.field not in skipped and self._part_at(field.span.start) == part
        ]
        if not spans:
            return
        conclusions = add(parent, "conclusions")
        for field in spans:
            text = self._read(field)
            if field.field == "date":
                _write_dated(add(conclusions, "p"), text)
            elif field.field == "signature":
                add(add(conclusions, "p"), "signature", text, refersTo=self._signing(text))
            else:
                add(conclusions, "block", text, name=field.field)

    def _part_at(self, place: int) -> int:
        """The part whose provisions stand last before a place in the source."""
        part = 0
        for provision in self._document.provisions:
            if provision.segments and provision.segments[0].span.start < place:
                part = provision.part
        return part

    def _read(self, field: MetadataSpan) -> str:
        """A line of the frame without what the scan software put there, a list mark included."""
        segment = Segment(field.span, repairs_within(self._source, field.span))
        return segment.read(self._source).removeprefix("- ").strip()

    def _signing(self, line: str) -> str:
        """References to the bodies that a line of the signature names; empty if none."""
        names = re.sub(r"\s", "", line).split("/")
        eids = [self._metadata.issuers[name] for name in names if name in self._metadata.issuers]
        return " ".join(f"#{eid}" for eid in eids)

    # --- parts ----------------------------------------------------------------------------

    def _write_attachment(self, attachments: etree._Element, index: int, part: Part) -> None:
        number = _attachment_number(part)
        eid = self._identifiers.give("", "attachment", number)
        attachment = add(attachments, "attachment", eId=eid)
        if part.label:
            add(attachment, "num", part.label)
        if part.title:
            add(attachment, "heading", part.title, eId=f"{eid}__heading")
        name = genre_of(part.title, "附件")
        inner = add(attachment, "doc", name=name, contains="originalVersion")
        component = eid.replace("att_", "attachment_", 1)
        title = part.title or part.label
        self._metadata.write_identification(add(inner, "meta"), component, title)
        self._provisions.write_part(add(inner, "mainBody"), index, eid)
        self._write_conclusions(inner, index)


def _write_dated(element: etree._Element, text: str) -> None:
    """``text`` with its dates as ``docDate``; what isn't a day of the calendar is left alone."""
    at = 0
    for hit in _DATE.finditer(text):
        if (day := parse_date(hit[0])) is not None:
            append_text(element, text[at : hit.start()])
            add(element, "docDate", hit[0], date=day.isoformat())
            at = hit.end()
    append_text(element, text[at:])


def _attachment_number(part: Part) -> str:
    """``2`` for 附件2, ``2-1`` for 附件2之附件, ``1`` for the only 附件, ``nn`` without a label."""
    numerals = _NUMERAL.findall(part.label)
    return "-".join(_arabic(numeral) for numeral in numerals) or "nn"


def _arabic(numeral: str) -> str:
    try:
        return str(chinese_to_int(numeral)) if numeral else "1"
    except ValueError:  # digits of two scripts in one number
        return numeral

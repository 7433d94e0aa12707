"""One document: its frame (title, number, addressee, signature) and its parts.

A notice is signed before the text it issues: title, number, addressee, notice, list of
attachments, signature, date, **then** the 方案/办法/意见, often without the word 附件.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.cleaning import comparable, tidy_title
from corpus.document_heads import DocumentHead
from corpus.metadata import (
    AnnouncedAttachment,
    Signature,
    adoption,
    find_addressee,
    find_attachment_list,
    find_signature,
    issuers_of_title,
    mentioned_attachments,
)
from corpus.model import (
    AttachmentEntry,
    Document,
    Furniture,
    MetadataSpan,
    Part,
    PartKind,
    Provision,
)
from corpus.outline import read_marker
from corpus.provisions import ProvisionTree
from corpus.readers.text import Line
from corpus.sources import Source

_LABEL = re.compile(r"附\s*([件表])\s*([一二三四五六七八九十\d]{0,3})\s*[:：]?$")
_LONGEST_TITLE_LINE = 45  # characters
_LONGEST_TITLE = 4  # lines


def read_document(
    source: Source, document_id: str, head: DocumentHead, lines: Sequence[Line], end: int
) -> tuple[Document, tuple[Furniture, ...]]:
    """Read the document that stands in ``lines[head.first:end]``.

    Returns it without what only the contents list knows (section, page) and with the furniture
    found inside (repeated table heads).
    """
    return _DocumentReader(source, document_id, head, lines, end).read()


@dataclass
class _DocumentReader:
    source: Source
    id: str
    head: DocumentHead
    lines: Sequence[Line]
    end: int
    metadata: list[MetadataSpan] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    announced: list[AnnouncedAttachment] = field(default_factory=list)
    tree: ProvisionTree = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ProvisionTree(self.source.text, self.id)

    def read(self) -> tuple[Document, tuple[Furniture, ...]]:
        head, lines = self.head, self.lines
        title_end = head.body - 1 if head.number else head.first + 1
        self.tree.add_title(lines[head.first : title_end])
        self._note("doc_number" if head.number else "adoption_note", title_end, head.body)
        start = find_addressee(lines, head.body, self.end)
        self._note("addressee", head.body, start)
        signature = find_signature(lines, start, self.end)
        self._open_part(PartKind.NOTICE, "", "")
        if signature:
            self._add_body(start, signature.first)
            for index, name in enumerate(signature.fields, start=signature.first):
                self._note(name, index, index + 1)
            self._add_issued_texts(signature.end)
        else:
            body_end = next((i for i in range(start, self.end) if self._label(i)), self.end)
            self._add_body(start, body_end)
            self._add_issued_texts(body_end)
        issuers, signed = self._issuers_and_date(signature)
        provisions, repeated_heads = self.tree.finish()
        document = Document(
            id=self.id,
            source_file=self.source.file,
            doc_number=str(head.number) if head.number else None,
            title=head.title,
            issuers=issuers,
            date=signed,
            section=None,
            page_start=None,
            addressee=self._printed(head.body, start).rstrip(":：") or None,
            publicity=signature.publicity if signature else None,
            contact=signature.contact if signature else None,
            container_id=None,
            embedded_ids=(),
            attachments=self._attachments(provisions),
            parts=tuple(self.parts),
            provisions=provisions,
            metadata_spans=tuple(self.metadata),
        )
        return document, repeated_heads

    def _note(self, name: str, first: int, end: int) -> None:
        self.metadata += [MetadataSpan(name, line.span) for line in self.lines[first:end]]

    def _printed(self, first: int, end: int) -> str:
        return "".join(line.span.of(self.source.text) for line in self.lines[first:end])

    def _issuers_and_date(self, signature: Signature | None) -> tuple[tuple[str, ...], date | None]:
        """Names as the title prints them; the signature where the title leaves them out."""
        titled = issuers_of_title(self.head.title)
        if self.head.adoption_note:
            return adoption(self.head.adoption_note)
        signed = signature.issuers if signature else ()
        return titled or signed, signature.date if signature else None

    def _open_part(self, kind: PartKind, label: str, title: str) -> None:
        self.parts.append(Part(kind, label, title))
        self.tree.open_part(len(self.parts) - 1, kind, label)

    def _add_body(self, first: int, end: int) -> None:
        """Running text and tables, less the list of attachments."""
        list_first, list_end, announced = find_attachment_list(self.lines, first, end)
        self.tree.add_lines(self.lines[first:list_first])
        self._note("attachment_list", list_first, list_end)
        self.announced += announced
        self.tree.add_lines(self.lines[list_end:end])

    def _add_issued_texts(self, first: int) -> None:
        """What follows the signature: the issued text, then attachments with or without label."""
        at = first
        while at < self.end:
            label = self._label(at)
            body = at if label is None else at + 1
            title_end = self._title_end(body)
            stop = title_end
            while stop < self.end and not self._opens_attachment(stop):
                stop += 1
            title = tidy_title([line.text for line in self.lines[body:title_end]])
            label = label or self._label_of_title(title)
            self._note("attachment_label", at, body)
            self._note("part_title", body, title_end)
            is_issued = label is None or self._is_what_the_title_issues(label, title)
            kind = PartKind.ISSUED_TEXT if is_issued else PartKind.ATTACHMENT
            self._open_part(kind, label or "", title)
            self._add_body(title_end, stop)
            at = stop

    def _label(self, index: int) -> str | None:
        """附件 1 as ``附件1``; a second, unnumbered 附件 belongs to the attachment before it."""
        hit = _LABEL.match(self.lines[index].text)
        if hit is None:
            return None
        label = f"附{hit[1]}{hit[2]}"
        before = self.parts[-1].label
        return f"{before}之{label}" if not hit[2] and re.search(r"\d", before) else label

    def _title_end(self, first: int) -> int:
        """The title of a part: its first line, and those set right below without a gap."""
        end = first
        while (
            end < self.end
            and self._may_be_title(end)
            and (end == first or not self.lines[end].after_gap)
        ):
            end += 1
        return end

    def _may_be_title(self, index: int) -> bool:
        line = self.lines[index]
        return not (
            line.is_table_row
            or read_marker(line.text)
            or len(line.text) > _LONGEST_TITLE_LINE
            or line.text[-1] in "。；;：:,，、"
        )

    def _opens_attachment(self, index: int) -> bool:
        """At a label, or at the announced title of an attachment, set in one line or several."""
        if _LABEL.match(self.lines[index].text):
            return True
        if not self.announced:
            return False
        end = min(self._title_end(index), index + _LONGEST_TITLE)
        titles = (
            tidy_title([line.text for line in self.lines[index:i]])
            for i in range(index + 1, end + 1)
        )
        return any(self._label_of_title(title) is not None for title in titles)

    def _label_of_title(self, title: str) -> str | None:
        """The label that the list of attachments gives to this title, if it is announced there."""
        wanted = comparable(title)
        for entry in self.announced:
            if wanted and comparable(entry.title) == wanted:
                return entry.label
        return None

    def _is_what_the_title_issues(self, label: str, title: str) -> bool:
        """``附件`` over the 办法 of ``关于印发…办法的通知``: cited without the word 附件."""
        wanted = comparable(title)
        return (
            not re.search(r"\d", label) and wanted != "" and wanted in comparable(self.head.title)
        )

    def _attachments(self, provisions: Sequence[Provision]) -> tuple[AttachmentEntry, ...]:
        """Announced attachments with the part that prints them, then unannounced ones.

        Those that the text only refers to are neither printed nor announced: 建设要求(附件3).
        """
        printed = {part.label: index for index, part in enumerate(self.parts) if part.label}
        entries = []
        for announced in self.announced:
            part = printed.pop(announced.label, None)
            entries.append(AttachmentEntry(announced.label, announced.title, part))
        entries += [
            AttachmentEntry(label, self.parts[index].title, index)
            for label, index in printed.items()
        ]
        known = {entry.label for entry in entries}
        own_text = (
            p.text for p in provisions if self.parts[p.part].kind is not PartKind.ATTACHMENT
        )
        for mentioned in mentioned_attachments("\n".join(own_text)):
            if mentioned.label not in known and not (known and mentioned.label == "附件"):
                known.add(mentioned.label)
                entries.append(AttachmentEntry(mentioned.label, mentioned.title, None))
        return tuple(entries)

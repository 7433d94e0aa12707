"""Source text -> documents -> provisions.

The parser never raises on text and loses nothing: what it can't place more finely becomes a
paragraph of the document it stands in, and text outside any document is furniture and a warning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.cleaning import comparable
from corpus.contents import read_contents
from corpus.document_heads import DocumentHead, find_heads
from corpus.document_reader import read_document
from corpus.model import (
    AttachmentEntry,
    Compilation,
    ContentsEntry,
    Document,
    Erratum,
    Furniture,
    MetadataSpan,
    page_at,
)
from corpus.outline import read_marker
from corpus.readers.text import Line, read_lines
from corpus.sources import Source


def parse_source(source: Source, errata: Sequence[Erratum] = ()) -> Compilation:
    """Parse one source into its documents.

    Names, numbers and dates are read with certain errata put right; texts stay as printed.
    """
    lines = read_lines(source.text, errata)
    if source.furniture:
        margins = {item.span.start for item in source.furniture}
        lines = tuple(line for line in lines if line.span.start not in margins)
    contents = read_contents(lines)
    furniture = [*source.furniture, *contents.furniture]
    running_heads = {*contents.sections, *source.running_heads}
    body: list[Line] = []
    for line in lines[contents.body_start :]:
        if line.text in running_heads and not _opens_unit(line, body):
            furniture.append(Furniture("running_head", line.span))
        else:
            body.append(line)
    heads = find_heads(body, 0)
    stray = body[: heads[0].first] if heads else body
    furniture += [Furniture("outside_documents", line.span) for line in stray]
    documents = _read_documents(source, body, heads, contents.entries, furniture)
    warnings = [f"第{line.number}行不属于任何文件:{line.text[:30]}" for line in stray]
    warnings += _differences(contents.entries, documents)
    return Compilation(
        source_file=source.file,
        title=source.title,
        text=source.text,
        documents=documents,
        contents=contents.entries,
        furniture=tuple(sorted(furniture, key=lambda item: item.span)),
        pages=source.pages,
        warnings=tuple(warnings),
    )


def _opens_unit(line: Line, before: Sequence[Line]) -> bool:
    """A unit of a document may bear the words of a running head: then it follows in number.

    A running head stands inside a table or between the halves of a cut paragraph; ``二、…`` as a
    heading comes after ``一、…`` of the same document.
    """
    marker = read_marker(line.text)
    if marker is None or not before or before[-1].is_table_row:
        return False
    earlier = (read_marker(previous.text) for previous in reversed(before[-200:]))
    peer = next((found for found in earlier if found and found.level is marker.level), None)
    return peer is not None and peer.number == marker.number - 1


def _read_documents(
    source: Source,
    body: Sequence[Line],
    heads: Sequence[DocumentHead],
    entries: Sequence[ContentsEntry],
    furniture: list[Furniture],
) -> tuple[Document, ...]:
    documents: list[Document] = []
    taken: set[str] = set()
    container: int | None = None
    for index, head in enumerate(heads):
        end = _end_of(heads, index, len(body))
        document_id = _unused_id(head, taken, source)
        document, repeated = read_document(source, document_id, head, body, end)
        furniture += repeated
        entry = _contents_entry(head, entries)
        document = replace(
            document,
            section=entry.section if entry else None,
            page_start=entry.page if entry else page_at(source.pages, body[head.first].span.start),
        )
        if head.label is None or container is None:
            container = len(documents)
        else:
            forwarding = documents[container]
            document = replace(document, container_id=forwarding.id)
            label = MetadataSpan("attachment_label", body[head.label].span)
            documents[container] = replace(
                forwarding,
                embedded_ids=(*forwarding.embedded_ids, document.id),
                attachments=_with_embedded(forwarding.attachments, document),
                metadata_spans=(*forwarding.metadata_spans, label),
            )
        documents.append(document)
    return _with_sections(documents)


def _with_embedded(
    attachments: Sequence[AttachmentEntry], document: Document
) -> tuple[AttachmentEntry, ...]:
    """The first announced attachment that nothing prints yet is the embedded document."""
    filled = list(attachments)
    for index, entry in enumerate(filled):
        if entry.part is None and entry.document_id is None:
            filled[index] = replace(entry, title=document.title, document_id=document.id)
            break
    return tuple(filled)


def _end_of(heads: Sequence[DocumentHead], index: int, body_end: int) -> int:
    if index + 1 == len(heads):
        return body_end
    following = heads[index + 1]
    return following.first if following.label is None else following.label


def _with_sections(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Documents that the contents omit stand in the section of what they promulgate or belong to.

    An embedded notice takes the section of its container; an announcement that precedes the
    statute it promulgates takes that of the statute.
    """
    by_id = {document.id: document for document in documents}
    filled: list[Document] = []
    following: str | None = None
    for document in reversed(documents):
        section = document.section
        if section is None and document.container_id is not None:
            section = by_id[document.container_id].section
        section = section or following
        following = section
        filled.append(replace(document, section=section))
    return tuple(reversed(filled))


def _unused_id(head: DocumentHead, taken: set[str], source: Source) -> str:
    base = head.number.slug if head.number else re.sub(r"[\s/?#%:.]+", "-", head.title)
    if base in source.qualified:
        base += "@" + re.sub(r"[\s/?#%:.@]+", "-", source.file.rpartition(".")[0])
    candidate, count = base, 1
    while candidate in taken:
        count += 1
        candidate = f"{base}~{count}"
    taken.add(candidate)
    return candidate


def _contents_entry(head: DocumentHead, entries: Sequence[ContentsEntry]) -> ContentsEntry | None:
    if head.number is not None:
        return next((entry for entry in entries if entry.doc_number == str(head.number)), None)
    title = comparable(head.title)
    return next((entry for entry in entries if comparable(entry.title) == title), None)


def _differences(entries: Sequence[ContentsEntry], documents: Sequence[Document]) -> list[str]:
    """Where the contents list and the body disagree, in Chinese, one line each."""
    found = {document.doc_number or comparable(document.title): document for document in documents}
    lines = []
    for entry in entries:
        document = found.get(entry.doc_number or comparable(entry.title))
        if document is None:
            lines.append(f"目录第{entry.page}页的《{entry.title}》在正文中没有找到")
        elif comparable(document.title) != comparable(entry.title):
            lines.append(
                f"{entry.doc_number} 的标题不一致:"
                f"目录作《{entry.title}》,正文作《{document.title}》"
            )
    return lines

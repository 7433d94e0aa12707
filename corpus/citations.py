"""Which documents a document names by number."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.document_number import DocumentNumber, find_all
from corpus.model import Document, Span


@dataclass(frozen=True, slots=True)
class Mention:
    """``provision_id`` names ``number`` at ``span`` of its text."""

    document_id: str
    provision_id: str
    number: DocumentNumber
    span: Span


def mentions(document: Document) -> tuple[Mention, ...]:
    """All numbers that the document's provisions name, in reading order, its own left out."""
    return tuple(
        Mention(document.id, provision.id, number, span)
        for provision in document.provisions
        for span, number in find_all(provision.text)
        if str(number) != document.doc_number
    )

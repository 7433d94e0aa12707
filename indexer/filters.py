"""Which documents a search is limited to."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from corpus.cleaning import comparable
from corpus.model import Document
from corpus.validity import Status


@dataclass(frozen=True, slots=True)
class Filters:
    """Keep only units of documents that meet all of these, and stand as ``status`` on ``as_of``."""

    doc_number: str | None = None
    issuer: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    section: str | None = None
    as_of: date | None = None  # documents signed later don't exist yet
    status: Status | None = None  # without ``as_of`` that of today

    def admit(self, document: Document, container: Document | None) -> bool:
        """Whether a document passes; a number also admits what the document forwards.

        How it stands isn't looked at, as its clauses may stand otherwise: :meth:`admit_status`.
        """
        if self.doc_number is not None:
            wanted = _comparable_number(self.doc_number)
            names = [document.doc_number or document.title, document.id]
            names += [container.doc_number or ""] if container else []
            if wanted not in map(_comparable_number, names):
                return False
        if self.issuer is not None and not any(self.issuer in name for name in document.issuers):
            return False
        if self.section is not None and self.section not in (document.section or ""):
            return False
        if self.as_of is not None and document.date is not None and document.date > self.as_of:
            return False
        if self.year_from is None and self.year_to is None:
            return True
        if document.date is None:
            return False
        return (self.year_from or 0) <= document.date.year <= (self.year_to or 9999)

    def admit_status(self, status: Status) -> bool:
        """Whether a document or a clause of that standing passes."""
        return self.status is None or status is self.status


def _comparable_number(number: str) -> str:
    return comparable(unicodedata.normalize("NFKC", number))

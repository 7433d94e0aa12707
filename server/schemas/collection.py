"""The JSON of what the collection is as a whole."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, Field

from corpus.model import Document
from server.schemas.facet import FacetOut


class DocumentNameOut(BaseModel):
    """A document by name."""

    id: str
    doc_number: str | None
    title: str
    date: datetime.date | None

    @classmethod
    def of(cls, document: Document) -> DocumentNameOut:
        """The name of ``document``."""
        return cls(
            id=document.id,
            doc_number=document.doc_number,
            title=document.title,
            date=document.date,
        )

    @property
    def label(self) -> str:
        """How the document is called: by number, by title where it has none."""
        return self.doc_number or f"《{self.title}》"


class CoverageOut(BaseModel):
    """How much of the sources is in the collection, and what was written for it.

    ``characters`` are the non-blank ones of the sources: those of clauses, of the heads and feet of
    documents, of the book around them (cover, contents, running heads), and those that have no
    place or more than one.
    """

    documents: int
    clauses: int
    characters: int
    clause_characters: int
    document_characters: int
    book_characters: int
    misplaced_characters: int
    citable_clauses: int = Field(description="clauses that are searched for and cited")
    clauses_with_questions: int = Field(description="those with questions as people ask them")
    questions: int
    benefit_rules: int


class MonthOut(BaseModel):
    """Documents of a month, oldest first."""

    month: int = Field(ge=1, le=12)
    documents: list[DocumentNameOut]


class YearOut(BaseModel):
    """Documents of a year."""

    year: int
    total: int
    months: list[MonthOut] = Field(description="those in which a document was signed")


class IssuerOut(BaseModel):
    """How many documents somebody issued, how many of them with others, and with whom."""

    name: str
    documents: int
    jointly: int
    partners: list[FacetOut]


class GroupOut(BaseModel):
    """Documents that share a value, in the order of the book."""

    value: str
    documents: list[DocumentNameOut]


class CitedDocumentOut(BaseModel):
    """A document that cites or is cited.

    ``document`` is null if it isn't in the collection; ``name`` is then as it is cited.
    ``cited_by`` and ``cites`` count documents of the collection.
    """

    name: str
    document: DocumentNameOut | None
    year: int | None
    cited_by: int
    cites: int


class CitationLinkOut(BaseModel):
    """One document names another in the given clauses; ends are positions in ``documents``."""

    citing: int
    cited: int
    kinds: list[str] = Field(
        description="cites | forwards | implements | repeals | overrides | promulgates"
    )
    clause_ids: list[str]


class CitationGraphOut(BaseModel):
    """What the documents of the collection name; documents that none names or is named by count.

    ``documents`` are in order of date: year, then day; those without a year come first.
    """

    documents: list[CitedDocumentOut]
    links: list[CitationLinkOut]
    unconnected: list[DocumentNameOut] = Field(
        description="documents of the collection that neither name another of it nor are named"
    )


class MissingAttachmentOut(BaseModel):
    """An attachment that a document announces and the book doesn't print."""

    document: DocumentNameOut
    label: str
    title: str


class CitedElsewhereOut(BaseModel):
    """A document outside the collection, and who names it."""

    name: str
    cited_by: list[DocumentNameOut]


class MissingOut(BaseModel):
    """What is not in the collection although its documents speak of it, most named first."""

    attachments: list[MissingAttachmentOut]
    documents: list[CitedElsewhereOut]


class CollectionOut(BaseModel):
    """The collection as a whole, computed from the index."""

    titles: list[str] = Field(description="of the books that the documents come from")
    as_of: datetime.date
    coverage: CoverageOut
    years: list[YearOut]
    undated: list[DocumentNameOut]
    issuers: list[IssuerOut]
    sections: list[GroupOut]
    standings: list[GroupOut] = Field(description="documents by status on ``as_of``")
    citations: CitationGraphOut
    missing: MissingOut

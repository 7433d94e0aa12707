"""The JSON of the outer surface. Field names are fixed; the command line prints the same."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import BaseModel, Field

from corpus.model import Document, Part, Provision, ProvisionKind
from corpus.quotation import PlacedErratum
from corpus.validity import Validity
from indexer.lookup import LookupResult
from indexer.search import Hit, SearchResult


class StatusOut(BaseModel):
    """Standing of a document on a day; ``from`` and ``to`` only where the text says so."""

    label: str = Field(description="有效 | 尚未施行 | 已过实施期 | 已被废止 | 未注明")
    as_of: datetime.date
    begins: datetime.date | None = Field(serialization_alias="from")
    ends: datetime.date | None = Field(serialization_alias="to")
    basis: list[str]
    repealed_by: str | None

    @classmethod
    def of(cls, validity: Validity, as_of: datetime.date) -> StatusOut:
        """The standing on ``as_of``."""
        return cls(
            label=validity.status(as_of).value,
            as_of=as_of,
            begins=validity.begins,
            ends=validity.ends,
            basis=list(validity.basis),
            repealed_by=validity.repealed_by,
        )


class CellOut(BaseModel):
    """A table cell with the head of its column."""

    head: str
    value: str


class ErratumOut(BaseModel):
    """A misprint at ``start``…``end`` of the text, which stays as printed."""

    start: int
    end: int
    printed: str
    reading: str
    certain: bool
    why: str


class ClauseOut(BaseModel):
    """One clause for reading. ``cells`` is empty except for table rows."""

    id: str
    path: list[str]
    label: str
    heading: str
    headings: list[str] = Field(description="titles and headings above, outermost first")
    kind: str = Field(description="clause | paragraph | table_row | title")
    text: str
    cells: list[CellOut]
    errata: list[ErratumOut]


class DocumentOut(BaseModel):
    """What a document is, in short."""

    id: str
    doc_number: str | None
    title: str
    issuers: list[str]
    date: datetime.date | None
    section: str | None
    page_start: int | None
    container: str | None
    status: StatusOut

    @classmethod
    def of(
        cls,
        document: Document,
        container: Document | None,
        validity: Validity,
        as_of: datetime.date,
    ) -> DocumentOut:
        """The short form of ``document``."""
        return cls(
            id=document.id,
            doc_number=document.doc_number,
            title=document.title,
            issuers=list(document.issuers),
            date=document.date,
            section=document.section,
            page_start=document.page_start,
            container=(container.doc_number or container.title) if container else None,
            status=StatusOut.of(validity, as_of),
        )


class SourceOut(BaseModel):
    """Where the quote stands: offsets in characters into the source file."""

    file: str
    spans: list[tuple[int, int]]


class CitationOut(BaseModel):
    """``quote`` is exactly the concatenation of the spans."""

    text: str
    quote: str
    source: SourceOut
    page_start: int | None = Field(description="first page of the document, as printed")


class HitOut(BaseModel):
    """A ranked clause with its citation; ``highlights`` are offsets into ``clause.text``."""

    rank: int
    score: float
    clause: ClauseOut
    document: DocumentOut
    citation: CitationOut
    highlights: list[tuple[int, int]]

    @classmethod
    def of(cls, hit: Hit, as_of: datetime.date) -> HitOut:
        """The JSON of one hit."""
        provision = hit.unit.provision
        return cls(
            rank=hit.rank,
            score=round(hit.score, 4),
            clause=ClauseOut(
                id=hit.unit.id,
                path=list(provision.path),
                label=provision.label,
                heading=provision.heading,
                headings=list(hit.unit.headings),
                kind=provision.kind.value,
                text=hit.unit.text,
                cells=[CellOut(head=cell.head, value=cell.value) for cell in provision.cells],
                errata=[ErratumOut(**asdict(erratum)) for erratum in hit.unit.errata],
            ),
            document=DocumentOut.of(hit.document, hit.container, hit.validity, as_of),
            citation=CitationOut(
                text=hit.citation,
                quote=hit.unit.quote,
                source=SourceOut(
                    file=hit.document.source_file,
                    spans=[(span.start, span.end) for span in hit.unit.spans],
                ),
                page_start=hit.document.page_start,
            ),
            highlights=list(hit.highlights),
        )


class SearchOut(BaseModel):
    """A page of ranked hits."""

    query: str
    mode: str
    took_ms: float
    total: int
    results: list[HitOut]

    @classmethod
    def of(cls, result: SearchResult, took_ms: float, as_of: datetime.date) -> SearchOut:
        """The JSON of a search."""
        return cls(
            query=result.query,
            mode=result.mode.value,
            took_ms=round(took_ms, 2),
            total=result.total,
            results=[HitOut.of(hit, as_of) for hit in result.hits],
        )


class CandidateOut(BaseModel):
    """A document that may be meant."""

    id: str
    doc_number: str | None
    title: str
    score: float


class LookupOut(BaseModel):
    """What a typed number leads to."""

    query: str
    match: str = Field(description="exact | variant | fuzzy | cited | none")
    document: DocumentOut | None
    clause: HitOut | None
    candidates: list[CandidateOut]
    cited_by: list[HitOut]
    notice: str | None

    @classmethod
    def of(
        cls, result: LookupResult, document: DocumentOut | None, as_of: datetime.date
    ) -> LookupOut:
        """The JSON of a look-up."""
        return cls(
            query=result.query,
            match=result.match.value,
            document=document,
            clause=HitOut.of(result.clause, as_of) if result.clause else None,
            candidates=[
                CandidateOut(
                    id=candidate.document.id,
                    doc_number=candidate.document.doc_number,
                    title=candidate.document.title,
                    score=candidate.score,
                )
                for candidate in result.candidates
            ],
            cited_by=[HitOut.of(hit, as_of) for hit in result.cited_by],
            notice=result.notice,
        )


class FacetOut(BaseModel):
    """How many documents have a value."""

    value: str
    count: int


class DocumentsOut(BaseModel):
    """Documents in the order of the book."""

    total: int
    documents: list[DocumentOut]
    facets: dict[str, list[FacetOut]]


class PartOut(BaseModel):
    """The notice, the issued text or an attachment."""

    kind: str
    label: str
    title: str

    @classmethod
    def of(cls, part: Part) -> PartOut:
        """The JSON of one part."""
        return cls(kind=part.kind.value, label=part.label, title=part.title)


class OutlineOut(BaseModel):
    """A numbered unit and those below it."""

    id: str
    label: str
    heading: str
    children: list[OutlineOut]


class ProvisionOut(BaseModel):
    """A provision with its own words only; ``marker`` is its printed number."""

    id: str
    parent: str | None
    part: int
    kind: str
    path: list[str]
    label: str
    marker: str
    heading: str
    text: str
    spans: list[tuple[int, int]]
    errata: list[ErratumOut]

    @classmethod
    def of(cls, provision: Provision, errata: Sequence[PlacedErratum]) -> ProvisionOut:
        """The JSON of one provision with the errata in its text."""
        return cls(
            id=provision.id,
            parent=provision.parent_id,
            part=provision.part,
            kind=provision.kind.value,
            path=list(provision.path),
            label=provision.label,
            marker=provision.marker,
            heading=provision.heading,
            text=provision.text,
            spans=[(s.span.start, s.span.end) for s in provision.segments],
            errata=[ErratumOut(**asdict(erratum)) for erratum in errata],
        )


class TableOut(BaseModel):
    """Rows of one part's tables: heads of the columns and cells as they are read."""

    part: int
    heads: list[str]
    rows: list[list[str]]
    clause_ids: list[str]


class AttachmentOut(BaseModel):
    """An attachment; ``printed`` is false when it is announced but missing."""

    label: str
    title: str
    printed: bool
    document: str | None


class ReferenceOut(BaseModel):
    """One document names another: which clause, which number, whether it is in the collection."""

    clause_id: str
    doc_number: str
    document: str | None


class DocumentDetailOut(DocumentOut):
    """One document, whole."""

    addressee: str | None
    publicity: str | None
    contact: str | None
    parts: list[PartOut]
    outline: list[OutlineOut]
    clauses: list[ProvisionOut]
    tables: list[TableOut]
    attachments: list[AttachmentOut]
    embedded: list[str]
    cites: list[ReferenceOut]
    cited_by: list[ReferenceOut]
    repeals: list[str]


class ClauseDetailOut(BaseModel):
    """One clause with all below it, and its neighbours."""

    hit: HitOut
    own_text: str
    parents: list[ProvisionOut]
    children: list[ProvisionOut]
    previous: ProvisionOut | None
    next: ProvisionOut | None


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str


def outline_of(document: Document, parent_id: str | None = None) -> list[OutlineOut]:
    """The numbered units of a document as a tree, paragraphs and rows left out."""
    return [
        OutlineOut(
            id=provision.id,
            label=provision.label,
            heading=provision.heading,
            children=outline_of(document, provision.id),
        )
        for provision in document.children(parent_id)
        if provision.marker
    ]


def tables_of(document: Document) -> list[TableOut]:
    """The tables of a document, one entry a run of rows with the same heads."""
    tables: list[TableOut] = []
    for provision in document.provisions:
        if provision.kind is not ProvisionKind.TABLE_ROW or not provision.cells:
            continue
        heads = [cell.head for cell in provision.cells]
        last = tables[-1] if tables else None
        if last is None or last.part != provision.part or last.heads[: len(heads)] != heads:
            if (
                last is not None
                and last.part == provision.part
                and heads[: len(last.heads)] == last.heads
            ):
                last.heads[:] = heads  # a fuller row shows more columns
            else:
                tables.append(TableOut(part=provision.part, heads=heads, rows=[], clause_ids=[]))
        tables[-1].rows.append([cell.value for cell in provision.cells])
        tables[-1].clause_ids.append(provision.id)
    return tables

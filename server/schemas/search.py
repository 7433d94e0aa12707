"""The JSON of the outer surface. Field names are fixed; the command line prints the same."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from corpus.model import Document
from corpus.quotation import with_errata
from corpus.validity import Validity
from indexer.lookup import LookupResult
from indexer.query import Understanding
from indexer.search import Hit, SearchResult
from server import notebook
from server.schemas.facet import FacetOut, facets_out
from server.schemas.status import PeriodOut, StatusOut


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


class RateOut(BaseModel):
    """What a catalogue pays for an entry, and the clause that says so."""

    clause_id: str
    label: str
    text: str


class ClauseOut(BaseModel):
    """One clause for reading. ``cells`` is empty except for table rows.

    ``text`` is as printed, repaired for reading; ``corrected`` has certain misprints put right.
    ``status`` takes a term of the clause's own into account.
    """

    id: str
    path: list[str]
    label: str
    heading: str
    headings: list[str] = Field(description="titles and headings above, outermost first")
    kind: str = Field(description="clause | paragraph | table_row | title")
    text: str
    corrected: str
    cells: list[CellOut]
    errata: list[ErratumOut]
    status: StatusOut
    period: PeriodOut | None
    rates: list[RateOut]


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
    page_start: int | None = Field(
        description="page on which the clause begins; of a scan only that of its document is known"
    )
    page_end: int | None = Field(description="page on which it ends, where known")


class SameAsOut(BaseModel):
    """Another clause that says the same.

    ``words`` are those of the hit that both share, null if the whole of it stands there.
    """

    id: str
    citation: str
    document: str
    doc_number: str | None
    title: str
    words: str | None


class HitOut(BaseModel):
    """A ranked clause with its citation; ``highlights`` are offsets into ``clause.text``.

    ``asked_as`` is how people ask for it, where that is what the query was found by; ``same_as``
    are clauses of other documents that say the same.
    ``asked_as_machine_made`` tells that a language model wrote it, for an added document.
    """

    rank: int
    score: float
    clause: ClauseOut
    document: DocumentOut
    citation: CitationOut
    highlights: list[tuple[int, int]]
    asked_as: str | None
    same_as: list[SameAsOut]
    asked_as_machine_made: bool

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        yield from (("rank", self.rank), ("score", self.score), ("clause", self.clause.id))

    @classmethod
    def of(cls, hit: Hit, as_of: datetime.date) -> HitOut:
        """The JSON of one hit."""
        provision = hit.unit.provision
        asked_as = hit.unit.asked_as
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
                corrected=with_errata(hit.unit.text, hit.unit.errata),
                cells=[CellOut(head=cell.head, value=cell.value) for cell in provision.cells],
                errata=[ErratumOut(**asdict(erratum)) for erratum in hit.unit.errata],
                status=StatusOut.of(hit.validity, as_of, hit.unit.period),
                period=PeriodOut.of(hit.unit.period),
                rates=[
                    RateOut(clause_id=rate.provision_id, label=rate.label, text=rate.text)
                    for rate in hit.unit.rates
                ],
            ),
            document=DocumentOut.of(hit.document, hit.container, hit.validity, as_of),
            citation=CitationOut(
                text=hit.citation,
                quote=hit.unit.quote,
                source=SourceOut(
                    file=hit.document.source_file,
                    spans=[(span.start, span.end) for span in hit.unit.spans],
                ),
                page_start=hit.unit.pages[0] if hit.unit.pages else hit.document.page_start,
                page_end=hit.unit.pages[1] if hit.unit.pages else None,
            ),
            highlights=list(hit.highlights),
            asked_as=hit.asked_as,
            same_as=[
                SameAsOut(
                    id=other.id,
                    citation=other.citation,
                    document=other.document.id,
                    doc_number=other.document.doc_number,
                    title=other.document.title,
                    words=other.words,
                )
                for other in hit.same_as
            ],
            asked_as_machine_made=bool(hit.asked_as and asked_as and asked_as.machine_made),
        )


class UnderstoodOut(BaseModel):
    """What the query names; it weighed in the ranking and excluded nothing.

    ``doc_numbers`` and ``issuers`` are as the collection has them, ``titles`` as typed; ``clauses``
    are labels within the named documents.
    """

    doc_numbers: list[str]
    titles: list[str]
    clauses: list[str]
    years: list[int]
    issuers: list[str]
    occupations: list[str]

    @classmethod
    def of(cls, understood: Understanding) -> UnderstoodOut:
        """The JSON of what was understood."""
        return cls(
            doc_numbers=list(understood.doc_numbers),
            titles=list(understood.titles),
            clauses=[clause.label for clause in understood.clauses],
            years=list(understood.years),
            issuers=list(understood.issuers),
            occupations=list(understood.occupations),
        )

    @property
    def line(self) -> str:
        """One line for readers, empty if nothing was understood."""
        named = {
            "文号": self.doc_numbers,
            "文件": [f"《{title}》" for title in self.titles],
            "条款": self.clauses,
            "年份": [f"{year}年" for year in self.years],
            "发文单位": self.issuers,
            "职业": self.occupations,
        }
        return ";".join(f"{name} {'、'.join(values)}" for name, values in named.items() if values)


class SearchOut(BaseModel):
    """A page of ranked hits.

    ``corrected_query`` is what was searched for where the query was taken for a slip of the pen.
    ``facets`` are null unless asked for: issuer, year, section, status, each value with the number
    of hits that choosing it leaves.
    """

    query: str
    corrected_query: str | None
    understood: UnderstoodOut
    mode: str
    took_ms: float
    total: int
    results: list[HitOut]
    facets: dict[str, list[FacetOut]] | None

    def _repr_html_(self) -> str:
        return notebook.search_html(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        yield from (("query", self.query), ("mode", self.mode), ("total", self.total))
        yield "results", [hit.clause.id for hit in self.results]

    @classmethod
    def of(cls, result: SearchResult, took_ms: float, as_of: datetime.date) -> SearchOut:
        """The JSON of a search."""
        return cls(
            query=result.query,
            corrected_query=result.correction.query if result.correction else None,
            understood=UnderstoodOut.of(result.understood),
            mode=result.mode.value,
            took_ms=round(took_ms, 2),
            total=result.total,
            results=[HitOut.of(hit, as_of) for hit in result.hits],
            facets=facets_out(result.facets) if result.facets is not None else None,
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


class DocumentsOut(BaseModel):
    """Documents in the order of the book."""

    total: int
    documents: list[DocumentOut]
    facets: dict[str, list[FacetOut]]


class ProblemOut(BaseModel):
    """RFC 9457 problem details; ``request_id`` finds the request in the logs."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None

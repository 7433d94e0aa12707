"""What the collection is as a whole: when, by whom, in which state, what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from corpus.model import Document
from indexer.search import SearchIndex
from indexer.store import Store
from server.citation_graph import CitationGraph
from server.schemas.collection import (
    CollectionOut,
    CoverageOut,
    DocumentNameOut,
    GroupOut,
    IssuerOut,
    MissingAttachmentOut,
    MissingOut,
    MonthOut,
    YearOut,
)
from server.schemas.facet import FacetOut

_NO_SECTION = "其他"  # a document that a user added has no section


def describe(index: SearchIndex, as_of: date) -> CollectionOut:
    """All that can be said of the collection without reading a clause; standing on ``as_of``."""
    store = index.store
    frames = store.frames
    citations = CitationGraph.of(store)
    return CollectionOut(
        titles=store.source_titles(),
        as_of=as_of,
        coverage=_coverage(index),
        years=_years(frames),
        undated=[DocumentNameOut.of(frame) for frame in frames if frame.date is None],
        issuers=_issuers(frames),
        sections=_groups(frames, lambda frame: frame.section or _NO_SECTION),
        standings=_groups(frames, lambda frame: store.validity[frame.id].status(as_of).value),
        citations=citations.outline(),
        missing=MissingOut(attachments=_attachments(frames), documents=citations.elsewhere()),
    )


def _coverage(index: SearchIndex) -> CoverageOut:
    counts = index.manifest.counts
    places = [counts[f"{place}_characters"] for place in ("provision", "metadata", "furniture")]
    return CoverageOut(
        documents=counts["documents"],
        clauses=counts["provisions"],
        characters=sum(places),
        clause_characters=places[0],
        document_characters=places[1],
        book_characters=places[2],
        misplaced_characters=counts["misplaced_characters"],
        citable_clauses=counts["units"],
        clauses_with_questions=_clauses_with_questions(index.store),
        questions=counts["questions"],
        benefit_rules=counts["benefit_rules"],
    )


def _clauses_with_questions(store: Store) -> int:
    files = {frame.source_file for frame in store.frames}
    return sum(len(store.apparatus(file).asked_as.keys() & store.unit_position) for file in files)


def _years(frames: Sequence[Document]) -> list[YearOut]:
    dated = [(frame.date, frame) for frame in frames if frame.date is not None]
    dated.sort(key=lambda pair: pair[0])
    years = []
    for year, in_year in groupby(dated, key=lambda pair: pair[0].year):
        months = [
            MonthOut(month=month, documents=[DocumentNameOut.of(frame) for _, frame in in_month])
            for month, in_month in groupby(in_year, key=lambda pair: pair[0].month)
        ]
        total = sum(len(month.documents) for month in months)
        years.append(YearOut(year=year, total=total, months=months))
    return years


def _issuers(frames: Sequence[Document]) -> list[IssuerOut]:
    """Issuers, those of most documents first."""
    issued = Counter(name for frame in frames for name in frame.issuers)
    partners: dict[str, Counter[str]] = defaultdict(Counter)
    jointly: Counter[str] = Counter()
    for frame in frames:
        if len(frame.issuers) > 1:
            for name in frame.issuers:
                jointly[name] += 1
                partners[name].update(other for other in frame.issuers if other != name)
    return [
        IssuerOut(
            name=name,
            documents=count,
            jointly=jointly[name],
            partners=[
                FacetOut(value=other, count=shared)
                for other, shared in partners[name].most_common()
            ],
        )
        for name, count in issued.most_common()
    ]


def _groups(frames: Sequence[Document], value_of: Callable[[Document], str]) -> list[GroupOut]:
    """Documents by a value, values in the order in which they first occur in the book."""
    grouped: dict[str, list[DocumentNameOut]] = defaultdict(list)
    for frame in frames:
        grouped[value_of(frame)].append(DocumentNameOut.of(frame))
    return [GroupOut(value=value, documents=documents) for value, documents in grouped.items()]


def _attachments(frames: Sequence[Document]) -> list[MissingAttachmentOut]:
    """Attachments that are announced and not printed."""
    return [
        MissingAttachmentOut(
            document=DocumentNameOut.of(frame), label=entry.label, title=entry.title
        )
        for frame in frames
        for entry in frame.attachments
        if entry.part is None and entry.document_id is None
    ]

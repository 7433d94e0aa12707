"""Documents and clauses by number, however typed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from corpus.cleaning import comparable
from corpus.document_number import (
    DocumentNumber,
    NumberMatch,
    NumberQuery,
    match,
    parse,
    parse_query,
)
from corpus.model import Document
from indexer.clause_address import CLAUSE_START, find_clause, part_named, steps_of
from indexer.query import checked_query, numbered
from indexer.search import Hit, SearchIndex


class LookupMatch(StrEnum):
    """How the document was found."""

    EXACT = "exact"  # typed as it is printed
    VARIANT = "variant"  # the same number in another form
    FUZZY = "fuzzy"  # no such number; this one is near
    CITED = "cited"  # not in the collection, but named there
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be meant; ``score`` is 0…1."""

    document: Document
    score: float


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What a number leads to. ``notice`` says in Chinese what the reader should know."""

    query: str
    match: LookupMatch
    document: Document | None
    clause: Hit | None
    candidates: tuple[Candidate, ...]
    cited_by: tuple[Hit, ...]
    notice: str | None = None


_FEWEST_POINTS = 0.75  # candidates below are not worth showing
_CLEAR_LEAD = 0.8  # a near miss from here on is proposed as the document
_MOST_CANDIDATES = 5
_TITLE_POINTS = 90


def look_up(index: SearchIndex, query: str) -> LookupResult:
    """Find a document by number or title, and a clause of it if one is named behind.

    Raises:
        InvalidQueryError: the query is empty or too long.
    """
    query = checked_query(query)
    number = parse_query(query)
    if number is None:
        return _by_title(index, query)
    if found := numbered(index.store, number):
        return _found(index, query, number, found)
    if cited := _citing(index, number):
        notice = f"汇编没有收录这份文件,但有{len(cited)}处提到它。"
        return LookupResult(query, LookupMatch.CITED, None, None, (), cited, notice)
    if near := _near_misses(index, number):
        clear = near[0].score >= _CLEAR_LEAD
        document = near[0].document if clear else None
        clause, _ = _clause(index, document, number.rest)
        notice = "汇编中没有这个文号,下面是相近的文号,请核对。"
        return LookupResult(query, LookupMatch.FUZZY, document, clause, near, (), notice)
    absent = "汇编中没有这个文号,也没有文件提到它。请核对文号。"
    return LookupResult(query, LookupMatch.NONE, None, None, (), (), absent)


def _found(
    index: SearchIndex,
    query: str,
    number: NumberQuery,
    agreeing: Sequence[tuple[Document, DocumentNumber]],
) -> LookupResult:
    """The best of the documents that agree.

    The likest agency code comes first; without one, the agency with most documents here.
    """
    issued = Counter(known.agency for _, known in index.store.numbers)

    def rank(found: tuple[Document, DocumentNumber]) -> tuple[float, int]:
        agency = found[1].agency
        return -fuzz.ratio(number.agency, agency) if number.agency else 0.0, -issued[agency]

    ranked = [document for document, _ in sorted(agreeing, key=rank)]
    best = ranked[0]
    typed = re.sub(r"\s+$", "", query[: len(best.doc_number or "")])
    how = LookupMatch.EXACT if typed == best.doc_number else LookupMatch.VARIANT
    clause, missing = _clause(index, best, number.rest)
    several = f"有{len(ranked)}个文号符合,请在下面选择。" if len(ranked) > 1 else ""
    notice = (several + (missing or "")) or None
    candidates = tuple(Candidate(document, 1.0) for document in ranked)
    cited_by = _citations(index, best.doc_number or "")
    return LookupResult(query, how, best, clause, candidates, cited_by, notice)


def _by_title(index: SearchIndex, query: str) -> LookupResult:
    """A title, or a number without a year: 云南省中小企业促进条例第四十九条."""
    title, rest = query, ""
    if clause := CLAUSE_START.search(query):
        title, rest = query[: clause.start()], query[clause.start() :]
    scored = sorted(
        (Candidate(document, _likeness(title, document)) for document in index.store.frames),
        key=lambda candidate: -candidate.score,
    )
    near = tuple(c for c in scored if c.score >= _FEWEST_POINTS)[:_MOST_CANDIDATES]
    if not near:
        notice = "没有认出文号。文号由发文机关代字、年份和序号组成,例如 云人社发〔2019〕16号。"
        return LookupResult(query, LookupMatch.NONE, None, None, (), (), notice)
    best = near[0]
    how = LookupMatch.FUZZY
    if best.score * 100 >= _TITLE_POINTS:
        names = (best.document.title, best.document.doc_number)
        how = LookupMatch.EXACT if title in names else LookupMatch.VARIANT
    found, missing = _clause(index, best.document, rest)
    return LookupResult(query, how, best.document, found, near, (), missing)


def _likeness(typed: str, document: Document) -> float:
    """0…1, by title or number (an announcement of a congress has one without a year)."""
    names = filter(None, (document.title, document.doc_number))
    return max(fuzz.ratio(comparable(typed), comparable(name)) for name in names) / 100


def _near_misses(index: SearchIndex, number: NumberQuery) -> tuple[Candidate, ...]:
    """Known numbers by likeness: half the agency code, a quarter each for year and serial."""
    scored = []
    for document, known in index.store.numbers:
        if known.year is None:
            continue
        agency = fuzz.ratio(number.agency, known.agency) / 100 if number.agency else 0.5
        year = fuzz.ratio(str(number.year), str(known.year)) / 100 if number.year else 0.5
        serial = fuzz.ratio(number.serial or "", known.serial) / 100
        scored.append(Candidate(document, round(agency / 2 + year / 4 + serial / 4, 3)))
    scored.sort(key=lambda candidate: -candidate.score)
    return tuple(c for c in scored if c.score >= _FEWEST_POINTS)[:_MOST_CANDIDATES]


def _citing(index: SearchIndex, number: NumberQuery) -> tuple[Hit, ...]:
    """Where a number that isn't in the collection is named there."""
    for cited in index.store.named_numbers():
        known = parse(cited)
        if known is not None and match(number, known) is NumberMatch.EXACT:
            return _citations(index, cited)
    return ()


def _citations(index: SearchIndex, doc_number: str) -> tuple[Hit, ...]:
    hits = []
    clauses = dict.fromkeys(
        (relation.document_id, relation.provision_id) for relation in index.store.naming(doc_number)
    )
    for rank, (document_id, provision_id) in enumerate(clauses, start=1):
        document = index.store.document(document_id)
        if document is not None:
            hits.append(index.hit_of(document, document.by_id[provision_id], rank))
    return tuple(hits)


def _clause(
    index: SearchIndex, document: Document | None, rest: str
) -> tuple[Hit | None, str | None]:
    """The clause of ``document`` that ``rest`` names, and a notice when there is none."""
    if document is None:
        return None, None
    if (named := find_clause(index.store, document, rest)) is not None:
        return index.hit_of(*named), None
    steps = steps_of(rest)
    if not steps:
        return None, None
    if len(steps) == 1 and (part := part_named(document, steps[0])) is not None:
        return None, f"{part.label}是《{part.title}》,请打开文件查看。"
    return None, f"这份文件中没有找到“{rest}”。请核对条款。"

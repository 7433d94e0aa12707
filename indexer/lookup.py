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
    chinese_to_int,
    fold_typed,
    match,
    parse,
    parse_query,
)
from corpus.model import Document, Part, Provision
from indexer.search import Hit, SearchIndex, checked_query


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
    agencies = frozenset(known.agency for _, known in index.store.numbers)
    found = [
        (document, known)
        for document, known in index.store.numbers
        if match(number, known, agencies) is not NumberMatch.NONE
    ]
    if found:
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
    if clause := _CLAUSE_START.search(query):
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


# --- clauses --------------------------------------------------------------------------------

_N = r"(?:[一二三四五六七八九十百千零〇]{1,8}|\d{1,4})"
_CLAUSE_START = re.compile(rf"第{_N}(?:分?编|[章节条款项目行段步类种])|附[件表]")
_CLAUSE_STEPS = re.compile(
    rf"附[件表](?:{_N})?"
    rf"|第[(（]?(?P<number>{_N})[)）]?(?P<unit>分?编|[章节条款项目行段步类种])(?:之(?P<inserted>{_N}))?"
    rf"|[(（]{_N}[)）]"
    rf"|[①-⑳]"
    rf"|{_N}[、.．]?"
)


def _clause(
    index: SearchIndex, document: Document | None, rest: str
) -> tuple[Hit | None, str | None]:
    """The clause of ``document`` that ``rest`` names, and a notice when there is none."""
    if document is not None and (named := _labelled(document, rest, index)) is not None:
        return index.hit_of(*named), None
    steps = _steps(rest)
    if document is None or not steps:
        return None, None
    for document_id in (document.id, *document.embedded_ids):
        whole = index.store.document(document_id)
        # To the document that forwards it, an embedded one is 附件.
        inner = steps[1:] if document_id != document.id and steps[0].startswith("附件") else steps
        provision = _find(whole, inner) if whole is not None and inner else None
        if whole is not None and provision is not None:
            return index.hit_of(whole, provision), None
    if len(steps) == 1 and (part := _part(document, steps[0])) is not None:
        return None, f"{part.label}是《{part.title}》,请打开文件查看。"
    return None, f"这份文件中没有找到“{rest}”。请核对条款。"


def _labelled(
    document: Document, rest: str, index: SearchIndex
) -> tuple[Document, Provision] | None:
    """The provision whose label, as citations print it, is what was typed."""
    typed = re.sub(r"\s", "", fold_typed(rest))
    for document_id in (document.id, *document.embedded_ids):
        whole = index.store.document(document_id)
        if whole is None or not typed:
            continue
        for provision in whole.provisions:
            if re.sub(r"\s", "", provision.label) == typed:
                return whole, provision
    return None


def _part(document: Document, step: str) -> Part | None:
    """The attachment that is named as a whole."""
    return next((part for part in document.parts if part.label and _step(part.label) == step), None)


def _steps(rest: str) -> tuple[str, ...]:
    """``第四条第(二)项`` -> ``("条4", "项2")``: kind and number of each step, in any typography."""
    text = re.sub(r"(附[件表])\s+(?=[一二三四五六七八九十]+、)", r"\1|", fold_typed(rest))
    text = re.sub(r"\s", "", text)  # 附件 二、 is not 附件二
    return tuple(
        _numbered(hit["unit"], hit["number"], hit["inserted"])
        if hit["unit"]
        else _step(hit[0].rstrip("、.．"))
        for hit in _CLAUSE_STEPS.finditer(text)
    )


def _numbered(unit: str, number: str, inserted: str | None) -> str:
    after = f"之{chinese_to_int(inserted)}" if inserted else ""
    return f"{unit}{chinese_to_int(number)}{after}"


def _step(element: str) -> str:
    """One element of a path in the form that typed steps have."""
    element = fold_typed(element)
    if hit := re.fullmatch(rf"附([件表])({_N})?", element):
        return f"附{hit[1]}{chinese_to_int(hit[2]) if hit[2] else ''}"
    if hit := re.fullmatch(rf"第({_N})(分?编|[章节条款行段步类种])(?:之({_N}))?", element):
        return _numbered(hit[2], hit[1], hit[3])
    if hit := re.fullmatch(rf"\(({_N})\)", element):
        return f"项{chinese_to_int(hit[1])}"
    if re.fullmatch(r"\d{1,3}", element):
        return f"目{element}"
    if re.fullmatch(_N, element):
        return f"一{chinese_to_int(element)}"
    return element


def _find(document: Document, steps: Sequence[str]) -> Provision | None:
    """The provision whose path is, or ends in, the typed steps.

    第一款 of an article that has no further paragraph of its own is the article itself.
    """
    wanted = tuple(step for index, step in enumerate(steps) if not (index and step == "款1"))
    ending: Provision | None = None
    for provision in document.provisions:
        path = tuple(_step(element) for element in provision.path)
        if path == wanted:
            return provision
        if ending is None and len(path) > len(wanted) and path[-len(wanted) :] == wanted:
            ending = provision
    return ending

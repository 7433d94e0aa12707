"""What is typed, and what it names: documents, clauses, years, issuers, occupations.

Names weigh, they never filter. A name in a query is evidence of what is meant, not a condition: who
asks for 2021 may mean a document of 2019 that still holds. So each adds to the scores of the units
that it speaks for and takes nothing from the others.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

import corpus
from corpus.cleaning import comparable
from corpus.document_number import (
    DocumentNumber,
    NumberMatch,
    NumberQuery,
    find_all,
    match,
    parse_query,
)
from corpus.model import Document, PartKind
from corpus.validity import Validity
from indexer.clause_address import find_leading_clause, part_named, steps_of
from indexer.errors import InvalidQueryError
from indexer.lexicon import any_of
from indexer.passages import short_title
from indexer.store import Store

ISSUERS = Path(corpus.__file__).parent / "annotations" / "lexicon" / "issuers.jsonl"
"""Names by which issuing bodies are called, former ones included: ``{"issuer", "names"}``."""

_YEAR = re.compile(r"(?<!\d)(20[1-4]\d)(?![\d.%元块万人名个家户所次期课学分条号])")
_DIGIT = re.compile(r"\d")
_SERIAL_ONLY = re.compile(r"(?<![\d〕)\]])(\d{1,4})号文")
_FEWEST_LETTERS = 6  # of a title by which a document is named
# 企业新型学徒制 is a subject as well as a title; what ends so, or stands in 《》, is a title.
_KIND = re.compile(r"(?:办法|方案|意见|条例|计划|目录|通知|规定|细则|清单)$")
_QUOTED = re.compile(r"[《〈]([^《》〈〉]+)[》〉]")
_PART = re.compile(r"[\W的中]*(附[件表](?:[一二三四五六七八九十]{1,3}|\d{1,2}(?!\d))?)")
_MISTYPED = 95  # rapidfuzz; a title that lacks a word is another document's, often one of the state
_ABOUT = re.compile(r"^(?:关于|云南省|贯彻落实|全面推行|开展|推行|推动|做好)+|[（(][^（）()]*[)）]")

LONGEST_QUERY = 500  # characters


def checked_query(query: str) -> str:
    """The query without surrounding blanks and control characters.

    Raises:
        InvalidQueryError: nothing is left, or it is longer than ``LONGEST_QUERY``.
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in query
        if character.isspace() or unicodedata.category(character)[0] != "C"
    ).strip()
    if not kept:
        raise InvalidQueryError("查询内容为空。请输入要找的问题、关键词或文号。")
    if len(kept) > LONGEST_QUERY:
        raise InvalidQueryError(
            f"查询内容有{len(kept)}字,超过了{LONGEST_QUERY}字的上限。请缩短后再试。"
        )
    return kept


@dataclass(frozen=True, slots=True)
class Weights:
    """What a name adds to the score of a unit, in parts of the range that the scores span.

    ``clause`` is more than any other evidence can make up for. On eval/datasets occupations help
    (nDCG@10 on train 0.899 to 0.901), the others change nothing there from 0 to 0.1; few of its
    questions name a year or a title, so these stay small. Issuers stay smallest: a question that
    names an office mostly asks what it does, not what it issued.
    """

    clause: float = 2.0
    number: float = 0.5
    title: float = 0.1
    year: float = 0.05
    issuer: float = 0.02
    occupation: float = 0.1


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class NamedClause:
    """A clause that a query names; ``units`` are the positions of what it is made up of."""

    document_id: str
    label: str
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a query names. ``documents`` are ids, by number or by title; ``titles`` as typed."""

    doc_numbers: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    clauses: tuple[NamedClause, ...] = ()
    years: tuple[int, ...] = ()
    issuers: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it names anything."""
        return any(getattr(self, each.name) for each in fields(self))


def numbered(store: Store, typed: NumberQuery) -> list[tuple[Document, DocumentNumber]]:
    """The documents whose number agrees with one that was typed."""
    agencies = frozenset(known.agency for _, known in store.numbers)
    return [
        (document, known)
        for document, known in store.numbers
        if match(typed, known, agencies) is not NumberMatch.NONE
    ]


class QueryReader:
    """Reads queries against the names of one collection. Safe to use from several threads."""

    def __init__(self, store: Store, issuers: Path = ISSUERS) -> None:
        self._store = store
        self._documents = np.array(store.unit_documents, np.int64)
        self._position = {document.id: at for at, document in enumerate(store.frames)}
        self._titles = _titles(store.frames)
        self._title = any_of(self._titles, between=r"\W*")
        # Trying thousands of titles at each character takes longer than the search.
        self._openings = frozenset(title[:_FEWEST_LETTERS] for title in self._titles)
        self._issuers = _issuer_names(store.frames, issuers)
        self._issuer = any_of(self._issuers)
        self._years: dict[int, list[int]] = {}
        self._issued: dict[str, list[int]] = {}
        for at, document in enumerate(store.frames):
            for name in document.issuers:
                self._issued.setdefault(name, []).append(at)
            for year in _years_of(document, store.validity[document.id]):
                self._years.setdefault(year, []).append(at)
        self._occupations: dict[str, list[int]] = {}
        for name, unit in store.occupations():
            self._occupations.setdefault(name, []).append(unit)

    def read(self, query: str, words: Sequence[str]) -> Understanding:
        """What ``query`` names; ``words`` are its index terms."""
        text = unicodedata.normalize("NFKC", query)
        has_number = "号" in text or _DIGIT.search(text) is not None
        by_number, rest_of_numbers = self._by_number(text) if has_number else ([], text)
        may_name = self._may_name_a_title(rest_of_numbers)
        by_title = dict(self._by_title(rest_of_numbers)) if may_name else {}
        named = [*by_number, *((document, rest) for document, rest in by_title.values())]
        found = [self._clause(document, rest) for document, rest in named]
        without_titles = self._title.sub(" ", rest_of_numbers) if may_name else rest_of_numbers
        return Understanding(
            doc_numbers=tuple(dict.fromkeys(str(document.doc_number) for document, _ in by_number)),
            titles=tuple(by_title),
            documents=tuple(dict.fromkeys(document.id for document, _ in named)),
            clauses=tuple(clause for clause in found if clause is not None),
            years=tuple(dict.fromkeys(int(y) for y in _YEAR.findall(without_titles))),
            issuers=tuple(
                dict.fromkeys(self._issuers[n] for n in self._issuer.findall(without_titles))
            ),
            occupations=self._named_occupations(words),
        )

    def _by_number(self, text: str) -> tuple[list[tuple[Document, str]], str]:
        """Documents that are named by number, each with what follows, and the text without."""
        found: list[tuple[Document, str]] = []
        known = {str(number): document for document, number in self._store.numbers}
        rest = text
        for span, number in find_all(text):
            # 按云财规〔2019〕3号: what stands before the agency may look like a part of it.
            agreeing = [name for name in known if str(number).endswith(name)]
            if agreeing:
                found.append((known[max(agreeing, key=len)], text[span.end :]))
            rest = rest.replace(span.of(text), " ")
        if not found and (typed := parse_query(text)) is not None:
            meant = numbered(self._store, typed)
            if len(meant) == 1:
                found.append((meant[0][0], typed.rest))
                rest = typed.rest
        if not found and (hit := _SERIAL_ONLY.search(text)):
            bearing = [d for d, number in self._store.numbers if number.serial == hit[1]]
            if len(bearing) == 1:
                found.append((bearing[0], text[hit.end() :].lstrip("件")))
        return found, rest

    def _may_name_a_title(self, text: str) -> bool:
        """Whether it has the opening of a title, or anything in 《》 that may be a mistyped one."""
        letters = comparable(text)
        ends = range(_FEWEST_LETTERS, len(letters) + 1)
        return _QUOTED.search(text) is not None or not self._openings.isdisjoint(
            letters[end - _FEWEST_LETTERS : end] for end in ends
        )

    def _by_title(self, text: str) -> Iterator[tuple[str, tuple[Document, str]]]:
        for hit in self._title.finditer(text):
            if _KIND.search(hit[0]) or text[: hit.start()].endswith(("《", "〈")):
                rest = text[hit.end() :].lstrip("》〉")
                yield hit[0], (self._titles[comparable(hit[0])], rest)
        for hit in _QUOTED.finditer(text):
            near = process.extractOne(
                comparable(hit[1]), self._titles.keys(), scorer=fuzz.ratio, score_cutoff=_MISTYPED
            )
            if near is not None:
                yield hit[1], (self._titles[near[0]], text[hit.end() :])

    def _clause(self, document: Document, rest: str) -> NamedClause | None:
        position = self._store.unit_position
        named = find_leading_clause(self._store, document, rest)
        if named is None:
            return self._part(document, rest)
        whole, provision = named
        units = [position[p.id] for p in whole.subtree(provision) if p.id in position]
        if not units:  # it is cited with what stands above it
            above = [p.id for p in reversed(whole.ancestors(provision)) if p.id in position]
            units = [position[name] for name in above[:1]]
        return NamedClause(whole.id, provision.label, tuple(units))

    def _part(self, document: Document, rest: str) -> NamedClause | None:
        """An attachment that is named as a whole."""
        typed = _PART.match(rest)
        part = part_named(document, steps_of(typed[1])[0]) if typed else None
        whole = self._store.document(document.id)
        if part is None or whole is None:
            return None
        at = document.parts.index(part)
        position = self._store.unit_position
        inside = [p.id for p in whole.provisions if p.part == at and p.id in position]
        return NamedClause(document.id, part.label, tuple(position[name] for name in inside))

    def _named_occupations(self, words: Sequence[str]) -> tuple[str, ...]:
        """Of names within each other (电工 in 维修电工) the longest."""
        names = [word for word in dict.fromkeys(words) if word in self._occupations]
        return tuple(n for n in names if not any(n != other and n in other for other in names))

    def boosts(self, understood: Understanding, weights: Weights = WEIGHTS) -> NDArray[np.float32]:
        """What the names add to each unit, shape ``(units,)``, in parts of the range of scores."""
        documents = np.zeros(len(self._store.frames), np.float32)
        by_number = set(understood.doc_numbers)
        for name in understood.documents:
            at = self._position[name]
            is_numbered = self._store.frames[at].doc_number in by_number
            documents[at] += weights.number if is_numbered else weights.title
        for year in understood.years:
            documents[self._years.get(year, [])] += weights.year
        issued = {at for name in understood.issuers for at in self._issued[name]}
        documents[list(issued)] += weights.issuer
        boosts = documents[self._documents]
        for name in understood.occupations:
            boosts[self._occupations[name]] += weights.occupation
        for clause in understood.clauses:
            boosts[list(clause.units)] += weights.clause
        return boosts


def _titles(frames: Sequence[Document]) -> dict[str, Document]:
    """Names by which one document, and only one, is called; letters and digits only.

    The title of the text that a notice issues is a name of its own; who forwards or carries out
    that text has its name in the title, too, but isn't called by it.
    """
    own: dict[str, set[str]] = {}
    about: dict[str, set[str]] = {}
    for document in frames:
        issued = [p.title for p in document.parts if p.kind is PartKind.ISSUED_TEXT and p.title]
        for name in (document.title, *issued, *(_ABOUT.sub("", title) for title in issued)):
            own.setdefault(comparable(name), set()).add(document.id)
        short = short_title(document.title)
        for name in (short, _ABOUT.sub("", short)):
            about.setdefault(comparable(name), set()).add(document.id)
    by_id = {document.id: document for document in frames}
    return {
        name: by_id[next(iter(called))]
        for name, called in (about | own).items()
        if len(called) == 1 and len(name) >= _FEWEST_LETTERS
    }


def _issuer_names(frames: Sequence[Document], path: Path) -> dict[str, str]:
    """Bodies that issued something here, by each of their names."""
    issuing = {name for document in frames for name in document.issuers}
    names = {name: name for name in issuing}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["issuer"] in issuing:
            names |= dict.fromkeys(entry["names"], entry["issuer"])
    return names


def _years_of(document: Document, validity: Validity) -> set[int]:
    """The year of signature, those of the title, and those of a term with both ends."""
    years = {int(year) for year in re.findall(r"20\d\d", document.title)}
    if document.date is not None:
        years.add(document.date.year)
    for period in (validity.plan, validity.stated):
        if period is not None and period.begins is not None and period.ends is not None:
            years.update(range(period.begins.year, period.ends.year + 1))
    return years

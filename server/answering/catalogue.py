"""Entries of a catalogue and the rows that price them, whichever of the two was found."""

from __future__ import annotations

import re

from corpus.rates import Rate
from indexer.passages import Unit
from indexer.search import Hit, SearchIndex, SearchResult
from server.answering.focus import Focus
from server.answering.inquiry import Inquiry

_MARK = re.compile(r"[★☆▲△※]")
_PRICED = frozenset((Focus.AMOUNT, Focus.QUANTITY))


class Catalogue:
    """Pairs an entry with its rates (``corpus.rates``)."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._explained: dict[tuple[str, str], int | None] = {}
        self._entries: dict[str, list[int]] = {}
        for name, unit in index.store.occupations():
            self._entries.setdefault(name, []).append(unit)

    def entry(self, provision_id: str) -> Hit:
        """The entry of that id."""
        (unit,) = self._index.store.units([self._index.store.unit_position[provision_id]])
        return self._index.hit_of_unit(unit)

    def entry_of(self, inquiry: Inquiry, result: SearchResult) -> Hit | None:
        """The entry that is asked about; None if no entry or not its rate is asked for.

        The first hit may be the entry itself, or the row that prices it; where a sum is asked for
        also a row that prices others, or the occupation on a list without prices. The entry is then
        the one of the occupation that the question names, of a document that was found.
        """
        if inquiry.foci and not _PRICED & set(inquiry.foci):
            return None
        first = result.hits[0]
        if first.unit.rates:
            return first
        priced = [
            unit
            for name in result.understood.occupations
            for unit in self._index.store.units(self._entries.get(name, []))
            if unit.rates and unit.document_id in {hit.document.id for hit in result.hits}
        ]
        of_row = [unit for unit in priced if _is_priced_by(unit, first.unit)]
        if not of_row and Focus.AMOUNT in inquiry.foci and first.unit.provision.cells:
            of_row = priced
        return self._index.hit_of_unit(of_row[0]) if of_row else None

    def rates_of(self, entry: Hit) -> list[tuple[Rate, Hit]]:
        """The rates of an entry and the rows that state them; none where it states its own."""
        units = self._index.store.units(
            [
                self._index.store.unit_position[rate.provision_id]
                for rate in entry.unit.rates
                if rate.provision_id in self._index.store.unit_position
                and rate.provision_id != entry.unit.id
            ]
        )
        rates = {rate.provision_id: rate for rate in entry.unit.rates}
        return [(rates[unit.id], self._index.hit_of_unit(unit)) for unit in units]

    def explained(self, entry: Hit) -> Hit | None:
        """The clause that says what a mark on the entry means: ``…以“(★)”标注``."""
        mark = _MARK.search(entry.unit.text)
        if mark is None:
            return None
        key = (entry.unit.document_id, mark[0])
        if key not in self._explained:
            self._explained[key] = self._explaining(*key)
        position = self._explained[key]
        if position is None:
            return None
        (unit,) = self._index.store.units([position])
        return self._index.hit_of_unit(unit)

    def _explaining(self, document_id: str, mark: str) -> int | None:
        document = self._index.store.document(document_id)
        for provision in document.provisions if document is not None else ():
            position = self._index.store.unit_position.get(provision.id)
            if position is not None and not provision.cells and f"“({mark})”" in provision.text:
                return position
        return None


def _is_priced_by(entry: Unit, row: Unit) -> bool:
    return any(rate.provision_id == row.id for rate in entry.rates)

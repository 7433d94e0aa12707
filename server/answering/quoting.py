"""Which clauses of a search are quoted, and what of each: in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.search import Hit, SearchIndex, SearchResult
from server.answering.catalogue import Catalogue
from server.answering.clauses import ClauseReader
from server.answering.differences import difference, is_newer
from server.answering.focus import Focus
from server.answering.inquiry import Inquiry, InquiryReader
from server.answering.rows import rate_cells, select_cells
from server.answering.selection import Quoted, Selected, select_sentences, sentence_scores

MOST_CITED = 3
_ANSWERS_AS_WELL = 0.9  # of the score of the first clause, from which another is quoted too

_ANNOUNCES_LIST = re.compile(r"下列|以下|如下|[:：]$")
_FIGURES = frozenset((Focus.AMOUNT, Focus.QUANTITY, Focus.PERIOD))


@dataclass(frozen=True, slots=True)
class Quotes:
    """``quoted`` in the order of reading, and how its documents differ, for readers (Chinese)."""

    quoted: tuple[Quoted, ...]
    differences: tuple[str, ...] = ()


class Quoter:
    """Quotes the clauses that a search found. Safe to use from several threads."""

    def __init__(self, index: SearchIndex, inquiries: InquiryReader) -> None:
        self._index = index
        self._inquiries = inquiries
        self._clauses = ClauseReader(index)
        self._catalogue = Catalogue(index)

    def quote(self, inquiry: Inquiry, result: SearchResult, entry_id: str | None = None) -> Quotes:
        """What answers; ``result`` has at least one hit.

        ``entry_id`` is the entry of a catalogue that is asked about, where that is known. Else the
        first clause, those that answer as well, and those that give other figures for the same
        thing; a newer document that differs is read first.
        """
        if entry_id is not None:
            entry: Hit | None = self._catalogue.entry(entry_id)
        else:
            entry = self._catalogue.entry_of(inquiry, result)
        if entry is not None:
            priced = (self._quoted(inquiry, entry), *self._rates(inquiry, entry))
            return Quotes((*priced, *self._explained(entry)))
        first = self._quoted(inquiry, result.hits[0])
        quoted = [*self._lead_in(first.hit), first]
        said: list[str] = []
        asks_for_figures = bool(_FIGURES & set(inquiry.foci))
        for hit in result.hits[1:MOST_CITED]:
            other = self._quoted(inquiry, hit)
            differs = difference(first, other) if asks_for_figures else None
            if differs is not None:
                said.append(differs)
                newest = is_newer(other, first)
                quoted.insert(0 if newest else len(quoted), other)
            elif len(quoted) < MOST_CITED and hit.score >= _ANSWERS_AS_WELL * first.hit.score:
                quoted.append(other)
        return Quotes(tuple(quoted), tuple(dict.fromkeys(said)))

    def whole(self, hit: Hit) -> Quotes:
        """A clause from its first word to its last."""
        clause = self._clauses.read(hit.unit)
        return Quotes((Quoted(hit, clause, (Selected(clause, 0, len(clause.text)),)),))

    def _quoted(self, inquiry: Inquiry, hit: Hit) -> Quoted:
        clause = self._clauses.read(hit.unit)
        if clause.cells:
            return Quoted(hit, clause, tuple(select_cells(inquiry, clause, self._inquiries)))
        asked_as = self._index.question_vector(hit.unit, hit.asked_as) if hit.asked_as else None
        scores = sentence_scores(inquiry, clause, self._inquiries, asked_as)
        selected = select_sentences(inquiry, clause, scores, self._inquiries)
        return Quoted(hit, clause, tuple(selected))

    def _rates(self, inquiry: Inquiry, entry: Hit) -> Iterator[Quoted]:
        """What a catalogue pays for an entry."""
        for rate, priced in self._catalogue.rates_of(entry):
            clause = self._clauses.read(priced.unit)
            yield Quoted(priced, clause, tuple(rate_cells(inquiry.text, rate, clause)))

    def _explained(self, entry: Hit) -> Iterator[Quoted]:
        """What a mark on the entry means, whole: it says what is paid on top."""
        if (hit := self._catalogue.explained(entry)) is not None:
            clause = self._clauses.read(hit.unit)
            yield Quoted(hit, clause, (Selected(clause, 0, len(clause.text)),))

    def _lead_in(self, hit: Hit) -> Iterator[Quoted]:
        """The words that an item cited alone depends on: its parent ends by announcing a list."""
        position = self._index.store.unit_position.get(hit.unit.provision.parent_id or "")
        if position is None:
            return
        (parent,) = self._index.store.units([position])
        clause = self._clauses.read(parent)
        if not clause.sentences:
            return
        last = clause.sentences[-1]
        if _ANNOUNCES_LIST.search(last.of(clause.text)):
            lead_in = Selected(clause, last.start, last.end)
            yield Quoted(self._index.hit_of_unit(parent), clause, (lead_in,))

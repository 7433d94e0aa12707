"""What to ask next: questions that people ask for the same clause, and for those around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.passages import Unit
from indexer.search import Hit, SearchIndex
from indexer.tokenizer import bigrams_of
from server.answering.focus import foci_of

MOST_FOLLOW_UPS = 3
_ALIKE = 0.4  # share of common pairs of characters from which two questions are the same one


class FollowUps:
    """Proposes questions out of those written for the clauses (``corpus.asked_as``)."""

    def __init__(self, index: SearchIndex) -> None:
        self._store = index.store

    def propose(self, question: str, cited: Sequence[Hit]) -> tuple[str, ...]:
        """At most three questions, none like ``question`` or like another."""
        proposed: list[str] = []
        for candidate in self._candidates(question, cited):
            if all(not _alike(candidate, other) for other in (question, *proposed)):
                proposed.append(candidate)
                if len(proposed) == MOST_FOLLOW_UPS:
                    break
        return tuple(proposed)

    def _candidates(self, question: str, cited: Sequence[Hit]) -> Iterator[str]:
        """One of the first clause with another focus, then one of each neighbour, then the rest."""
        if not cited:
            return
        first, *others = [hit.unit for hit in cited]
        asked = set(foci_of(question))
        elsewhere = [each for each in _questions(first) if not asked & set(foci_of(each))]
        yield from elsewhere[:1]
        for unit in (*self._around(first), *others):
            yield from _questions(unit)[:1]
        yield from _questions(first)

    def _around(self, unit: Unit) -> Iterator[Unit]:
        """The units below a clause and those after and before it."""
        document = self._store.document(unit.document_id)
        if document is None:
            return
        before, after = document.neighbours(document.by_id[unit.id])
        for provision in (*document.children(unit.id), after, before):
            position = self._store.unit_position.get(provision.id) if provision else None
            if position is not None:
                yield from self._store.units([position])


def _questions(unit: Unit) -> tuple[str, ...]:
    return unit.asked_as.questions if unit.asked_as is not None else ()


def _alike(one: str, other: str) -> bool:
    pairs, others = set(bigrams_of(one)), set(bigrams_of(other))
    return len(pairs & others) >= _ALIKE * max(min(len(pairs), len(others)), 1)

"""A clause as it is quoted from: its sentences or cells, and where each stands in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Span
from corpus.quotation import Quotation, quote
from corpus.sentences import Sentence, sentences_of
from indexer.passages import Unit
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A filled cell of a table row at ``start``…``end`` of the row's text."""

    head: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A unit with what can be quoted from it: ``cells`` of a table row, ``sentences`` otherwise."""

    unit: Unit
    sentences: tuple[Sentence, ...]
    cells: tuple[PlacedCell, ...]
    quotation: Quotation

    @property
    def text(self) -> str:
        """The words of the clause; offsets of sentences and cells count in it."""
        return self.unit.text

    def places(self, start: int, end: int) -> tuple[Span, ...]:
        """Where a stretch of the text stands in the source file."""
        return self.quotation.places(start, end)


class ClauseReader:
    """Reads units as clauses; each is read once. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, Clause] = {}

    def read(self, unit: Unit) -> Clause:
        """The clause of a unit."""
        if unit.id not in self._read:
            is_row = bool(unit.provision.cells)
            sentences = () if is_row else sentences_of(unit.text, unit.provision.heading)
            cells = tuple(_placed_cells(unit)) if is_row else ()
            self._read[unit.id] = Clause(unit, sentences, cells, self._quotation(unit))
        return self._read[unit.id]

    def _quotation(self, unit: Unit) -> Quotation:
        """The alignment of the unit's text with its source; a unit takes in what is below or not.

        Raises:
            LookupError: the unit isn't of this store.
        """
        document = self._store.document(unit.document_id)
        if document is None:
            raise LookupError(unit.document_id)
        source = self._store.source_text(document.source_file)
        whole = quote(source, document.subtree(unit.provision))
        return whole if whole.text == unit.text else quote(source, [unit.provision])


def _placed_cells(unit: Unit) -> Iterator[PlacedCell]:
    at = 0
    for cell in unit.provision.cells:
        start = unit.text.find(cell.value, at) if cell.value else -1
        if start >= 0:
            at = start + len(cell.value)
            yield PlacedCell(cell.head, start, at)

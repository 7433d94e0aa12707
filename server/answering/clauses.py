"""A clause as it is quoted from: its sentences or cells, and where each stands in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Span
from corpus.quotation import Quotation, quote
from corpus.sentences import Sentence
from indexer.embedding.encoder import Vectors
from indexer.passages import Unit, sentences_in
from indexer.search import SearchIndex


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A filled cell of a table row at ``start``…``end`` of the row's text."""

    head: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A unit with what can be quoted from it: ``cells`` of a table row, ``sentences`` otherwise.

    ``words`` are the index terms of each sentence or cell; ``vectors`` are those of the sentences,
    shape ``(n, dimension)``, with ``n`` 0 where there is nothing to choose from.
    """

    unit: Unit
    sentences: tuple[Sentence, ...]
    cells: tuple[PlacedCell, ...]
    words: tuple[frozenset[str], ...]
    vectors: Vectors
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

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._read: dict[str, Clause] = {}

    def read(self, unit: Unit) -> Clause:
        """The clause of a unit."""
        if unit.id not in self._read:
            self._read[unit.id] = self._clause(unit)
        return self._read[unit.id]

    def _clause(self, unit: Unit) -> Clause:
        sentences, cells = sentences_in(unit), tuple(_placed_cells(unit))
        return Clause(
            unit=unit,
            sentences=sentences,
            cells=cells,
            words=tuple(
                frozenset(self._index.tokenizer.words(unit.text[start:end]))
                for start, end in [
                    *((sentence.start, sentence.end) for sentence in sentences),
                    *((cell.start, cell.end) for cell in cells),
                ]
            ),
            vectors=self._index.sentence_vectors(unit),
            quotation=self._quotation(unit),
        )

    def _quotation(self, unit: Unit) -> Quotation:
        """The alignment of the unit's text with its source; a unit takes in what is below or not.

        Raises:
            LookupError: the unit isn't of this store.
        """
        store = self._index.store
        document = store.document(unit.document_id)
        if document is None:
            raise LookupError(unit.document_id)
        source = store.source_text(document.source_file)
        whole = quote(source, document.subtree(unit.provision))
        return whole if whole.text == unit.text else quote(source, [unit.provision])


def _placed_cells(unit: Unit) -> Iterator[PlacedCell]:
    at = 0
    for cell in unit.provision.cells:
        start = unit.text.find(cell.value, at) if cell.value else -1
        if start >= 0:
            at = start + len(cell.value)
            yield PlacedCell(cell.head, start, at)

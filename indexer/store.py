"""Documents, provisions, units and relations in one SQLite file, read-only once built."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from corpus.asked_as import AskedAs
from corpus.benefits.loading import BenefitRules
from corpus.citations import Relation
from corpus.document_number import DocumentNumber, parse
from corpus.edition import Apparatus, Edition
from corpus.model import Document, Provision
from corpus.validity import Validity
from indexer.near_duplicates import Restatement
from indexer.passages import Unit
from indexer.tokenizer import occupations_in

_SCHEMA = """
CREATE TABLE sources (
    file TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, apparatus TEXT NOT NULL
);
CREATE TABLE documents (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, doc_number TEXT, title TEXT NOT NULL,
    frame TEXT NOT NULL, validity TEXT NOT NULL
);
CREATE TABLE provisions (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document_id TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX provisions_by_document ON provisions (document_id, position);
CREATE TABLE units (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document_id TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE occupations (unit INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE restatements (unit INTEGER NOT NULL, other INTEGER NOT NULL, words TEXT);
CREATE TABLE relations (
    position INTEGER PRIMARY KEY, document_id TEXT NOT NULL, number TEXT, printed_number TEXT,
    target_id TEXT, content TEXT NOT NULL
);
CREATE TABLE benefit_rules (content TEXT NOT NULL);
CREATE INDEX relations_by_document ON relations (document_id);
CREATE INDEX relations_by_number ON relations (number);
CREATE INDEX relations_by_target ON relations (target_id);
"""

_DOCUMENT = TypeAdapter(Document)
_PROVISION = TypeAdapter(Provision)
_UNIT = TypeAdapter(Unit)
_VALIDITY = TypeAdapter(Validity)
_APPARATUS = TypeAdapter(Apparatus)
_RELATION = TypeAdapter(Relation)
_BENEFITS = TypeAdapter(BenefitRules)


def write_store(
    path: Path, edition: Edition, units: Sequence[Unit], restatements: Sequence[Restatement] = ()
) -> None:
    """Write everything into a new file at ``path``."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO sources VALUES (?, ?, ?, ?)",
            [
                (
                    c.source_file,
                    c.title,
                    c.text,
                    _json(_APPARATUS, edition.apparatus[c.source_file]),
                )
                for c in edition.compilations
            ],
        )
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    position,
                    document.id,
                    document.doc_number,
                    document.title,
                    _json(_DOCUMENT, replace(document, provisions=())),
                    _json(_VALIDITY, edition.validity[document.id]),
                )
                for position, document in enumerate(edition.documents)
            ],
        )
        connection.executemany(
            "INSERT INTO provisions (id, document_id, content) VALUES (?, ?, ?)",
            [
                (provision.id, document.id, _json(_PROVISION, provision))
                for document in edition.documents
                for provision in document.provisions
            ],
        )
        connection.executemany(
            "INSERT INTO units VALUES (?, ?, ?, ?)",
            [
                (position, unit.id, unit.document_id, _json(_UNIT, unit))
                for position, unit in enumerate(units)
            ],
        )
        connection.executemany(
            "INSERT INTO occupations VALUES (?, ?)",
            [
                (position, name)
                for position, unit in enumerate(units)
                for name in occupations_in(unit.provision)
            ],
        )
        connection.executemany(
            "INSERT INTO restatements VALUES (?, ?, ?)",
            [
                (restatement.unit, restatement.other, restatement.words)
                for restatement in restatements
            ],
        )
        connection.execute(
            "INSERT INTO benefit_rules VALUES (?)", (_json(_BENEFITS, edition.benefits),)
        )
        connection.executemany(
            "INSERT INTO relations (document_id, number, printed_number, target_id, content)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (r.document_id, r.number, r.printed_number, r.target_id, _json(_RELATION, r))
                for r in edition.relations
            ],
        )


def _json(adapter: TypeAdapter[Any], value: object) -> str:
    return adapter.dump_json(value).decode()


class Store:
    """Reads a store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._documents: dict[str, Document] = {}
        self._units: dict[int, Unit] = {}
        rows = self._rows("SELECT frame, validity FROM documents ORDER BY position")
        self.frames: tuple[Document, ...] = tuple(
            _DOCUMENT.validate_json(frame) for frame, _ in rows
        )
        """All documents in the order of the book, without their provisions."""
        self.validity: dict[str, Validity] = {
            document.id: _VALIDITY.validate_json(validity)
            for document, (_, validity) in zip(self.frames, rows, strict=True)
        }
        self.frame_by_id = {document.id: document for document in self.frames}
        self.numbers: tuple[tuple[Document, DocumentNumber], ...] = tuple(
            (frame, number)
            for frame in self.frames
            if (number := parse(frame.doc_number or "")) is not None
        )
        """The documents that have a number, with it."""
        position = {document.id: at for at, document in enumerate(self.frames)}
        units = self._rows("SELECT id, document_id FROM units ORDER BY position")
        self.unit_documents: tuple[int, ...] = tuple(position[row[1]] for row in units)
        """Position of each unit's document in ``frames``, by unit position."""
        self.unit_position: dict[str, int] = {row[0]: at for at, row in enumerate(units)}
        """Position of each unit by its id."""
        self._sources: dict[str, str] = {}
        self._apparatus: dict[str, Apparatus] = {
            file: _APPARATUS.validate_json(content)
            for file, content in self._rows("SELECT file, apparatus FROM sources")
        }

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, parameters).fetchall()

    def document(self, document_id: str) -> Document | None:
        """One document with its provisions."""
        if document_id not in self._documents:
            frame = self.frame_by_id.get(document_id)
            if frame is None:
                return None
            rows = self._rows(
                "SELECT content FROM provisions WHERE document_id = ? ORDER BY position",
                document_id,
            )
            provisions = tuple(_PROVISION.validate_json(content) for (content,) in rows)
            self._documents[document_id] = replace(frame, provisions=provisions)
        return self._documents[document_id]

    def document_of(self, provision_id: str) -> Document | None:
        """The document that a provision stands in."""
        rows = self._rows("SELECT document_id FROM provisions WHERE id = ?", provision_id)
        return self.document(rows[0][0]) if rows else None

    def units(self, positions: Sequence[int]) -> list[Unit]:
        """Units at the given positions, in that order."""
        if unread := [position for position in positions if position not in self._units]:
            marks = ",".join("?" * len(unread))
            rows = self._rows(
                f"SELECT position, content FROM units WHERE position IN ({marks})", *unread
            )
            # Kept once decoded: decoding ten of them takes longer than ranking all.
            self._units |= {position: _UNIT.validate_json(content) for position, content in rows}
        return [self._units[position] for position in positions]

    def occupations(self) -> list[tuple[str, int]]:
        """Occupations that rows of catalogues name, each with the position of its unit."""
        return [(name, unit) for name, unit in self._rows("SELECT name, unit FROM occupations")]

    def restatements(self) -> list[Restatement]:
        """What units of different documents share."""
        rows = self._rows("SELECT unit, other, words FROM restatements ORDER BY unit, other")
        return [Restatement(*row) for row in rows]

    def source_text(self, file: str) -> str:
        """The text of a source as ingested; offsets of spans count in it."""
        if file not in self._sources:
            ((self._sources[file],),) = self._rows("SELECT text FROM sources WHERE file = ?", file)
        return self._sources[file]

    def source_titles(self) -> list[str]:
        """Titles of the books that the documents come from."""
        return [title for (title,) in self._rows("SELECT title FROM sources ORDER BY rowid")]

    def apparatus(self, file: str) -> Apparatus:
        """Errata, pages, terms and rates of a source."""
        return self._apparatus[file]

    def benefit_rules(self) -> BenefitRules:
        """All benefit rules, their facts, and what people call the occupations."""
        [(content,)] = self._rows("SELECT content FROM benefit_rules")
        return _BENEFITS.validate_json(content)

    def asked_as(self) -> Iterator[AskedAs]:
        """How people ask for each clause that somebody wrote questions for."""
        for apparatus in self._apparatus.values():
            yield from apparatus.asked_as.values()

    def questions(self) -> Iterator[str]:
        """All asked-as questions and keywords of the collection."""
        for asked_as in self.asked_as():
            yield from (*asked_as.questions, asked_as.keywords)

    def relations_of(self, document_id: str) -> list[Relation]:
        """What a document says of others, in reading order."""
        return self._relations("document_id = ?", document_id)

    def relations_to(self, document: Document) -> list[Relation]:
        """What others say of a document, by number or by title, in the order of the book."""
        return self._relations(
            "target_id = ? OR (number IS NOT NULL AND number = ?)",
            document.id,
            document.doc_number or "",
        )

    def naming(self, number: str) -> list[Relation]:
        """Where a number is named, as it should read or as it is printed."""
        return self._relations("number = ? OR printed_number = ?", number, number)

    def _relations(self, condition: str, *parameters: object) -> list[Relation]:
        rows = self._rows(
            f"SELECT content FROM relations WHERE {condition} ORDER BY position", *parameters
        )
        return [_RELATION.validate_json(content) for (content,) in rows]

    def named_numbers(self) -> list[str]:
        """All numbers that are named anywhere, misprinted forms included."""
        rows = self._rows(
            "SELECT number FROM relations WHERE number IS NOT NULL"
            " UNION SELECT printed_number FROM relations WHERE printed_number IS NOT NULL"
        )
        return [number for (number,) in rows]

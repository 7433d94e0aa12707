"""Documents, provisions, units and citations in one SQLite file, read-only once built."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from corpus.citations import Mention, mentions
from corpus.document_number import DocumentNumber, parse
from corpus.model import Compilation, Document, Erratum, Provision
from corpus.validity import Validity, validity_of
from indexer.passages import Unit

_SCHEMA = """
CREATE TABLE sources (file TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE errata (source_file TEXT NOT NULL, content TEXT NOT NULL);
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
CREATE TABLE mentions (
    document_id TEXT NOT NULL, provision_id TEXT NOT NULL, doc_number TEXT NOT NULL
);
CREATE INDEX mentions_by_number ON mentions (doc_number);
CREATE INDEX mentions_by_document ON mentions (document_id);
"""

_DOCUMENT = TypeAdapter(Document)
_PROVISION = TypeAdapter(Provision)
_UNIT = TypeAdapter(Unit)
_VALIDITY = TypeAdapter(Validity)
_ERRATUM = TypeAdapter(Erratum)


@dataclass(frozen=True, slots=True)
class CitedBy:
    """A provision that names a document number."""

    document_id: str
    provision_id: str
    doc_number: str


def write_store(
    path: Path,
    compilations: Sequence[Compilation],
    errata: Mapping[str, Sequence[Erratum]],
    units: Sequence[Unit],
) -> None:
    """Write everything into a new file at ``path``; ``errata`` are by source file."""
    documents = [document for c in compilations for document in c.documents]
    validity = validity_of(documents)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO sources VALUES (?, ?, ?)",
            [(c.source_file, c.title, c.text) for c in compilations],
        )
        connection.executemany(
            "INSERT INTO errata VALUES (?, ?)",
            [(file, _ERRATUM.dump_json(e).decode()) for file in errata for e in errata[file]],
        )
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    position,
                    document.id,
                    document.doc_number,
                    document.title,
                    _DOCUMENT.dump_json(replace(document, provisions=())).decode(),
                    _VALIDITY.dump_json(validity[document.id]).decode(),
                )
                for position, document in enumerate(documents)
            ],
        )
        connection.executemany(
            "INSERT INTO provisions (id, document_id, content) VALUES (?, ?, ?)",
            [
                (provision.id, document.id, _PROVISION.dump_json(provision).decode())
                for document in documents
                for provision in document.provisions
            ],
        )
        connection.executemany(
            "INSERT INTO units VALUES (?, ?, ?, ?)",
            [
                (position, unit.id, unit.document_id, _UNIT.dump_json(unit).decode())
                for position, unit in enumerate(units)
            ],
        )
        connection.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?)",
            [(m.document_id, m.provision_id, str(m.number)) for m in _all_mentions(documents)],
        )


def _all_mentions(documents: Iterable[Document]) -> Iterable[Mention]:
    for document in documents:
        yield from mentions(document)


class Store:
    """Reads a store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._documents: dict[str, Document] = {}
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
        self.unit_documents: tuple[int, ...] = tuple(
            position[row[0]]
            for row in self._rows("SELECT document_id FROM units ORDER BY position")
        )
        """Position of each unit's document in ``frames``, by unit position."""
        self._sources: dict[str, str] = {}
        self._errata: dict[str, list[Erratum]] = {}
        for file, content in self._rows("SELECT * FROM errata ORDER BY rowid"):
            self._errata.setdefault(file, []).append(_ERRATUM.validate_json(content))

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
        marks = ",".join("?" * len(positions))
        rows = self._rows(
            f"SELECT position, content FROM units WHERE position IN ({marks})",
            *positions,
        )
        content = dict(rows)
        return [_UNIT.validate_json(content[position]) for position in positions]

    def source_text(self, file: str) -> str:
        """The text of a source as ingested; offsets of spans count in it."""
        if file not in self._sources:
            ((self._sources[file],),) = self._rows("SELECT text FROM sources WHERE file = ?", file)
        return self._sources[file]

    def errata(self, file: str) -> Sequence[Erratum]:
        """The errata of a source in order of place."""
        return self._errata.get(file, ())

    def cited_by(self, doc_number: str) -> list[CitedBy]:
        """Where a document number is named, in the order of the book."""
        rows = self._rows(
            "SELECT document_id, provision_id, doc_number FROM mentions"
            " WHERE doc_number = ? ORDER BY rowid",
            doc_number,
        )
        return [CitedBy(*row) for row in rows]

    def cites(self, document_id: str) -> list[CitedBy]:
        """The document numbers that a document names, in reading order."""
        rows = self._rows(
            "SELECT document_id, provision_id, doc_number FROM mentions"
            " WHERE document_id = ? ORDER BY rowid",
            document_id,
        )
        return [CitedBy(*row) for row in rows]

    def cited_numbers(self) -> list[str]:
        """All document numbers that are named anywhere."""
        return [row[0] for row in self._rows("SELECT DISTINCT doc_number FROM mentions")]

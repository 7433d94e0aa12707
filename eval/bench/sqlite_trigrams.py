"""SQLite FTS5 with its trigram tokenizer, ranked by its BM25.

The tokenizer is SQLite's own answer to languages without blanks. A whole question would have to
stand in a text to the letter, so that the question is cut into its trigrams, any of which may be
found; the library's ``rank`` (BM25) does the rest. Text and questions are folded (NFKC, simplified
characters) as for the other peers. Words of two characters are lost on trigrams; that is theirs.
Optimised after the build, opened read-only, a connection a thread.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from eval.bench.collection import Collection, Vectors
from indexer.tokenizer import fold

_FILE = "clauses.sqlite"
_LENGTH = 3
_SCHEMA = "CREATE VIRTUAL TABLE clauses USING fts5 (id UNINDEXED, text, tokenize = 'trigram')"
_RANKED = "SELECT id FROM clauses WHERE clauses MATCH ? ORDER BY rank LIMIT ?"


class SqliteTrigrams:
    """One virtual table."""

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Insert all texts in one transaction."""
        rows = zip(collection.ids, map(fold, collection.texts), strict=True)
        with closing(sqlite3.connect(folder / _FILE)) as connection, connection:
            connection.execute(_SCHEMA)
            connection.executemany("INSERT INTO clauses VALUES (?, ?)", rows)
            connection.execute("INSERT INTO clauses (clauses) VALUES ('optimize')")

    def open(self, collection: Collection, folder: Path) -> None:
        """Connections are made by the threads that ask."""
        self._file = folder / _FILE
        self._of_thread = threading.local()

    def search(self, question: str, limit: int) -> list[str]:
        """Those with any of the trigrams."""
        grams = dict.fromkeys(
            run[at : at + _LENGTH]
            for run in re.findall(r"\w+", fold(question))
            for at in range(len(run) - _LENGTH + 1)
        )
        if not grams:
            return []
        disjunction = " OR ".join(f'"{gram}"' for gram in grams)
        rows = self._connection().execute(_RANKED, (disjunction, limit))
        return [str(id_) for (id_,) in rows]

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._of_thread, "connection"):
            uri = f"file:{self._file}?mode=ro&immutable=1"
            self._of_thread.connection = sqlite3.connect(uri, uri=True)
        connection: sqlite3.Connection = self._of_thread.connection
        return connection

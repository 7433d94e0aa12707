"""This project, through the call that everybody has: ``SearchIndex.search``.

It reads and parses the sources itself, which counts towards its index time; the peers are given
the clauses. A hit comes with its text, citation, validity, highlights and where else it stands, and
a clause that says the same as one before it is left out; the peers give ids.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from eval.bench.collection import Collection, Vectors, Wording
from indexer.build import build_index
from indexer.search import SearchIndex
from indexer.settings import IndexSettings


class SettingsInFolder(IndexSettings):
    """The settings with an index in any folder; models and known vectors stay where they are."""

    bench_folder: Path = Field(exclude=True)

    @property
    def index_folder(self) -> Path:
        """Holds one folder a build and the pointer to the current one."""
        return self.bench_folder


class Diance:
    """The index, with or without the asked-as questions."""

    def __init__(self, wording: Wording) -> None:
        self._has_questions = wording is Wording.QUESTIONS

    def _settings(self, folder: Path) -> SettingsInFolder:
        return SettingsInFolder(bench_folder=folder, questions=self._has_questions)

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Build from the sources; vectors that are known already aren't computed again."""
        build_index(self._settings(folder))

    def open(self, collection: Collection, folder: Path) -> None:
        """Open the index."""
        self._index = SearchIndex.open(self._settings(folder))

    def search(self, question: str, limit: int) -> list[str]:
        """The hybrid search."""
        return [hit.unit.id for hit in self._index.search(question, limit=limit).hits]

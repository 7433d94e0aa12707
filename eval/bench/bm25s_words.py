"""bm25s alone: BM25 over words.

Set up as its README does: its default variant and parameters (Lucene, k1 = 1.5, b = 0.75), own
tokenization given as lists of words, saved and loaded without memory maps. The ids are looked up by
position, so that no corpus has to be read back.
"""

from __future__ import annotations

from pathlib import Path

import bm25s

from eval.bench.collection import Collection, Vectors
from eval.bench.peers import WordCutter


class Bm25sWords:
    """The library, its users' words."""

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Index the words of each text."""
        cutter = WordCutter(collection)
        model = bm25s.BM25()
        model.index([cutter.words(text) for text in collection.texts], show_progress=False)
        model.save(str(folder), show_progress=False)

    def open(self, collection: Collection, folder: Path) -> None:
        """Load the sparse matrix."""
        self._ids = collection.ids
        self._cutter = WordCutter(collection)
        self._model = bm25s.BM25.load(str(folder), load_vocab=True)

    def search(self, question: str, limit: int) -> list[str]:
        """Those with any of the words."""
        words = self._cutter.words(question)
        if not words:
            return []
        found, scores = self._model.retrieve(
            [words], k=min(limit, len(self._ids)), show_progress=False
        )
        ranked = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [self._ids[at] for at, score in ranked if score > 0]

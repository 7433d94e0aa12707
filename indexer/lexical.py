"""The lexical side: BM25 over words and character bigrams.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), in the Lucene
variant, with k1 = 0.9 and b = 0.4, the defaults of Anserini (Yang, Fang and Lin, 2017). Words carry
meaning, bigrams survive typos and words that the dictionary lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from indexer.tokenizer import Tokenizer

_K1, _B = 0.9, 0.4


class LexicalIndex:
    """BM25 scores of all units for a query."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self._size = size

    @classmethod
    def build(cls, texts: Sequence[str], tokenizer: Tokenizer) -> LexicalIndex:
        """Index one text a unit."""
        model = bm25s.BM25(k1=_K1, b=_B)
        model.index([_terms(text, tokenizer) for text in texts], show_progress=False)
        return cls(model, len(texts))

    def save(self, folder: Path) -> None:
        """Write the index as plain arrays."""
        self._model.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Open a saved index, memory-mapped."""
        return cls(bm25s.BM25.load(str(folder), mmap=True, load_vocab=True), size)

    def scores(self, query: str, tokenizer: Tokenizer) -> NDArray[np.float32]:
        """Scores of all units, shape ``(units,)``; zero where no term occurs."""
        known = [t for t in _terms(query, tokenizer) if t in self._model.vocab_dict]
        if not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._model.get_scores(known), np.float32)


def _terms(text: str, tokenizer: Tokenizer) -> list[str]:
    return [*tokenizer.words(text), *tokenizer.bigrams(text)]

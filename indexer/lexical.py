"""The lexical side: BM25 over words and character bigrams.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), in the Lucene
variant, with k1 = 0.9 and b = 0.4, the defaults of Anserini (Yang, Fang and Lin, 2017). Words carry
meaning, bigrams survive typos and words that the dictionary lacks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from indexer.tokenizer import Tokenizer

_K1, _B = 0.9, 0.4


class LexicalIndex:
    """BM25 scores of all units for a query; ``size`` is how many units there are."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self.size = size
        # Plain arrays: going through bm25s' memory maps costs more than the additions.
        self._units = np.array(model.scores["indices"])
        self._weights = np.array(model.scores["data"])
        edges = model.scores["indptr"].tolist()
        self._columns = {
            term: slice(edges[at], edges[at + 1])
            for term, at in model.vocab_dict.items()
            if at + 1 < len(edges)
        }

    @classmethod
    def build(cls, texts: Sequence[str], tokenizer: Tokenizer) -> LexicalIndex:
        """Index one text a unit."""
        # It reports each step, which shows where a library has set up the root logger.
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        model = bm25s.BM25(k1=_K1, b=_B)
        model.index([index_terms(text, tokenizer) for text in texts], show_progress=False)
        return cls(model, len(texts))

    def save(self, folder: Path) -> None:
        """Write the index as plain arrays."""
        self._model.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Open a saved index."""
        return cls(bm25s.BM25.load(str(folder), load_vocab=True), size)

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Scores of all units for index terms, shape ``(units,)``; zero where none occurs."""
        scores = np.zeros(self.size, np.float32)
        for term in terms:
            if (column := self._columns.get(term)) is not None:
                # A term has each unit once, so that plain addition does.
                scores[self._units[column]] += self._weights[column]
        return scores

    def frequency(self, term: str) -> int:
        """How many units have an index term."""
        column = self._columns.get(term)
        return column.stop - column.start if column is not None else 0

    def has(self, term: str, unit: int) -> bool:
        """Whether a unit has an index term."""
        column = self._columns.get(term)
        return column is not None and bool((self._units[column] == unit).any())

    def have_all(self, terms: Iterable[str]) -> bool:
        """Whether there is a unit that has all of the index terms."""
        common: NDArray[np.intp] | None = None
        for term in terms:
            column = self._columns.get(term)
            found = self._units[column] if column is not None else self._units[:0]
            common = found if common is None else np.intersect1d(common, found)
        return common is not None and common.size > 0


def index_terms(text: str, tokenizer: Tokenizer) -> list[str]:
    """The words and the bigrams of a text: what is indexed and what is asked for."""
    return [*tokenizer.words(text), *tokenizer.bigrams(text)]

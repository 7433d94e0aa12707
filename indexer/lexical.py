"""The lexical side: BM25 over words and character bigrams.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), in the Lucene
variant, with k1 = 0.9 and b = 0.4, the defaults of Anserini (Yang, Fang and Lin, 2017). Words carry
meaning, bigrams survive typos and words that the dictionary lacks.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.tokenizer import Tokenizer

_K1, _B = 0.9, 0.4
_TERMS, _EDGES, _UNITS, _WEIGHTS = "terms.json", "edges.npy", "units.npy", "weights.npy"


class LexicalIndex:
    """BM25 scores of all units for a query; ``size`` is how many units there are.

    A sparse matrix by columns: ``terms[i]`` has the entries from ``edges[i]`` to ``edges[i + 1]``
    of ``units`` and ``weights``. Shapes ``(terms + 1,)`` and twice ``(entries,)``.
    """

    def __init__(
        self,
        terms: Sequence[str],
        edges: NDArray[np.int32],
        units: NDArray[np.int32],
        weights: NDArray[np.float32],
        size: int,
    ) -> None:
        self.size = size
        self.terms = terms
        self._column = {term: at for at, term in enumerate(terms)}
        self.edges = edges
        self.units = units
        self.weights = weights

    @classmethod
    def build(cls, texts: Sequence[str], tokenizer: Tokenizer) -> LexicalIndex:
        """Index one text a unit."""
        import bm25s  # noqa: PLC0415  (loads slowly, and search needs only its result)

        # It reports each step, which shows where a library has set up the root logger.
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        model = bm25s.BM25(k1=_K1, b=_B)
        model.index([index_terms(text, tokenizer) for text in texts], show_progress=False)
        matrix = model.scores
        terms = sorted(model.vocab_dict, key=model.vocab_dict.__getitem__)
        held = terms[: len(matrix["indptr"]) - 1]
        return cls(held, matrix["indptr"], matrix["indices"], matrix["data"], len(texts))

    def save(self, folder: Path) -> None:
        """Write the index as plain arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TERMS).write_text(json.dumps(self.terms, ensure_ascii=False), encoding="utf-8")
        np.save(folder / _EDGES, self.edges)
        np.save(folder / _UNITS, self.units)
        np.save(folder / _WEIGHTS, self.weights)

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Open a saved index."""
        terms = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        # Read whole: going through memory maps costs more than the additions.
        edges, units, weights = (np.load(folder / name) for name in (_EDGES, _UNITS, _WEIGHTS))
        return cls(terms, edges, units, weights, size)

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """Scores of all units for index terms, shape ``(units,)``; zero where none occurs."""
        columns = [self._entries(term) for term in terms] or [slice(0, 0)]
        units = np.concatenate([self.units[column] for column in columns])
        weights = np.concatenate([self.weights[column] for column in columns])
        return np.bincount(units, weights, minlength=self.size).astype(np.float32)

    def frequency(self, term: str) -> int:
        """How many units have an index term."""
        column = self._entries(term)
        return column.stop - column.start

    def has(self, term: str, unit: int) -> bool:
        """Whether a unit has an index term."""
        return bool((self.units[self._entries(term)] == unit).any())

    def have_all(self, terms: Iterable[str]) -> bool:
        """Whether there is a unit that has all of the index terms."""
        common: NDArray[np.int32] | None = None
        for term in terms:
            found = self.units[self._entries(term)]
            common = found if common is None else np.intersect1d(common, found)
        return common is not None and common.size > 0

    def _entries(self, term: str) -> slice[int, int, None]:
        """Which entries are a term's; none of one that no unit has."""
        at = self._column.get(term)
        return slice(0, 0) if at is None else slice(int(self.edges[at]), int(self.edges[at + 1]))


def index_terms(text: str, tokenizer: Tokenizer) -> list[str]:
    """The words and the bigrams of a text: what is indexed and what is asked for."""
    return [*tokenizer.words(text), *tokenizer.bigrams(text)]

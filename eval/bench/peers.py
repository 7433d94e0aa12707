"""What a system has to do to be measured, and the parts that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from eval.bench.collection import Collection, Vectors
from indexer.tokenizer import USER_DICTIONARY, Tokenizer

QueryEncoder = Callable[[str], Vectors]
"""A question -> its unit vector, shape ``(dimension,)``."""

CANDIDATES = 50
"""How many clauses each side of a hybrid peer hands to the fusion of ranks."""


class System(Protocol):
    """A search system: built once into a folder, then opened by another process and asked."""

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Index the texts into an empty folder; ``vectors[i]`` is that of text ``i``.

        Only systems that embed are given vectors, shape ``(texts, dimension)``.
        """

    def open(self, collection: Collection, folder: Path) -> None:
        """Make ready for questions what :meth:`build` wrote."""

    def search(self, question: str, limit: int) -> list[str]:
        """Ids of the best clauses, best first, at most ``limit``. Called by several threads."""


class WordCutter:
    """The words of a text: jieba in search mode, our stop words, our dictionary.

    Every peer that lets its user choose the words is given these, so that none loses by the way
    Chinese is cut. jieba's dictionary is loaded when the first text is cut.
    """

    def __init__(self, collection: Collection) -> None:
        self._terms = collection.terms

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer(self._terms, USER_DICTIONARY)

    def words(self, text: str) -> list[str]:
        """In order, repeated as in the text."""
        return self._tokenizer.words(text)

    def spaced(self, text: str) -> str:
        """The same with blanks between them, for tokenizers that split at blanks."""
        return " ".join(word for word in self.words(text) if not word.isspace())

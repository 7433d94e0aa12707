"""A question as answering reads it: its words, the official terms, what it asks for, its vector."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from indexer.embedding.encoder import Vectors
from indexer.search import SearchIndex, SearchResult
from server.answering.focus import Focus, foci_of


@dataclass(frozen=True, slots=True)
class Inquiry:
    """``text`` is the question with its slips mended; ``vector`` is a unit vector of it.

    ``official`` are words of the terms that everyday words of the question stand for.
    """

    text: str
    words: frozenset[str]
    official: frozenset[str]
    foci: tuple[Focus, ...]
    vector: Vectors


class InquiryReader:
    """Reads questions; knows how much a word tells in the collection."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def read(self, result: SearchResult) -> Inquiry:
        """The question of a search, as it was searched for."""
        text = result.correction.query if result.correction else result.query
        tokenizer = self._index.tokenizer
        words = frozenset(tokenizer.words(text))
        terms = self._index.lexicon.official_terms(text)
        return Inquiry(
            text=text,
            words=words,
            official=frozenset(w for term in terms for w in tokenizer.words(term)) - words,
            foci=foci_of(text),
            vector=self._index.vector_of(text),
        )

    def coverage(self, wanted: Set[str], words: Set[str]) -> float:
        """How much of what the wanted words tell is among ``words``: 0 to 1."""
        rarity = self._index.rarity
        whole = sum(rarity(word) for word in wanted)
        return sum(rarity(word) for word in wanted & words) / whole if whole else 0.0

    def words_covered(self, inquiry: Inquiry, text: str) -> float:
        """How much of the question's words a text has: 0 to 1."""
        return self.coverage(inquiry.words, frozenset(self._index.tokenizer.words(text)))

"""Everyday words and the official terms that they stand for: 老板 for 用人单位, 月嫂 for 母婴护理.

Query expansion from a lexicon kept by hand (``corpus/annotations/lexicon/everyday.jsonl``). The
added terms count less than the words that were typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import corpus
from indexer.tokenizer import fold

EVERYDAY = Path(corpus.__file__).parent / "annotations" / "lexicon" / "everyday.jsonl"


class Lexicon:
    """Finds everyday words in a query; of words that overlap the longest counts."""

    def __init__(self, official: Mapping[str, Sequence[str]]) -> None:
        self._official = {fold(word): tuple(terms) for word, terms in official.items()}
        self._pattern = any_of(self._official)

    @classmethod
    def load(cls, path: Path = EVERYDAY) -> Lexicon:
        """Read a file of lines ``{"everyday": [...], "official": [...]}``."""
        official: dict[str, Sequence[str]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            official |= dict.fromkeys(entry["everyday"], entry["official"])
        return cls(official)

    @property
    def entries(self) -> Mapping[str, Sequence[str]]:
        """Official terms by everyday word."""
        return self._official

    def meanings(self, query: str) -> Mapping[str, Sequence[str]]:
        """The everyday words in a query, each with the official terms that it stands for."""
        return {hit[0]: self._official[hit[0]] for hit in self._pattern.finditer(fold(query))}

    def official_terms(self, query: str) -> list[str]:
        """The terms that the query's everyday words stand for and that it does not have itself."""
        folded = fold(query)
        terms = [term for official in self.meanings(query).values() for term in official]
        return [term for term in dict.fromkeys(terms) if fold(term) not in folded]


def any_of(words: Iterable[str], between: str = "") -> re.Pattern[str]:
    """Any of the words, the longest first; ``between`` may stand between two characters."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    spelt = [between.join(map(re.escape, word)) for word in longest_first]
    return re.compile("|".join(spelt) or r"(?!)")

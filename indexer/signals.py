"""What search knows of a query and a unit beside the rank: raw nearness, and what isn't known.

Scores of the fusion are scaled over the candidates of one query, so that the best is near 1
whatever was asked. To tell whether anything answers at all, one needs what was there before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.lexical import LexicalIndex

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Signals:
    """How near a unit is to a query by each side of the index.

    ``text`` and ``question`` are cosines with its nearest passage and its nearest asked-as
    question, None where it is not among the nearest ones or the side was not asked; ``lexical`` is
    its BM25 score.
    """

    text: float | None = None
    question: float | None = None
    lexical: float = 0.0


@dataclass(frozen=True, slots=True)
class Sides:
    """What each side says of all units, shapes ``(units,)``; -inf where it doesn't know one.

    ``matched`` is the number of the nearest question within its unit where that is nearer than the
    text, else -1.
    """

    fused: Scores
    matched: NDArray[np.int32]
    text: Scores
    question: Scores
    lexical: Scores

    def of(self, unit: int) -> Signals:
        """The signals of one unit."""
        text, question = float(self.text[unit]), float(self.question[unit])
        return Signals(
            text=text if np.isfinite(text) else None,
            question=question if np.isfinite(question) else None,
            lexical=max(float(self.lexical[unit]), 0.0),
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a unit, and the whole index, has of the terms of a query; shares from 0 to 1.

    ``words`` is the share of the words that the unit has, each weighted by its rarity (idf);
    ``unknown_words`` and ``unknown_bigrams`` are the shares that no unit has.
    """

    words: float
    unknown_words: float
    unknown_bigrams: float


def coverages_of(
    lexical: LexicalIndex,
    units: Sequence[int],
    words: Sequence[str],
    bigrams: Sequence[str],
    meant: Mapping[str, Sequence[str]],
) -> list[Coverage]:
    """Coverage of a query by each of ``units``.

    ``meant`` has for words that are found in the query the words of the official terms that they
    stand for (老板: 用人单位): a word is had as well if one of these is.
    """

    def held(word: str, unit: int) -> bool:
        return lexical.has(word, unit) or any(lexical.has(m, unit) for m in meant.get(word, ()))

    def is_unknown(word: str) -> bool:
        return lexical.frequency(word) == 0 and word not in meant

    rarity = {word: _idf(lexical, word) for word in dict.fromkeys(words)}
    whole = sum(rarity.values()) or 1.0
    unknown_words = _share([is_unknown(word) for word in rarity])
    unknown_bigrams = _share([lexical.frequency(b) == 0 for b in dict.fromkeys(bigrams)])
    return [
        Coverage(
            words=sum(idf for word, idf in rarity.items() if held(word, unit)) / whole,
            unknown_words=unknown_words,
            unknown_bigrams=unknown_bigrams,
        )
        for unit in units
    ]


def _idf(lexical: LexicalIndex, term: str) -> float:
    """Inverse document frequency as in BM25 (Lucene)."""
    frequency = lexical.frequency(term)
    return math.log(1 + (lexical.size - frequency + 0.5) / (frequency + 0.5))


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0

"""What search knows of a query and a unit beside the rank: raw nearness, and what isn't known.

Scores of the fusion are scaled over the candidates of one query, so that the best is near 1
whatever was asked. To tell whether anything answers at all, one needs what was there before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.engines.contract import Engine


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
class Coverage:
    """What a unit, and the whole index, has of the terms of a query; shares from 0 to 1.

    ``words`` is the share of the words that the unit has, each weighted by its rarity (idf);
    ``unknown_words`` and ``unknown_bigrams`` are the shares that no unit has.
    """

    words: float
    unknown_words: float
    unknown_bigrams: float


def coverages_of(
    engine: Engine,
    units: Sequence[int],
    words: Sequence[str],
    bigrams: Sequence[str],
    meant: Mapping[str, Sequence[str]],
) -> list[Coverage]:
    """Coverage of a query by each of ``units``.

    ``meant`` has for words that are found in the query the words of the official terms that they
    stand for (老板: 用人单位): a word is had as well if one of these is.
    """
    rarity = {word: rarity_of(engine, word) for word in dict.fromkeys(words)}
    whole = sum(rarity.values()) or 1.0
    unknown_words = _share([engine.frequency(w) == 0 and w not in meant for w in rarity])
    unknown_bigrams = _share([engine.frequency(b) == 0 for b in dict.fromkeys(bigrams)])
    terms = list(dict.fromkeys([*words, *(m for word in words for m in meant.get(word, ()))]))
    coverages = []
    for has in engine.held(units, terms):
        held = {term for term, is_held in zip(terms, has, strict=True) if is_held}
        covered = [idf for w, idf in rarity.items() if not held.isdisjoint((w, *meant.get(w, ())))]
        coverages.append(Coverage(sum(covered) / whole, unknown_words, unknown_bigrams))
    return coverages


def rarity_of(engine: Engine, term: str) -> float:
    """How much a term tells: its inverse document frequency as in BM25 (Lucene)."""
    frequency = engine.frequency(term)
    return math.log(1 + (engine.size - frequency + 0.5) / (frequency + 0.5))


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0

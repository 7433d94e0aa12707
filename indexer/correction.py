"""Slips of the pen in a query, mended with the words that the collection uses.

Most Chinese typos are homophones out of a pinyin keyboard (陪训 for 培训) or one wrong character.
What stands in the collection is never touched: a stretch is mended only if it holds a pair of
characters that occurs nowhere, and if a word of the collection sounds the same. Ordinary words side
by side make such pairs as well (负责认定): where the dictionary has a word for both characters,
whole words are mended (工商保险) and never a piece of one. In short stretches the little words of
everyday speech are left alone; they make any pair of characters.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from indexer.syllables import syllable
from indexer.tokenizer import Tokenizer, bigrams_of

_HAN_RUN = re.compile(r"[一-鿿]{2,}")
_LONGEST_WORD = 6
_LONG_WORD = 3  # from here on a dictionary knows it for certain; jieba guesses at shorter ones
_FEWEST, _FEWEST_SHORT = 3, 15  # occurrences of a word that may replace others; of two characters
_LITTLE_WORDS = frozenset(
    "的了是在我你他她它们这那哪个些几一二两三四五六七八九十百千半不没能会可要想给让把被跟和与或就都也还又再才只"
    "先后前上下里外中间边头面来去出进到过回走做干搞弄说讲叫问看听吃喝有无多少大小好坏新老男女年月日天时号"
    "吗呢吧啊嘛么什怎谁咋为因所以于从向往对按由各每该应如若且而但并等及其之者得着点次位家人子儿"
)
# Sounds that southern speakers and hurried typists take for one another.
_NEAR_SOUNDS = ((r"^zh", "z"), (r"^ch", "c"), (r"^sh", "s"), (r"^l", "n"), (r"ng$", "n"))


@dataclass(frozen=True, slots=True)
class Correction:
    """A mended query, and what was taken for what."""

    query: str
    changes: tuple[tuple[str, str], ...]


class Corrector:
    """Knows the words of the collection by their sound and their characters."""

    def __init__(
        self, words: Mapping[str, int], pairs: Iterable[str], tokenizer: Tokenizer
    ) -> None:
        self._tokenizer = tokenizer
        self._words = dict(words)
        self._pairs = frozenset(pairs)
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        for word in sorted(words, key=lambda word: -words[word]):
            self._by_sound.setdefault(_sound(word), []).append(word)

    @classmethod
    def learn(cls, texts: Iterable[str], tokenizer: Tokenizer) -> Corrector:
        """Take words and pairs of characters from the texts of the collection."""
        words: Counter[str] = Counter()
        pairs: set[str] = set()
        for text in texts:
            found = tokenizer.words(text)
            words.update(w for w in found if 2 <= len(w) <= _LONGEST_WORD and _HAN_RUN.fullmatch(w))
            pairs.update(bigrams_of(text))
        frequent = {word: n for word, n in words.items() if n >= _FEWEST}
        return cls(frequent, pairs, tokenizer)

    def save(self, path: Path) -> None:
        """Write what was learned as JSON."""
        content = {"words": self._words, "pairs": sorted(self._pairs)}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path, tokenizer: Tokenizer) -> Corrector:
        """Read what was saved; ``tokenizer`` knows the words that it was learned with."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["words"], content["pairs"], tokenizer)

    def correct(self, query: str) -> Correction:
        """The query with its slips mended; without changes if there is nothing to mend."""
        changes: list[tuple[str, str]] = []
        mended = _HAN_RUN.sub(lambda run: self._mend(run[0], changes), query)
        return Correction(mended, tuple(changes))

    def _mend(self, run: str, changes: list[tuple[str, str]]) -> str:
        strange = [at for at in range(len(run) - 1) if run[at : at + 2] not in self._pairs]
        edges = self._tokenizer.boundaries(run) if strange else frozenset()
        certain = {at for at in strange if not _is_of_words(at, edges)}
        sound = _inside_sound_words(edges, strange)
        at, mended = 0, ""
        while strange:
            # A stretch is looked at if it takes in the next strange pair.
            shortest = strange[0] - at + 2
            for length in range(min(_LONGEST_WORD, len(run) - at), shortest - 1, -1):
                stretch = run[at : at + length]
                is_whole = at in edges and at + length in edges
                if not is_whole and certain.isdisjoint(range(at, at + length - 1)):
                    continue
                if not sound.isdisjoint((at, at + length)):  # 考茶|艺师 isn't 考察|艺师
                    continue
                word = self._meant_by(stretch)
                if word is not None:
                    changes.append((stretch, word))
                    mended += word
                    at += length
                    break
            else:
                mended += run[at]
                at += 1
            strange = [pair for pair in strange if pair >= at]
        return mended + run[at:]

    def _meant_by(self, stretch: str) -> str | None:
        is_short = len(stretch) == 2
        if is_short and _LITTLE_WORDS & set(stretch):
            return None
        for word in self._by_sound.get(_sound(stretch), ()):
            differing = {a for a, b in zip(stretch, word, strict=True) if a != b}
            if is_short and (
                self._words[word] < _FEWEST_SHORT or not _same_syllables(stretch, word)
            ):
                continue
            if len(differing) < len(stretch) and not differing <= _LITTLE_WORDS:
                return word
        return None


def _is_of_words(at: int, edges: Set[int]) -> bool:
    """Whether the characters at ``at`` and after it both belong to words of two or more."""
    return not {at, at + 1} <= edges and not {at + 1, at + 2} <= edges


def _inside_sound_words(edges: Set[int], strange: Sequence[int]) -> Set[int]:
    """Where a stretch would begin or end within a long word that is written as it should be."""
    return {
        at
        for start, end in pairwise(sorted(edges))
        if end - start >= _LONG_WORD and not any(start <= pair < end - 1 for pair in strange)
        for at in range(start + 1, end)
    }


@cache
def _near_syllable(character: str) -> str:
    """The reading with sounds that are taken for one another made one."""
    reading = syllable(character)
    for pattern, plain in _NEAR_SOUNDS:
        reading = re.sub(pattern, plain, reading)
    return reading


def _sound(word: str) -> tuple[str, ...]:
    return tuple(map(_near_syllable, word))


def _same_syllables(a: str, b: str) -> bool:
    return all(syllable(x) == syllable(y) for x, y in zip(a, b, strict=True))

"""The words by which the occupations of a catalogue are called, and the names they may stand for.

Three kinds of words, the surest first: the official name, the name without its ending (公路养护
for 公路养护工), what people say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import fuzz, process

from corpus.catalogue import CatalogueEntry
from indexer.tokenizer import fold

# What a trade, a course and a certificate add to the same name.
_ENDING = re.compile(r"(?:工程技术人员|人员|技术|操作|[工员师])$")
_LEVEL = r"[初中高]级(?:工|技师)?|[一二三四五]级|技师"
_ADDED = re.compile(
    rf"^(?:{_LEVEL})|"
    rf"(?:{_LEVEL}|培训班|培训|课程|班|(?:职业资格|技能等级|专项能力|培训合格|资格|等级)?证书?"
    r"|职业|专业|工种|岗位|的)$"
)
_NOT_A_WORD = re.compile(r"\W+")
_FEWEST_LETTERS_IN_TEXT = 4  # of a name without its ending: 包装 is not always the trade
_FEWEST_LETTERS_NEAR = 4  # shorter words that differ in one character are other words
_NEAR = 80  # rapidfuzz; of five characters one may be wrong


class OccupationWords:
    """Names by word. All words are folded; the names of one word are in order of likeliness."""

    def __init__(
        self, catalogue: Sequence[CatalogueEntry], sayings: Mapping[str, tuple[str, ...]]
    ) -> None:
        names = dict.fromkeys(entry.name for entry in catalogue)
        # 墙、地面抹灰 is typed without its mark, but 孕产妇照料 is a name beside 孕、产妇照料.
        printed = [(fold(name), name) for name in names]
        unmarked = [(_NOT_A_WORD.sub("", word), name) for word, name in printed]
        official = [*printed, *unmarked]
        stems = [(_ENDING.sub("", word), name) for word, name in official]
        said = [(fold(word), name) for name, words in sayings.items() for word in words]
        self._official = dict(reversed(official))
        self._without_ending = _names_by_word([*official, *stems])
        self._by_word = _names_by_word([*official, *stems, *said])
        long_stems = {word for word, _ in stems if len(word) >= _FEWEST_LETTERS_IN_TEXT}
        self._in_text = frozenset({*self._official, *long_stems, *(word for word, _ in said)})
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(self._in_text):
            self._by_first.setdefault(word[0], []).append(word)

    @property
    def in_text(self) -> frozenset[str]:
        """The words that mean an occupation wherever they stand."""
        return self._in_text

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where each of these words stands in folded text, overlapping ones too."""
        # Several times as fast as one pattern of thousands of alternatives.
        for at, first in enumerate(text):
            for word in self._by_first.get(first, ()):
                if text.startswith(word, at):
                    yield at, at + len(word)

    def is_official(self, word: str) -> bool:
        """Whether it is a name as the catalogue prints it."""
        return word in self._official

    def names(self, word: str) -> tuple[str, ...]:
        """The names that a word may stand for; none if it isn't known."""
        names = dict(self._by_word.get(word, {}))
        if own := self._official.get(word):  # 养老护理员 is 养老护理 with an ending
            names |= self._without_ending.get(_ENDING.sub("", fold(own)), {})
        return tuple(names)

    def known_form(self, typed: str) -> str | None:
        """The word that a folded form field holds, without 培训, 证, a level or an ending."""
        return next((form for form in _forms(typed) if form in self._by_word), None)

    def nearest(self, typed: str) -> tuple[str, ...]:
        """Names whose words are spelt almost as ``typed``; several if they are equally near."""
        if len(typed) < _FEWEST_LETTERS_NEAR:
            return ()
        near = process.extract(
            typed, self._by_word.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=5
        )
        words = [word for word, score, _ in near if score == near[0][1]]
        return tuple(dict.fromkeys(name for word in words for name in self.names(word)))


def _names_by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, None]]:
    """Names by word, in order and each once."""
    names: dict[str, dict[str, None]] = {}
    for word, name in pairs:
        if len(word) >= 2:
            names.setdefault(word, {})[name] = None
    return names


def _forms(typed: str) -> Iterator[str]:
    """The word, and what is left as one ending after another is taken off."""
    for form in dict.fromkeys((typed.strip(), _NOT_A_WORD.sub("", typed))):
        yield from _shorter_forms(form)


def _shorter_forms(form: str) -> Iterator[str]:
    while len(form) >= 2:
        yield form
        yield _ENDING.sub("", form)
        shorter = _ADDED.sub("", form)
        if shorter == form:
            return
        form = shorter

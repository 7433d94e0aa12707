"""The occupation that a person speaks of, as entries of a catalogue.

People say 开挖机 and 月嫂, catalogues say 挖掘机操作 and 保姆. Dictionary matching with the longest
match first, checked against the likeliest word cut (电工程 holds no 电工); of several occupations
the one counts that the training or the certificate is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.catalogue import CatalogueEntry
from indexer.tokenizer import Tokenizer, fold
from server.eligibility.occupation_words import OccupationWords
from server.eligibility.remarks import is_spoken_of, spoken_of

_MARK = r",。;!?、:\n"
_LEVEL = r"[初中高]级工?|[一二三四五]级|(?:高级)?技师"
# Possessive: 高级技师 can be cut in two ways, and a hundred of them in 2^100.
_QUALIFIED = rf"(?:的|这个|专业|职业|工种|技能|岗位|作业|操作|上岗|{_LEVEL})*+"
_LEARNS = r"(?<![大中小科同化数医])学(?![校历生院徒位])"
_SITS_EXAM = r"考(?![核察虑勤])"
_TRAINED_BEFORE = re.compile(
    rf"(?:{_LEARNS}|{_SITS_EXAM}|培训|报|证|(?<!上)班|课|取得|获得|领|拿)[^{_MARK}]{{0,8}}$"
)
_TRAINED_AFTER = re.compile(
    rf"(?:\([^()]*\))?{_QUALIFIED}"
    r"(?:证|培训|班|课|资格|等级|合格|结业|学[时习的了完]|考[试证过完到出下上了])"
)
_SAYS_CERTIFIED = re.compile(r"(?:证|班|培训)$")
_CERTIFIED = re.compile(r"(?:作业|操作|上岗|资格|等级)?证|培训|班|课")
_TRAINING = re.compile(rf"{_LEARNS}|{_SITS_EXAM}|培训|结业|证|(?<!上)班|课")
_WORKER = re.compile(r"[工员师]$")
_WORKS_AS = re.compile(r"(?:是|当|干|做|搞|从事|叫)(?:了|过|的|一?个|一名)*$")
_FORMERLY = re.compile(rf"(?:以前|原来|过去|曾经?|之前)[^{_MARK}]{{0,6}}$")
_DENIED = re.compile(
    r"(?:(?<!是)不是|(?<![是能会想要该])不(?:再|想|打算|会|干|做|当|学|考|报)+|"
    r"没有?(?:干|做|当|学|考|报|上|参加)+|并非|而非|除了)"
    r"(?:过|了|的|什么|一?个|想|去|干|做|当|学|考|报)*$"
)
_REACH = 20  # characters before a mention that bear on it
_RARE = 10  # jieba's frequency of a seldom word: 管工人 is cut 管|工人, not 管工|人
_VERB = frozenset("学考报上教干做当开会是搞")  # 学会 and 开挖 are words, 学 and 开 are meant
_PERHAPS_MISSPELT = re.compile(
    rf"(?:{_LEARNS}|{_SITS_EXAM}|报|拿|上)[了过着的个到完]*([^{_MARK}\s]{{5,12}}?)"
    rf"(?=的?(?:证|培训|班|资格|等级|[{_MARK}\s]|$))"
)


@dataclass(frozen=True, slots=True)
class NamedOccupation:
    """An occupation that was named.

    ``words`` are as said. ``entries`` are all that may be meant, best first, over all catalogues.
    ``exact`` is false where ``words`` may stand for several names, or are only spelt like one.
    """

    words: str
    entries: tuple[CatalogueEntry, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class _Mention:
    """A word of the dictionary in folded text."""

    start: int
    end: int


class OccupationFinder:
    """Finds occupations of one catalogue in words. Safe to use from several threads."""

    def __init__(
        self, catalogue: Sequence[CatalogueEntry], sayings: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._words = OccupationWords(catalogue, sayings)
        self._entries: dict[str, list[CatalogueEntry]] = {}
        for entry in catalogue:
            self._entries.setdefault(entry.name, []).append(entry)
        self._tokenizer = Tokenizer(self._words.in_text, frequency=_RARE)

    @property
    def names(self) -> tuple[str, ...]:
        """All occupations of the catalogue, each once."""
        return tuple(self._entries)

    def in_text(self, text: str) -> NamedOccupation | None:
        """The occupation that a sentence is about; of several the one trained for."""
        folded = fold(text)
        whole = self._mentions(folded)
        if not whole:
            return self._misspelt(folded)
        mentions = [each for each in whole if self._is_meant(folded, each)]
        if not mentions:
            return None
        best = max(
            mentions,
            key=lambda each: (_tie(folded, each, mentions), each.end - each.start, -each.start),
        )
        # Folding keeps the length of nearly all text; where not, the folded words must do.
        said = text if len(text) == len(folded) else folded
        word = folded[best.start : best.end]
        return self._named(said[best.start : best.end], word, folded)

    def named(self, name: str) -> NamedOccupation | None:
        """The occupation that a form field holds, spelt nearly as the catalogue does."""
        folded = fold(name).replace("★", "")
        before_remark = folded.partition("(")[0]
        for typed in (before_remark, folded):
            if form := self._words.known_form(typed):
                return self._named(name, form, folded)
        return self._near(name, before_remark)

    # --- from a word to entries ---

    def _named(self, said: str, word: str, text: str) -> NamedOccupation:
        names = self._words.names(word)
        is_exact = self._words.is_official(word) or len(names) == 1
        entries = self._entries_of(names, text)
        if not self._words.is_official(word):  # 月嫂 stands in the remark of 保姆
            entries = tuple(sorted(entries, key=lambda entry: not is_spoken_of(entry, text)))
        return NamedOccupation(said, entries, is_exact)

    def _near(self, said: str, typed: str) -> NamedOccupation | None:
        names = self._words.nearest(typed)
        return NamedOccupation(said, self._entries_of(names, typed), False) if names else None

    def _entries_of(self, names: Iterable[str], text: str) -> tuple[CatalogueEntry, ...]:
        return tuple(entry for name in names for entry in self._of_one_name(name, text))

    def _of_one_name(self, name: str, text: str) -> Iterator[CatalogueEntry]:
        by_part: dict[str, list[CatalogueEntry]] = {}
        for entry in self._entries[name]:
            by_part.setdefault(entry.part, []).append(entry)
        for entries in by_part.values():
            yield from spoken_of(entries, text)

    # --- from a sentence to words ---

    def _mentions(self, text: str) -> list[_Mention]:
        """Occupations in the text; of overlapping words the longest."""
        found = [_Mention(*span) for span in self._words.spans(text)]
        if not found:
            return []
        cuts = self._tokenizer.boundaries(text)
        whole = (each for each in found if _is_whole(text, each, cuts))
        return _heads(text, self._longest(text, whole))

    def _is_meant(self, text: str, mention: _Mention) -> bool:
        """Whether it isn't denied; a course is meant where somebody learns or does it."""
        before = _before(text, mention.start)
        if _DENIED.search(before):
            return False
        is_course = self._is_course(text[mention.start : mention.end])
        return not is_course or bool(_TRAINING.search(text) or _WORKS_AS.search(before))

    def _longest(self, text: str, mentions: Iterable[_Mention]) -> list[_Mention]:
        """In order, without those that overlap a longer one.

        Of equally long ones the official name counts, then the last, which is the head.
        """

        def rank(each: _Mention) -> tuple[int, bool, int]:
            official = self._words.is_official(text[each.start : each.end])
            return each.start - each.end, not official, -each.start

        kept: list[_Mention] = []
        for each in sorted(mentions, key=rank):
            if all(each.end <= other.start or other.end <= each.start for other in kept):
                kept.append(each)
        return sorted(kept, key=lambda mention: mention.start)

    def _is_course(self, word: str) -> bool:
        """Whether it is the name of a course, paid at one rate: 安全生产 is no occupation."""
        if _WORKER.search(word) or not self._words.is_official(word):
            return False
        return all(
            None in entry.amounts
            for name in self._words.names(word)
            for entry in self._entries[name]
        )

    def _misspelt(self, text: str) -> NamedOccupation | None:
        near = (
            self._near(hit[1], hit[1])
            for hit in _PERHAPS_MISSPELT.finditer(text)
            if not _DENIED.search(_before(text, hit.start(1)))
        )
        return next((named for named in near if named is not None), None)


def _before(text: str, start: int, earliest: int = 0) -> str:
    """What stands close before an offset, from ``earliest`` on."""
    return text[max(earliest, start - _REACH) : start]


def _heads(text: str, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Without those that only qualify the next one: of 盖房子的泥水活 the 泥水活."""
    qualifying = {
        mention
        for mention, head in pairwise(mentions)
        if text[head.start - 1] == "的" and head.start - mention.end <= 1
    }
    return [mention for mention in mentions if mention not in qualifying]


def _is_whole(text: str, mention: _Mention, cuts: frozenset[int]) -> bool:
    """Whether the mention is words of its own, not parts of others."""
    begins = mention.start in cuts or text[mention.start - 1] in _VERB
    # 电工证 and 通信技术|培训 are cut elsewhere, and speak of the occupation all the same.
    ends = mention.end in cuts or _CERTIFIED.match(text, mention.end) is not None
    return begins and ends


def _tie(text: str, mention: _Mention, mentions: Sequence[_Mention]) -> int:
    """How closely a certificate, training or work is tied to a mention; another one cuts it."""
    others_end = max((m.end for m in mentions if m.end <= mention.start), default=0)
    right = min((m.start for m in mentions if m.start >= mention.end), default=len(text))
    word, before = text[mention.start : mention.end], _before(text, mention.start, others_end)
    is_trained_after = (
        _SAYS_CERTIFIED.search(word) is not None
        or _TRAINED_AFTER.match(text[mention.end : right]) is not None
    )
    is_trained_before = _TRAINED_BEFORE.search(before) is not None
    works_as = _WORKS_AS.search(before) is not None
    was_once = _FORMERLY.search(before) is not None
    return 4 * is_trained_after + 2 * is_trained_before + works_as - was_once

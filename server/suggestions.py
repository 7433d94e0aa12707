"""What somebody who is typing may be after: document numbers, titles, occupations, questions.

How near a suggestion is comes before what it is: what begins as typed, by its characters or by
their sounds; what holds it; what has most of its pairs of characters, in any order; and where
there is nothing of all this, names that are spelt nearly so. All is folded first (width, case,
script, marks), so that a number may be typed without its brackets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from corpus.cleaning import comparable
from indexer.passages import short_title
from indexer.store import Store
from indexer.syllables import syllable
from indexer.tokenizer import fold

_SOUNDS = re.compile(r"(?=.*[a-z])[a-z0-9]{2,}")
_MOST_PAIRS = 0.6  # of the pairs typed, that a suggestion must have
_FEWEST_TYPED = 4  # characters; fewer are nearly spelt like too much
_NEAR = 80  # rapidfuzz
_PROVINCE = "云南省"  # nearly all titles begin so; nobody types it
_AT_ONCE = 50  # of one nearness and more, that are put in order
_OF_A_KIND = 4  # equally near ones before those of another kind


class SuggestionKind(StrEnum):
    """What is suggested."""

    DOCUMENT = "document"
    TITLE = "title"
    OCCUPATION = "occupation"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` is to be shown and searched for.

    ``document_id`` is the document that a number or a title stands for, ``note`` its title or
    number; both are empty for occupations and questions.
    """

    kind: SuggestionKind
    text: str
    note: str = ""
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A suggestion; of those with the same ``subject`` one is enough."""

    suggestion: Suggestion
    subject: str


class _Lines:
    """Strings, found by what they begin with or hold; as fast as one search in one string."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n" + "\n".join(lines)
        breaks = [hit.start() for hit in re.finditer("\n", self._text)]
        self._breaks = np.array(breaks, np.int64)

    def beginning(self, words: str) -> list[int]:
        """Positions of the lines that begin with ``words``, in order."""
        return self._positions("\n" + words)

    def holding(self, words: str) -> list[int]:
        """Positions of the lines that have ``words`` anywhere, in order."""
        return self._positions(words)

    def _positions(self, pattern: str) -> list[int]:
        found = [hit.start() for hit in re.finditer(re.escape(pattern), self._text)]
        lines = np.searchsorted(self._breaks, np.array(found, np.int64), side="right") - 1
        return list(dict.fromkeys(lines.tolist()))


class Suggester:
    """Suggestions out of one collection. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._entries: list[_Entry] = []  # by form: an entry stands once for each of its forms
        self._forms: list[str] = []
        for entry, names in _collected(store):
            for form in dict.fromkeys(letters for name in names if (letters := _letters(name))):
                self._entries.append(entry)
                self._forms.append(form)
        syllables = [[syllable(character) for character in form] for form in self._forms]
        self._letters = _Lines(self._forms)
        self._initials = _Lines(["".join(each[0] for each in form) for form in syllables])
        self._syllables = _Lines(["".join(form) for form in syllables])
        self._with_pair = _forms_by_pair(self._forms)
        self._names = {
            at: form
            for at, form in enumerate(self._forms)
            if self._entries[at].suggestion.kind is not SuggestionKind.QUESTION
        }

    def suggest(self, typed: str, limit: int) -> list[Suggestion]:
        """At most ``limit`` suggestions, the nearest first; none for nothing but marks."""
        letters = _letters(typed)
        found: dict[str, Suggestion] = {}
        for forms in self._nearest_first(letters) if letters else ():
            for entry in _mixed([self._entries[at] for at in forms]):
                found.setdefault(entry.subject, entry.suggestion)
            if len(found) >= limit:
                break
        if not found:  # slower than all the others together
            for at in self._spelt_nearly(letters):
                found.setdefault(self._entries[at].subject, self._entries[at].suggestion)
        return list(found.values())[:limit]

    def _nearest_first(self, letters: str) -> Iterator[list[int]]:
        """Positions of forms, the nearest first, found only as far as they are asked for."""
        yield self._shortest_first(self._letters.beginning(letters))
        if _SOUNDS.fullmatch(letters):
            sounding = self._initials.beginning(letters) + self._syllables.beginning(letters)
            yield self._shortest_first(sounding)
        yield self._shortest_first(self._letters.holding(letters))
        if pairs := _pairs(letters):
            yield self._having(pairs, letters)

    def _spelt_nearly(self, letters: str) -> list[int]:
        """Positions of names, not questions, that what was typed is nearly a part of."""
        if len(letters) < _FEWEST_TYPED:
            return []
        near = process.extract(
            letters, self._names, scorer=fuzz.partial_ratio, score_cutoff=_NEAR, limit=_AT_ONCE
        )
        return [at for _, _, at in near]

    def _shortest_first(self, forms: Iterable[int]) -> list[int]:
        return sorted(forms, key=lambda at: len(self._forms[at]))

    def _having(self, pairs: Set[str], letters: str) -> list[int]:
        """Forms that have most of the pairs, those with more of them and the likest first."""
        shared = np.zeros(len(self._forms), np.int32)
        for pair in pairs & self._with_pair.keys():
            shared[self._with_pair[pair]] += 1
        enough = np.flatnonzero(shared >= _MOST_PAIRS * len(pairs))
        best: list[int] = enough[np.argsort(-shared[enough], kind="stable")][:_AT_ONCE].tolist()
        return sorted(best, key=lambda at: (-shared[at], -fuzz.ratio(letters, self._forms[at])))


def _mixed(entries: Sequence[_Entry]) -> Iterable[_Entry]:
    """Equally near ones by kind, a few of each before the rest, so that no kind crowds out another.

    Each kind keeps its order.
    """
    seen: Counter[SuggestionKind] = Counter()
    subjects: set[str] = set()
    first: list[_Entry] = []
    rest: list[_Entry] = []
    for entry in entries:
        if entry.subject not in subjects:
            subjects.add(entry.subject)
            seen[entry.suggestion.kind] += 1
            (first if seen[entry.suggestion.kind] <= _OF_A_KIND else rest).append(entry)
    kinds = list(SuggestionKind)
    return [*sorted(first, key=lambda each: kinds.index(each.suggestion.kind)), *rest]


def _collected(store: Store) -> Iterator[tuple[_Entry, Sequence[str]]]:
    """Everything that may be suggested, with the names by which it is found."""
    for document in store.frames:
        number, title = document.doc_number, document.title
        if number is not None:
            suggestion = Suggestion(SuggestionKind.DOCUMENT, number, title, document.id)
            yield _Entry(suggestion, number), (number,)
        suggestion = Suggestion(SuggestionKind.TITLE, title, number or "", document.id)
        about = short_title(title)
        yield _Entry(suggestion, title), (title, about, about.removeprefix(_PROVINCE))
    for name in dict.fromkeys(name for name, _ in store.occupations()):
        yield _Entry(Suggestion(SuggestionKind.OCCUPATION, name), name), (name,)
    for at, asked_as in enumerate(store.asked_as()):
        if not asked_as.machine_made:  # nobody has read these
            for question in asked_as.questions:
                yield _Entry(Suggestion(SuggestionKind.QUESTION, question), str(at)), (question,)


def _letters(text: str) -> str:
    return comparable(fold(text))


def _pairs(letters: str) -> set[str]:
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _forms_by_pair(forms: Sequence[str]) -> dict[str, NDArray[np.int32]]:
    """Positions of the forms that have a pair of characters."""
    by_pair: dict[str, list[int]] = {}
    for at, form in enumerate(forms):
        for pair in _pairs(form):
            by_pair.setdefault(pair, []).append(at)
    return {pair: np.array(having, np.int32) for pair, having in by_pair.items()}

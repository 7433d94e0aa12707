"""Entries of one name that only their remarks tell apart: which of them a text speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.catalogue import CatalogueEntry
from corpus.figures import NUMBER, number_of
from indexer.tokenizer import bigrams_of, fold

_BETWEEN_PHRASES = re.compile(r"[\W\d]+|培训|不少于|学时|补贴标准|[以和或及为与的]")
_MEASURE = re.compile(rf"({NUMBER})\s*个?(?:(学时|课时|小时)|元|块)")
_FEWEST_LETTERS = 2


def spoken_of(entries: Sequence[CatalogueEntry], text: str) -> tuple[CatalogueEntry, ...]:
    """The entries whose remark shares most with the folded text; all where none shares anything.

    What only one remark says counts first (150学时, 老年患者). What a longer phrase of another
    remark contains (患者) counts only where nothing else does.
    """
    if len(entries) == 1:
        return tuple(entries)
    remarks = [fold(entry.remark) for entry in entries]
    for evidence in (_own_evidence, _general_evidence):
        shared = [evidence(remark, _others(remarks, at), text) for at, remark in enumerate(remarks)]
        if most := max(shared):
            return tuple(e for e, share in zip(entries, shared, strict=True) if share == most)
    return tuple(entries)


def is_spoken_of(entry: CatalogueEntry, text: str) -> bool:
    """Whether the folded text has a measure or a phrase of the entry's remark."""
    remark = fold(entry.remark)
    has_phrase = any(phrase in text for phrase in _phrases(remark))
    return has_phrase or not _measures(remark).isdisjoint(_measures(text))


def _others(remarks: Sequence[str], at: int) -> list[str]:
    return [*remarks[:at], *remarks[at + 1 :]]


def _own_evidence(remark: str, others: Sequence[str], text: str) -> int:
    """How many measures and phrases of the remark, and of no other, the text has."""
    measures = _measures(remark) - {m for other in others for m in _measures(other)}
    elsewhere = _phrases(" ".join(others))
    own = {_without(phrase, elsewhere) for phrase in _phrases(remark)}
    said = sum(_is_said(phrase, text) for phrase in own if not _within(phrase, elsewhere))
    return len(measures & _measures(text)) + said


def _general_evidence(remark: str, others: Sequence[str], text: str) -> int:
    """How many phrases of the remark the text has that are part of a phrase of another."""
    elsewhere = _phrases(" ".join(others)) - _phrases(remark)
    return sum(phrase in text and _within(phrase, elsewhere) for phrase in _phrases(remark))


def _measures(text: str) -> set[tuple[float, bool]]:
    """Numbers of hours, with true, and of yuan, with false."""
    return {(number_of(hit[1]), hit[2] is not None) for hit in _MEASURE.finditer(text)}


def _phrases(remark: str) -> set[str]:
    return {each for each in _BETWEEN_PHRASES.split(remark) if len(each) >= _FEWEST_LETTERS}


def _without(phrase: str, elsewhere: Iterable[str]) -> str:
    """老年患者 without 患者, which the other remark says as well."""
    for other in elsewhere:
        rest = phrase.replace(other, "")
        phrase = rest if len(rest) >= _FEWEST_LETTERS else phrase
    return phrase


def _within(phrase: str, elsewhere: Iterable[str]) -> bool:
    return any(phrase in other for other in elsewhere)


def _is_said(phrase: str, text: str) -> bool:
    """Whether the text has at least half of it, as pairs of characters (产妇 for 孕产妇)."""
    pairs = bigrams_of(phrase)
    return 2 * sum(pair in text for pair in pairs) >= max(len(pairs), 1)

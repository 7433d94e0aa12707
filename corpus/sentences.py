"""Sentences of a clause, as places in its text.

A sentence ends with 。！？； or with its paragraph, never inside brackets, quotation marks or title
marks. A lead-in (``应当符合下列条件:``) ends with its colon where items follow. Each item of a list
knows its lead-in, so that neither is quoted without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING, _CLOSING = "(（“‘《〈〔[【", ")）”’》〉〕]】"
_END = "。！？!?；;"
_ORDINAL = "一二三四五六七八九十"
# (一) (1) ① 1. 一、 一是 第一,
_ITEM = re.compile(
    rf"(?:-\s*)?(?:[(（][{_ORDINAL}\d]{{1,3}}[)）]|[①-⑳]|\d{{1,2}}[.．、](?!\d)|[{_ORDINAL}]{{1,3}}、"
    rf"|[{_ORDINAL}]是|第[{_ORDINAL}][,，是])"
)
_INLINE_ITEM = re.compile(rf"[①-⑳]|[(（][{_ORDINAL}\d]{{1,2}}[)）]|\d[.．、](?!\d)|一是")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters ``start``…``end`` of a text, blanks at both ends left out.

    ``lead_in`` is the position of the sentence that introduces the list of which this is an item;
    ``is_lead_in`` says that this one introduces a list; ``is_heading`` that it only names what
    follows.
    """

    start: int
    end: int
    lead_in: int | None = None
    is_lead_in: bool = False
    is_heading: bool = False

    def of(self, text: str) -> str:
        """The words."""
        return text[self.start : self.end]


def sentences_of(text: str, heading: str = "") -> tuple[Sentence, ...]:
    """The sentences of ``text`` in order; ``heading`` is the leading phrase that names it."""
    found: list[Sentence] = []
    lead_in: int | None = None
    # An unmarked sentence belongs to the list if its paragraph does: an item may have several.
    paragraph, listed = -1, False
    for start, end in _places(text):
        words = text[start:end]
        is_item = _ITEM.match(words) is not None
        own_paragraph = text.rfind("\n", 0, start) + 1
        if own_paragraph != paragraph:
            paragraph = own_paragraph
            listed = is_item or (lead_in is not None and lead_in == len(found) - 1)
            lead_in = lead_in if listed else None
        introduces = words.endswith((":", "：")) and _goes_on_as_list(text, end)
        is_heading = bool(heading) and start == 0 and words.rstrip(_END) == heading.rstrip(_END)
        found.append(Sentence(start, end, lead_in, introduces, is_heading))
        if introduces and not (is_item and lead_in is not None):
            lead_in = len(found) - 1
    return tuple(found)


def _goes_on_as_list(text: str, at: int) -> bool:
    return text[at : at + 1] == "\n" or _INLINE_ITEM.match(text, at) is not None


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, without blanks around it."""
    at = 0
    for paragraph in text.split("\n"):
        start = 0
        for end in _ends(paragraph):
            words = paragraph[start:end]
            if stripped := words.strip():
                first = at + start + words.index(stripped[0])
                yield first, first + len(stripped)
            start = end
        at += len(paragraph) + 1


def _ends(paragraph: str) -> list[int]:
    """Where sentences of a paragraph end; brackets that don't close are read as none."""
    ends, depth = _scan(paragraph, nested=True)
    if depth:
        ends, _ = _scan(paragraph, nested=False)
    return [*ends, len(paragraph)]


def _scan(paragraph: str, *, nested: bool) -> tuple[list[int], int]:
    ends: list[int] = []
    depth = 0
    for at, character in enumerate(paragraph):
        if nested and character in _OPENING:
            depth += 1
        elif nested and character in _CLOSING:
            depth = max(depth - 1, 0)
        elif not depth and (
            character in _END
            or (character in ":：" and _INLINE_ITEM.match(paragraph, at + 1) is not None)
        ):
            ends.append(at + 1)
    return ends, depth

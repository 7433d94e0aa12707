"""Where the words of a query stand in a text, to mark them for readers."""

from __future__ import annotations

from collections.abc import Sequence


def occurrences(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where words occur in ``text``; touching places become one."""
    folded = text.lower()
    places = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            places.append((at, at + len(word)))
            at = folded.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)

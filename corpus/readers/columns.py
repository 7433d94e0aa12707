"""Text in two columns: where the gap between them runs, and the order in which they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.readers.text_lines import Fragment, TextLine, lines_of, rows_of

_GAP = 0.8  # ems: the narrowest gap between columns
_NARROWEST = 10  # ems: what is narrower is a list
_FEWEST_LINES = 5  # in each column
_MOST_ACROSS = 0.3  # of the lines may run over both columns: titles
_RAGGED = 2.2  # ems by which a full line may fall short of the end of its column
_SHARE = 0.5  # of the lines of a column begin, and end, where the column does


def columns_of(fragments: Sequence[Fragment]) -> list[list[TextLine]] | None:
    """The lines of each column in reading order; None where text doesn't stand in columns.

    Text over both columns divides the page; between such lines left comes before right.
    """
    lettered = [fragment for fragment in fragments if fragment.text.strip()]
    rows = rows_of(lettered)
    if len(rows) < _FEWEST_LINES:
        return None
    size = Counter(fragment.size for fragment in lettered).most_common(1)[0][0]
    low = min(fragment.x for fragment in lettered)
    high = max(fragment.right for fragment in lettered)
    for percent in sorted(range(40, 61), key=lambda percent: abs(percent - 50)):
        at = low + percent / 100 * (high - low)
        if _is_gutter(rows, at - _GAP / 2 * size, at + _GAP / 2 * size, size):
            return list(_in_order(rows_of(fragments), at - _GAP / 2 * size, at + _GAP / 2 * size))
    return None


def _is_gutter(rows: Sequence[Sequence[Fragment]], low: float, high: float, size: float) -> bool:
    """Whether full lines end before ``low`` and others begin, all at one place, after ``high``.

    In a list whose entries stand side by side, lines are not full.
    """
    ends: list[float] = []
    begins: list[float] = []
    left = min(row[0].x for row in rows)
    across = 0
    for row in rows:
        if _runs_across(row, low, high):
            across += 1
            continue
        ends += [max(f.right for f in row if f.right <= low)] if row[0].right <= low else []
        begins += [min(f.x for f in row if f.x >= high)] if row[-1].x >= high else []
    if min(len(ends), len(begins)) < _FEWEST_LINES or across > _MOST_ACROSS * len(rows):
        return False
    if max(ends) - left < _NARROWEST * size:
        return False
    full = sum(end >= max(ends) - _RAGGED * size for end in ends)
    aligned = max(sum(abs(begin - other) < 2 for other in begins) for begin in begins)
    return full > _SHARE * len(ends) and aligned > _SHARE * len(begins)


def _runs_across(row: Sequence[Fragment], low: float, high: float) -> bool:
    return any(f.x < high and low < f.right for f in row if f.text.strip())


def _in_order(
    rows: Sequence[Sequence[Fragment]], low: float, high: float
) -> Iterator[list[TextLine]]:
    parts: tuple[list[Fragment], list[Fragment], list[Fragment]] = ([], [], [])
    for row in rows:
        if _runs_across(row, low, high):
            if parts[1] or parts[2]:
                yield from (lines_of(part) for part in parts[1:] if part)
                parts = ([], [], [])
            parts[0].extend(row)
            continue
        if parts[0]:
            yield lines_of(parts[0])
            parts = ([], [], [])
        for fragment in row:
            parts[1 if fragment.right <= low else 2].append(fragment)
    yield from (lines_of(part) for part in parts if part)

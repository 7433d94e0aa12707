"""Pieces of text on one base line put together to lines, with blanks where the print has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.readers.pdf_fonts import ems_of

_SAME_LINE = 0.35  # of the letter size: how far base lines of one line may lie apart
_WORD_GAP = 0.18  # ems between two Latin words
_BLANK = 0.6  # ems; less than this between Chinese characters comes from justification
_BOLD_SHIFT = 0.1  # ems
_STRETCHED_BLANK = 4  # ems
_COLUMN_GAP = 1.5  # ems: two things stand side by side


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text with the left end of its base line, its size and right end, in points."""

    text: str
    x: float
    y: float
    size: float
    right: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text from ``x0`` to ``x1``, and the pieces that it was put together from."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    pieces: tuple[Fragment, ...] = field(compare=False, repr=False)


def lines_of(fragments: Sequence[Fragment]) -> list[TextLine]:
    """Fragments on one base line, from left to right; lines from top to bottom.

    What stands side by side is parted by two blanks.
    """
    lines: list[TextLine] = []
    for row in rows_of(fragments):
        runs = _runs_of(row)
        if runs:
            text = "  ".join(run.text for run in runs)
            right, size = max(run.right for run in runs), max(run.size for run in runs)
            lines.append(TextLine(text, runs[0].x, right, row[0].y, size, tuple(row)))
    return lines


def _runs_of(row: Sequence[Fragment]) -> list[Fragment]:
    """Fragments of a line that stand close to each other made one."""
    runs: list[Fragment] = []
    for last, fragment in zip([None, *row], row, strict=False):
        if last is not None and _is_set_again(last, fragment):
            continue
        before = runs[-1] if runs else None
        if before is None or _stands_apart(before, fragment):
            runs.append(fragment)
            continue
        text = before.text + _blank_between(before, fragment) + fragment.text
        size, right = max(before.size, fragment.size), max(before.right, fragment.right)
        runs[-1] = Fragment(text, before.x, before.y, size, right)
    return [trimmed for run in runs if (trimmed := _trimmed(run)).text]


def join(before: str, after: str) -> str:
    """Lines of Chinese meet without a blank, words of other scripts with one."""
    parted = re.search(r"[A-Za-z0-9][,.;:)]?$", before) and re.match(r"[A-Za-z]", after)
    return f"{before} {after}" if parted else before + after


def rows_of(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Fragments on one base line, from left to right; from top to bottom."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (-f.y, f.x)):
        if rows and abs(rows[-1][0].y - fragment.y) <= _SAME_LINE * fragment.size:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [sorted(row, key=lambda f: f.x) for row in rows]


def _stands_apart(before: Fragment, after: Fragment) -> bool:
    """Whether two pieces are things side by side; a justified line stretches its own blanks."""
    has_blank = before.text[-1:].isspace() or after.text[:1].isspace()
    limit = _STRETCHED_BLANK if has_blank else _COLUMN_GAP
    return after.x - before.right > limit * after.size


def _is_set_again(last: Fragment, fragment: Fragment) -> bool:
    """Letters are made bold by setting them twice, a little apart."""
    return last.text == fragment.text and fragment.x - last.x < _BOLD_SHIFT * fragment.size


def _blank_between(before: Fragment, after: Fragment) -> str:
    """A blank that the print shows but no character stands for."""
    if not before.text or before.text[-1].isspace() or after.text[:1].isspace():
        return ""
    is_latin = before.text[-1].isascii() and after.text[0].isascii()
    gap = after.x - before.right
    return " " if gap > (_WORD_GAP if is_latin else _BLANK) * after.size else ""


def _trimmed(run: Fragment) -> Fragment:
    """Without the blanks at its ends."""
    text = run.text
    leading = ems_of(text[: len(text) - len(text.lstrip())])
    trailing = ems_of(text[len(text.rstrip()) :])
    x, right = run.x + leading * run.size, run.right - trailing * run.size
    return Fragment(text.strip(), x, run.y, run.size, max(x, right))

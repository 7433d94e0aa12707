"""Running heads and page numbers: what stands at the edges of pages and belongs to the book."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from corpus.readers.text_lines import TextLine

_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*+第?\s*+(\d{1,4})\s*+页?(?:\s*+[,，/]?\s*+共\s*+\d+\s*+页|\s*+/\s*+\d+)?[-—–－·\s]*+"
)
_NUMBER_BESIDE_HEAD = re.compile(r"(\d{1,4})\s{2,}+[^\d\s].*|.*[^\d\s]\s{2,}+(\d{1,4})")
_ATTACHMENT_LABEL = re.compile(r"附[件表录]?#?[:：]?")
_SHARE = 0.4  # of the pages must have a running head for it to be one
_EDGE = 0.12  # of the height of a page: where running heads and page numbers stand
_SMALLER = 0.85
_APART = 1.25  # line pitches by which they stand off from the text


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page outside of tables, from top to bottom, and where its tables stand."""

    height: float
    lines: Sequence[TextLine]
    tables: Sequence[tuple[float, float]]  # (top, bottom)


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but the number of a page."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def margin_lines(pages: Sequence[PageLines]) -> list[set[TextLine]]:
    """For each page the lines at its edges that are running heads or page numbers.

    A line is a running head where many pages have, at its height, a wording that repeats; figures
    may differ.
    """
    pitch = _pitch(pages)
    edges = [[*_edge_lines(page, pitch)] for page in pages]
    wordings = Counter((round(line.y), _wording(line)) for edge in edges for line in edge)
    repeating = Counter[int]()
    for (height, wording), count in wordings.items():
        if count > 1 and not _ATTACHMENT_LABEL.fullmatch(wording):
            repeating[height] += count
    heights = {height for height, count in repeating.items() if count >= _SHARE * len(pages)}
    return [
        {line for line in edge if round(line.y) in heights or is_page_number(line.text)}
        for edge in edges
    ]


def page_numbers(margins: Sequence[set[TextLine]]) -> list[int]:
    """The number of each page: as printed, or counted on from a printed one, or counted from 1.

    0 is given for pages before the first that bears a number, where counting back gives none.
    """
    printed = [[*_printed_numbers(edge)] for edge in margins]
    shifts = Counter(number - index for index, numbers in enumerate(printed) for number in numbers)
    runs = {shift for shift, count in shifts.items() if count > 1 or len(margins) == 1}
    known = [
        next((n - index for n in numbers if n - index in runs), None)
        for index, numbers in enumerate(printed)
    ]
    if sum(shift is not None for shift in known) * 3 < len(margins):
        return [*range(1, len(margins) + 1)]
    shift = next(found for found in known if found is not None)
    result = []
    for index, found in enumerate(known):
        shift = shift if found is None else found
        result.append(max(0, index + shift))
    return result


def _pitch(pages: Sequence[PageLines]) -> float:
    """From base line to base line in running text."""
    steps = [
        before.y - line.y
        for page in pages
        for before, line in itertools.pairwise(page.lines)
        if before.y - line.y < 4 * line.size
    ]
    return median(steps) if steps else 0.0


def _edge_lines(page: PageLines, pitch: float) -> Iterator[TextLine]:
    """Lines at the upper and lower edge that stand off from the text."""
    for lines, is_upper in ((page.lines, True), (page.lines[::-1], False)):
        outer: list[TextLine] = []
        for at, line in enumerate(lines):
            if (page.height - line.y if is_upper else line.y) >= _EDGE * page.height:
                break
            outer.append(line)
            following = lines[at + 1] if at + 1 < len(lines) else None
            if _stands_off(line, following, page, pitch, is_upper=is_upper):
                yield from outer
                outer = []


def _stands_off(
    line: TextLine, following: TextLine | None, page: PageLines, pitch: float, *, is_upper: bool
) -> bool:
    """Whether a line is set smaller than the text next to it, or at more than a line's distance."""
    if following is not None and line.size < _SMALLER * following.size:
        return True
    nearest = [] if following is None else [abs(line.y - following.y)]
    for top, bottom in page.tables:
        nearest.append(line.y - top if is_upper else bottom - line.y)
    # The base line of the first row lies about a line below the top of a table.
    return min((gap for gap in nearest if gap >= 0), default=page.height) > _APART * pitch


def _wording(line: TextLine) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", line.text))


def _printed_numbers(edge: set[TextLine]) -> Iterator[int]:
    for line in edge:
        if hit := _PAGE_NUMBER.fullmatch(line.text):
            yield int(hit[1])
        elif hit := _NUMBER_BESIDE_HEAD.fullmatch(line.text):
            yield int(hit[1] or hit[2])

"""Paragraphs out of lines, by how the lines stand to the margins."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from corpus.readers.text_lines import TextLine, join

# An entry of a contents list: it ends in its page, over leaders or a gap.
_CONTENTS_ENTRY = re.compile(r".+(?:[.…·]{2,}+|\s{2,}+)\s*+[(（]?\d{1,4}[)）]?")
# Stands alone on its line at the left margin (GB/T 9704-2012, 7.3.8), whatever comes before.
_ATTACHMENT_LABEL = re.compile(r"附[件表录]\s*[\d一二三四五六七八九十]*\s*[:：]?")
_RAGGED = 2.2  # characters by which a full line may fall short of the right margin
_INDENTED = 0.8  # characters from the left margin on
_BAND = 4.0  # points within which lines end together
_FEWEST_LINES = 10  # tell the margins of a file
_NARROWEST = 0.7  # of the usual width: lines that end together further left are not full
_APART = 1.3  # line pitches: a line further down begins a paragraph


@dataclass(frozen=True, slots=True)
class Frame:
    """Margins of the text on a page or of one of its columns."""

    left: float
    right: float

    def is_full(self, line: TextLine) -> bool:
        """From margin to margin; a date set at the right is not."""
        begins = line.x0 <= self.left + 4 * line.size
        return begins and line.x1 >= self.right - _RAGGED * line.size

    def is_flush(self, line: TextLine) -> bool:
        """Whether a line begins at the left margin."""
        return line.x0 <= self.left + _INDENTED * line.size

    def is_centred(self, line: TextLine) -> bool:
        """Whether a line stands in the middle; a full first line of a paragraph does not."""
        off_centre = abs((line.x0 + line.x1) - (self.left + self.right)) / 2
        indented_only = abs(line.x0 - self.left - 2 * line.size) < line.size and self.is_full(line)
        return off_centre < line.size and not self.is_flush(line) and not indented_only


@dataclass
class Paragraph:
    """A paragraph, or one line of a title, in its frame."""

    text: str
    frame: Frame
    first: TextLine
    last: TextLine

    @property
    def is_centred(self) -> bool:
        """Whether it is one line in the middle."""
        return self.first is self.last and self.frame.is_centred(self.first)

    @property
    def fills_line(self) -> bool:
        """Whether it is one line from margin to margin, as the first of a long title is."""
        is_whole = self.frame.is_flush(self.first) and self.frame.is_full(self.first)
        return self.first is self.last and is_whole


def frames_of(pages: Sequence[tuple[float, Sequence[TextLine]]]) -> dict[int, Frame]:
    """For each width of page the margins that most of its full lines keep to."""
    frames: dict[int, Frame] = {}
    by_width: dict[int, list[Sequence[TextLine]]] = {}
    for width, lines in pages:
        by_width.setdefault(round(width), []).append(lines)
    for width, leaves in by_width.items():
        if any(leaves):
            frames[width] = _usual_frame(width, leaves)
    return frames


def _usual_frame(width: float, leaves: Sequence[Sequence[TextLine]]) -> Frame:
    """The margins of pages of one width; where no lines tell, they are equal at both sides."""
    lines = [line for leaf in leaves for line in leaf]
    outermost = min(line.x0 for line in lines)
    symmetric = Frame(outermost, max(width - outermost, outermost))
    ends = Counter(round(line.x1 / _BAND) for line in lines)
    common = [end for end, count in ends.items() if count >= 0.1 * len(lines)]
    right = (max(common, default=0) + 0.5) * _BAND
    begins = Counter(
        round(line.x0)
        for leaf in leaves
        for before, line in itertools.pairwise(leaf)
        if abs(before.x1 - right) <= _RAGGED * before.size
    )
    if len(lines) < _FEWEST_LINES or not begins:
        return symmetric
    left = float(begins.most_common(1)[0][0])
    is_wide = right - left > _NARROWEST * (symmetric.right - symmetric.left)
    return Frame(left, right) if is_wide else symmetric


def paragraphs_of(lines: Sequence[TextLine], frame: Frame | None) -> Iterator[Paragraph]:
    """The paragraphs of a stretch of text; ``frame`` is that of pages of this width."""
    if not lines:
        return
    own = _frame(lines, frame)
    pitch = _pitch(lines, own)
    paragraph: Paragraph | None = None
    for line in lines:
        if paragraph is not None and _continues(paragraph.last, line, own, pitch):
            paragraph.text = join(paragraph.text, line.text)
            paragraph.last = line
            continue
        if paragraph is not None:
            yield paragraph
        paragraph = Paragraph(line.text, own, line, line)
    if paragraph is not None:
        yield paragraph


def runs_on(upper: Paragraph, lower: Paragraph) -> bool:
    """Whether the paragraph at the foot of a page goes on at the head of the next."""
    return (
        _same_size(upper.last, lower.first)
        and upper.frame.is_full(upper.last)
        and not _CONTENTS_ENTRY.fullmatch(upper.last.text)
        and not _ATTACHMENT_LABEL.fullmatch(lower.first.text)
        and lower.frame.is_flush(lower.first)
        and not lower.is_centred
    )


def _frame(lines: Sequence[TextLine], usual: Frame | None) -> Frame:
    """The margins of a stretch of text; few lines don't tell, then the usual ones count."""
    size = median(line.size for line in lines)
    right = _right_margin(lines, usual, size)
    after_full = [
        line.x0
        for before, line in itertools.pairwise(lines)
        if before.x1 >= right - _RAGGED * size and abs(line.size - size) < 1
    ]
    left = min(line.x0 for line in lines)
    if usual is not None and abs(right - usual.right) < size and left >= usual.left - size:
        return Frame(usual.left, right)
    if after_full and min(after_full) > left + size:
        left = min(after_full)
    return Frame(left, right)


def _right_margin(lines: Sequence[TextLine], usual: Frame | None, size: float) -> float:
    """Where several lines end, for a single one may stick out; else where the longest does."""
    ends = sorted((line.x1 for line in lines), reverse=True)
    if usual is not None:
        reaching = sum(abs(end - usual.right) <= _RAGGED * size for end in ends)
        if reaching > 1 or (reaching and ends[0] <= usual.right + size):
            return usual.right
    triples = zip(ends, ends[2:], strict=False)
    shared = next((first for first, third in triples if first - third < size), None)
    if shared is not None and sum(abs(end - shared) < size for end in ends) < 0.3 * len(ends):
        shared = None
    if usual is not None:
        least = usual.left + _NARROWEST * (usual.right - usual.left)
        if ends[0] <= usual.right and (shared is None or shared < least):
            return usual.right
    return ends[0] if shared is None else shared


def _pitch(lines: Sequence[TextLine], frame: Frame) -> float:
    """From base line to base line inside paragraphs."""
    steps = [
        (before.y - line.y, frame.is_full(before) and frame.is_flush(line))
        for before, line in itertools.pairwise(lines)
        if _same_size(before, line)
    ]
    inside = [step for step, goes_on in steps if goes_on] or [step for step, _ in steps]
    return median(inside) if inside else 0.0


def _continues(before: TextLine, line: TextLine, frame: Frame, pitch: float) -> bool:
    return (
        _same_size(before, line)
        and before.y - line.y <= _APART * pitch
        and not _CONTENTS_ENTRY.fullmatch(before.text)
        and not _ATTACHMENT_LABEL.fullmatch(line.text)
        and frame.is_full(before)
        and frame.is_flush(line)
    )


def _same_size(a: TextLine, b: TextLine) -> bool:
    return abs(a.size - b.size) < 0.06 * b.size

"""From pieces of text with their places to paragraphs and tables in reading order.

Chinese official documents (GB/T 9704-2012) set body text justified with the first line of a
paragraph indented by two characters. So a line that reaches the right margin goes on in the next
one, if that one begins at the left margin; this holds across a page break too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.model import Furniture, Page, Span
from corpus.readers.columns import columns_of
from corpus.readers.page_content import PageContent
from corpus.readers.page_margins import PageLines, is_page_number, margin_lines, page_numbers
from corpus.readers.paragraphs import (
    Frame,
    Paragraph,
    frames_of,
    paragraphs_of,
    runs_on,
)
from corpus.readers.reading import Reading
from corpus.readers.ruled_tables import PageTable, go_on, tables_of
from corpus.readers.text_lines import TextLine, join, lines_of

_LARGER = 1.15  # times the body text: letters of a title


@dataclass(frozen=True)
class _Leaf:
    """A page with its tables and the text outside them."""

    content: PageContent
    tables: list[PageTable]
    lines: list[TextLine]


@dataclass
class _Placed:
    """A block or a line at the edge of a page, with the pages that begin before or in it."""

    block: Paragraph | PageTable | TextLine
    pages_before: list[int]
    cuts: list[tuple[int, int]]  # (offset in a paragraph or row of a table, index of a page)


def read_pages(pages: Sequence[PageContent], doubts: Sequence[str] = ()) -> Reading:
    """The text of all pages, paragraph by paragraph, with running heads set apart."""
    leaves = [_leaf(page) for page in pages]
    margins = margin_lines(
        [
            PageLines(
                leaf.content.height, leaf.lines, [(t.grid.top, t.grid.bottom) for t in leaf.tables]
            )
            for leaf in leaves
        ]
    )
    frames = frames_of(
        [
            (leaf.content.width, [line for line in leaf.lines if line not in margin])
            for leaf, margin in zip(leaves, margins, strict=True)
        ]
    )
    placed: list[_Placed] = []
    pending: list[int] = []  # pages on which nothing has been placed yet
    for index, (leaf, margin) in enumerate(zip(leaves, margins, strict=True)):
        pending.append(index)
        blocks = list(_blocks(leaf, margin, frames))
        if _is_joined(placed, blocks, pending):
            pending = []
        for block in [*(line for line in leaf.lines if line in margin), *blocks]:
            placed.append(_Placed(block, pending, []))
            pending = []
    return _assembled(placed, pending, page_numbers(margins), doubts, _body_size(leaves))


def _leaf(page: PageContent) -> _Leaf:
    tables, outside = tables_of(page.fragments, page.rulings)
    return _Leaf(page, tables, lines_of(outside))


def _body_size(leaves: Sequence[_Leaf]) -> float:
    sizes = Counter[float]()
    for leaf in leaves:
        for line in leaf.lines:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _blocks(
    leaf: _Leaf, margin: set[TextLine], frames: Mapping[int, Frame]
) -> Iterator[Paragraph | PageTable]:
    """Paragraphs and tables of one page in reading order."""
    frame = frames.get(round(leaf.content.width))
    lines = [line for line in leaf.lines if line not in margin]
    tables = list(leaf.tables)
    for stretch in _stretches(lines, [table.grid.top for table in tables]):
        while tables and stretch[0].y < tables[0].grid.top:
            yield tables.pop(0)
        columns = columns_of([piece for line in stretch for piece in line.pieces])
        if columns is None:
            yield from paragraphs_of(stretch, frame)
        else:
            for column in columns:
                yield from paragraphs_of(column, None)
    yield from tables


def _stretches(lines: Sequence[TextLine], table_tops: Sequence[float]) -> Iterator[list[TextLine]]:
    """The running text between tables."""
    stretch: list[TextLine] = []
    for line in lines:
        if stretch and any(line.y < top <= stretch[-1].y for top in table_tops):
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def _is_joined(
    placed: Sequence[_Placed], blocks: list[Paragraph | PageTable], pages: Sequence[int]
) -> bool:
    """Put together what a page break cut; the joined block is taken from ``blocks``."""
    before = next((p for p in reversed(placed) if not isinstance(p.block, TextLine)), None)
    if before is None or not blocks:
        return False
    upper, lower = before.block, blocks[0]
    if isinstance(upper, Paragraph) and isinstance(lower, Paragraph) and runs_on(upper, lower):
        offset = len(upper.text)
        upper.text = join(upper.text, lower.text)
        upper.last = lower.last
    elif isinstance(upper, PageTable) and isinstance(lower, PageTable) and go_on(upper, lower):
        offset = len(upper.rows)
        upper.rows += lower.rows
    else:
        return False
    before.cuts += [(offset, page) for page in pages]
    del blocks[0]
    return True


def _assembled(
    placed: Sequence[_Placed],
    unopened: Sequence[int],
    numbers: Sequence[int],
    doubts: Sequence[str],
    body_size: float,
) -> Reading:
    text, furniture = "", []
    pages: list[Page] = []
    previous: Paragraph | PageTable | None = None
    for item in placed:
        block = item.block
        is_title = isinstance(block, Paragraph) and _is_title_set_on(previous, block, body_size)
        text += "" if not text else "\n" if is_title else "\n\n"
        begin = len(text)
        pages += [Page(numbers[index], begin) for index in item.pages_before]
        text += block.text
        if isinstance(block, TextLine):
            kind = "page_number" if is_page_number(block.text) else "running_head"
            furniture.append(Furniture(kind, Span(begin, len(text))))
            continue
        for offset, index in item.cuts:
            at = block.offset_of_row(offset) if isinstance(block, PageTable) else offset
            pages.append(Page(numbers[index], begin + at))
        previous = block
    pages += [Page(numbers[index], len(text)) for index in unopened]
    return Reading(text, tuple(pages), tuple(furniture), tuple(doubts))


def _is_title_set_on(
    previous: Paragraph | PageTable | None, block: Paragraph, body_size: float
) -> bool:
    """Whether two blocks are lines of one title: centred, or larger than the body text.

    A long title fills its first line, and only the next shows that it is centred.
    """
    if not isinstance(previous, Paragraph):
        return False
    size = block.last.size
    if abs(previous.last.size - size) > 0.05 * size:
        return False
    opens_title = previous.is_centred or previous.fills_line
    return size > _LARGER * body_size or (block.is_centred and opens_title)

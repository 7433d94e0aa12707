"""Tables on a page: the grid that ruled lines make, and the cells that are merged in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.readers.text_lines import Fragment, join, lines_of

_MOST_RULINGS = 4000  # on a page; drawings have more, tables fewer
_SERIAL_NUMBER = re.compile(r"[(（]?(?:\d{1,4}|[一二三四五六七八九十]{1,3})[)）]?[.、．]?")
_UNFINISHED = re.compile(r".*[,，、《“(（]|.*[《“(（][^》”)）]*", re.DOTALL)
_TOUCH = 3.0  # points; lines that come this near each other meet


@dataclass(frozen=True, slots=True)
class Ruling:
    """A drawn line from the lower left to the upper right end, in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def between(cls, a: tuple[float, float], b: tuple[float, float]) -> Ruling:
        """The line between two points."""
        return cls(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))

    @property
    def is_horizontal(self) -> bool:
        """Whether it runs along a row."""
        return self.y1 - self.y0 < 1 <= self.x1 - self.x0

    @property
    def is_vertical(self) -> bool:
        """Whether it runs along a column."""
        return self.x1 - self.x0 < 1 <= self.y1 - self.y0

    def straightened(self) -> Ruling:
        """The middle line of a thin box."""
        x, y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        if self.x1 - self.x0 > self.y1 - self.y0:
            return Ruling(self.x0, y, self.x1, y)
        return Ruling(x, self.y0, x, self.y1)


@dataclass(frozen=True)
class Grid:
    """A table's frame: row edges from top to bottom, column edges from left to right.

    ``region[row][column]`` is the top left cell of the merged area that a cell belongs to.
    """

    ys: tuple[float, ...]
    xs: tuple[float, ...]
    region: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def top(self) -> float:
        """Height of the upper edge."""
        return self.ys[0]

    @property
    def bottom(self) -> float:
        """Height of the lower edge."""
        return self.ys[-1]

    def columns_of_rows(self) -> list[list[int]]:
        """For each row the columns in which the table it belongs to has cells.

        Tables of different columns that touch make one frame. Where neither of two rows subdivides
        the other, a new table begins.
        """
        tables: list[tuple[int, set[int]]] = []  # (number of rows, columns)
        for row in self.region:
            begins = {place[1] for place in row}
            if tables and (begins <= tables[-1][1] or tables[-1][1] <= begins):
                tables[-1] = (tables[-1][0] + 1, tables[-1][1] | begins)
            else:
                tables.append((1, begins))
        return [sorted(columns) for rows, columns in tables for _ in range(rows)]

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside the frame."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[-1] <= y <= self.ys[0]

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the (merged) cell in which a point inside the frame lies."""
        row = max(0, sum(edge >= y for edge in self.ys) - 1)
        column = max(0, sum(edge <= x for edge in self.xs) - 1)
        return self.region[min(row, len(self.ys) - 2)][min(column, len(self.xs) - 2)]


@dataclass
class PageTable:
    """A table on a page: the texts of its rows' cells."""

    grid: Grid
    rows: list[list[str]]

    @property
    def text(self) -> str:
        """Rows as lines, cells parted by tabs; a row of one cell ends in a tab."""
        return "\n".join(map(_line_of, self.rows))

    def offset_of_row(self, number: int) -> int:
        """Where a row begins in the text; the end of the text after the last row."""
        return min(sum(len(_line_of(row)) + 1 for row in self.rows[:number]), len(self.text))


def _line_of(row: Sequence[str]) -> str:
    return "\t".join(row) if len(row) > 1 else f"{row[0]}\t"


def tables_of(
    fragments: Sequence[Fragment], rulings: Sequence[Ruling]
) -> tuple[list[PageTable], list[Fragment]]:
    """The tables of a page from top to bottom, and the text that stands outside them."""
    grids = find_grids(rulings)
    inside: list[list[Fragment]] = [[] for _ in grids]
    outside: list[Fragment] = []
    for fragment in fragments:
        at = next((i for i, grid in enumerate(grids) if grid.holds(*_foothold(fragment))), None)
        (outside if at is None else inside[at]).append(fragment)
    tables = [PageTable(grid, _rows(grid, inside[i])) for i, grid in enumerate(grids)]
    return [table for table in tables if table.rows], outside


def _foothold(fragment: Fragment) -> tuple[float, float]:
    """A point surely inside the cell in which a piece of text stands: amid its first letter."""
    width = min(fragment.right - fragment.x, fragment.size)
    return fragment.x + width / 2, fragment.y + fragment.size / 4


def _rows(grid: Grid, fragments: Sequence[Fragment]) -> list[list[str]]:
    """The texts of cells by row; a merged cell stands at its top left."""
    cells: dict[tuple[int, int], list[Fragment]] = {}
    for fragment in fragments:
        cells.setdefault(grid.cell_at(*_foothold(fragment)), []).append(fragment)
    rows = []
    for row, columns in enumerate(grid.columns_of_rows()):
        texts = []
        for column in columns:
            text = ""
            for line in lines_of(cells.get((row, column), ())):
                text = join(text, line.text)
            texts.append(text.replace("\t", " "))
        rows.append(texts)
    return [row for row in rows if any(row)]


def go_on(upper: PageTable, lower: PageTable) -> bool:
    """Whether a page break cut a row in two; if so the halves are put together in ``upper``.

    The second half has a blank first cell, under the repeated head of the table if there is one.
    A blank first cell may also belong to a cell merged downwards; so the table must number its
    rows throughout, or the row must end in mid-sentence.
    """
    xs = zip(upper.grid.xs, lower.grid.xs, strict=False)
    if len(upper.grid.xs) != len(lower.grid.xs) or any(abs(a - b) > _TOUCH for a, b in xs):
        return False
    at = 1 if lower.rows[0] == upper.rows[0] else 0
    if at >= len(lower.rows) or len(upper.rows) <= at:
        return False
    above, rest = upper.rows[-1], lower.rows[at]
    if rest[0] or len(above) != len(rest) or not above[0]:
        return False
    if any(part and not whole for whole, part in zip(above, rest, strict=True)):
        return False
    unfinished = any(
        part and _UNFINISHED.fullmatch(whole) for whole, part in zip(above, rest, strict=True)
    )
    if not unfinished and not _numbers_its_rows(upper.rows, len(above)):
        return False
    upper.rows[-1] = [join(whole, part) for whole, part in zip(above, rest, strict=True)]
    del lower.rows[at]
    return True


def _numbers_its_rows(rows: Sequence[Sequence[str]], width: int) -> bool:
    firsts = [row[0] for row in rows if len(row) == width and any(row[1:])]
    numbered = [first for first in firsts if _SERIAL_NUMBER.fullmatch(first)]
    # The head of the table may be among them.
    return bool(numbered) and len(firsts) - len(numbered) <= 1 and all(firsts)


def find_grids(rulings: Sequence[Ruling]) -> list[Grid]:
    """The tables that the lines of a page make up, from top to bottom."""
    lines = [*_in_one(rulings, along_x=True), *_in_one(rulings, along_x=False)]
    if len(lines) > _MOST_RULINGS:
        return []
    grids = [grid for group in _connected(lines) if (grid := _grid(group)) is not None]
    return sorted(grids, key=lambda grid: -grid.top)


def _in_one(rulings: Sequence[Ruling], *, along_x: bool) -> list[Ruling]:
    """Lines drawn in pieces, cell by cell, made one; across they may be a point apart."""
    pieces = [r for r in rulings if (r.is_horizontal if along_x else r.is_vertical)]
    pieces.sort(key=lambda r: (round(r.y0), r.x0) if along_x else (round(r.x0), r.y0))
    lines: list[Ruling] = []
    for piece in pieces:
        last = lines[-1] if lines else piece
        across = abs(piece.y0 - last.y0) if along_x else abs(piece.x0 - last.x0)
        gap = piece.x0 - last.x1 if along_x else piece.y0 - last.y1
        if lines and across <= 1 and gap <= _TOUCH:
            lines[-1] = Ruling(last.x0, last.y0, max(last.x1, piece.x1), max(last.y1, piece.y1))
        else:
            lines.append(piece)
    return lines


def _connected(rulings: Sequence[Ruling]) -> Iterable[list[Ruling]]:
    """Groups of lines that meet."""
    groups: list[list[Ruling]] = []
    for ruling in rulings:
        touching = [group for group in groups if any(_meet(ruling, other) for other in group)]
        merged = [ruling, *(other for group in touching for other in group)]
        groups = [group for group in groups if not any(group is g for g in touching)]
        groups.append(merged)
    return groups


def _meet(a: Ruling, b: Ruling) -> bool:
    return (
        a.x0 - _TOUCH <= b.x1
        and b.x0 - _TOUCH <= a.x1
        and a.y0 - _TOUCH <= b.y1
        and b.y0 - _TOUCH <= a.y1
    )


def _edges(values: Iterable[float]) -> list[float]:
    """Positions in rising order, those of one edge taken together."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _TOUCH:
            edges.append(value)
    return edges


def _outer(values: Iterable[float]) -> tuple[float, float]:
    found = sorted(values)
    return found[0], found[-1]


def _grid(group: Sequence[Ruling]) -> Grid | None:
    horizontal = [ruling for ruling in group if ruling.is_horizontal]
    vertical = [ruling for ruling in group if ruling.is_vertical]
    if not horizontal or not vertical:
        return None
    # Where a table has no line at its sides, the others show how far it goes.
    ends_y = (y for ruling in vertical for y in (ruling.y0, ruling.y1))
    ends_x = (x for ruling in horizontal for x in (ruling.x0, ruling.x1))
    ys = tuple(reversed(_edges([*(r.y0 for r in horizontal), *_outer(ends_y)])))
    xs = tuple(_edges([*(r.x0 for r in vertical), *_outer(ends_x)]))
    if len(ys) * len(xs) <= 4:  # a box around text, or less
        return None

    def divided_below(row: int, column: int) -> bool:
        middle = (xs[column] + xs[column + 1]) / 2
        return any(
            abs(line.y0 - ys[row + 1]) <= _TOUCH and line.x0 <= middle <= line.x1
            for line in horizontal
        )

    def divided_right(row: int, column: int) -> bool:
        middle = (ys[row] + ys[row + 1]) / 2
        return any(
            abs(line.x0 - xs[column + 1]) <= _TOUCH and line.y0 <= middle <= line.y1
            for line in vertical
        )

    return Grid(ys, xs, _regions(len(ys) - 1, len(xs) - 1, divided_below, divided_right))


def _regions(
    rows: int,
    columns: int,
    divided_below: Callable[[int, int], bool],
    divided_right: Callable[[int, int], bool],
) -> tuple[tuple[tuple[int, int], ...], ...]:
    region: list[list[tuple[int, int]]] = []
    for row in range(rows):
        region.append([])
        for column in range(columns):
            if column and not divided_right(row, column - 1):
                region[row].append(region[row][column - 1])
            elif row and not divided_below(row - 1, column):
                region[row].append(region[row - 1][column])
            else:
                region[row].append((row, column))
    return tuple(tuple(line) for line in region)

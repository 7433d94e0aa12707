"""Geometry of the citation graph as an arc diagram: documents on a line, oldest first.

Arc diagrams (Wattenberg 2002) stay legible in a narrow column: the names are ordinary text one
below the other, and every link is an arc beside them. The page prints the names as links in rows
of equal height and draws the arcs in one SVG of the same height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.schemas.collection import CitationGraphOut, CitationLinkOut, CitedDocumentOut

ROW = 36
"""Height of a row in user units; 16 of them are 1 em, so that arcs grow with the text."""
WIDTH = 128
_DOT = 10  # where the dots stand, from the left
_REACH = WIDTH - _DOT - 6  # how far the longest arc swings out
_BULGE = 0.75  # a cubic curve reaches three quarters of the way to its control points
_FEW = 2  # documents outside the collection are drawn if at least so many name them


@dataclass(frozen=True, slots=True)
class Row:
    """A year, or a document with its dot; ``at`` is its position in the graph."""

    year: str
    document: CitedDocumentOut | None = None
    at: int | None = None
    y: float = 0
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Arc:
    """A curve from the citing document to the cited one."""

    link: CitationLinkOut
    citing: CitedDocumentOut
    cited: CitedDocumentOut
    path: str
    weight: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """Rows from top to bottom and the arcs between them; sizes in user units."""

    rows: Sequence[Row]
    arcs: Sequence[Arc]
    dot: int = _DOT
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Of all rows together."""
        return ROW * len(self.rows)


def diagram_of(graph: CitationGraphOut) -> Diagram:
    """The part of the graph that connects: links within the collection and to common sources."""
    drawn = [
        link
        for link in graph.links
        if graph.documents[link.cited].document is not None
        or graph.documents[link.cited].cited_by >= _FEW
    ]
    rows = _rows(graph, sorted({end for link in drawn for end in (link.citing, link.cited)}))
    height = {row.at: row.y for row in rows if row.at is not None}
    longest = max((abs(height[a.citing] - height[a.cited]) for a in drawn), default=1)
    arcs = [
        Arc(
            link=link,
            citing=graph.documents[link.citing],
            cited=graph.documents[link.cited],
            path=_curve(height[link.citing], height[link.cited], longest),
            weight=len(link.clause_ids),
        )
        for link in drawn
    ]
    return Diagram(rows, arcs)


def _rows(graph: CitationGraphOut, positions: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    for at in positions:
        document = graph.documents[at]
        year = f"{document.year}年" if document.year is not None else "年份不详"
        if not rows or rows[-1].year != year:
            rows.append(Row(year))
        y = ROW * (len(rows) + 0.5)
        rows.append(Row(year, document, at, y, radius=3 + 1.2 * document.cited_by**0.5))
    return rows


def _curve(start: float, end: float, longest: float) -> str:
    """Far documents swing out farther, by the root: near ones stay apart from the line."""
    reach = _DOT + _REACH * (abs(start - end) / longest) ** 0.5 / _BULGE
    return f"M{_DOT} {start:g}C{reach:.0f} {start:g} {reach:.0f} {end:g} {_DOT} {end:g}"

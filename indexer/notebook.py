"""What a notebook (Jupyter, ``_repr_html_``) shows of a search: a table of clauses.

Everything that comes from a text or a query is escaped by :class:`markupsafe.Markup`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from indexer.search import SearchResult

_TABLE = Markup("<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
_CLAUSE = Markup("<strong>{citation}</strong> <code>{id}</code><br>{text}")
_HEAD = Markup("<th style='text-align:left'>{}</th>")
_CELL = Markup("<td style='text-align:left;vertical-align:top'>{}</td>")
_ROW = Markup("<tr>{}</tr>")


def search_result_html(result: SearchResult) -> Markup:
    """The hits of a search as a table, what was found of the query marked."""
    rows = [
        (
            str(hit.rank),
            clause_cell(hit.citation, hit.unit.id, marked(hit.unit.text, hit.highlights)),
            f"{hit.score:.3f}",
        )
        for hit in result.hits
    ]
    found = f"“{result.query}”:共 {result.total} 条,列出 {len(rows)} 条"
    return titled(found, table(("", "条款", "得分"), rows))


def marked(text: str, highlights: Iterable[tuple[int, int]]) -> Markup:
    """A text with what was found in it marked; ``highlights`` are offsets into it, in order."""
    parts: list[Markup] = []
    done = 0
    for start, end in highlights:
        parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])


def clause_cell(citation: str, clause_id: str, text: str) -> Markup:
    """A clause: where it stands, its id, what it says."""
    return _CLAUSE.format(citation=citation, id=clause_id, text=text)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table; cells that aren't markup are escaped."""
    return _TABLE.format(
        heads=Markup("").join(_HEAD.format(head) for head in heads),
        rows=Markup("").join(
            _ROW.format(Markup("").join(_CELL.format(cell) for cell in row)) for row in rows
        ),
    )


def titled(title: str, *parts: Markup) -> Markup:
    """Parts one below the other, under what they are."""
    return Markup("<p>{}</p>{}").format(title, Markup("").join(parts))

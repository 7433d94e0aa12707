"""Which rate prices which entry of a catalogue.

A catalogue prints its rates in three places: in the entry itself (``…补贴标准1200元/人``), in the
section row above it (``二、服务类(培训40课时,补贴标准700元/人)``), or in a grid before the list
whose row bears the name of the section (``生产制造类 1600 2000 …``). The nearest one prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.model import Document, Provision, ProvisionKind

_STATES_RATE = re.compile(r"\d+(?:\.\d+)?\s*(?:万?元|%|％)")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_UNIT = re.compile(r"单位[:：]\s*(\S+)")
_ASIDE = re.compile(r"[(（].*$")


@dataclass(frozen=True, slots=True)
class Rate:
    """``text`` of ``provision_id`` says what an entry is worth."""

    provision_id: str
    label: str
    text: str


def rates_of(document: Document) -> Mapping[str, tuple[Rate, ...]]:
    """The rates of each entry of the document's catalogues, by provision id."""
    rates: dict[str, tuple[Rate, ...]] = {}
    for part in range(len(document.parts)):
        rows = [p for p in document.provisions if p.part == part]
        grid = {_name(row): row for row in rows if _is_grid_row(row)}
        unit = next((hit[1] for row in rows if (hit := _UNIT.match(row.text))), "")
        for row in rows:
            if row.kind is ProvisionKind.TABLE_ROW and row.cells and row not in grid.values():
                found = tuple(_rates_of_entry(document, row, grid, unit))
                if found:
                    rates[row.id] = found
    return rates


def _rates_of_entry(
    document: Document, row: Provision, grid: Mapping[str, Provision], unit: str
) -> Iterator[Rate]:
    section = document.by_id.get(row.parent_id or "")
    if not row.cells[0].value.isdecimal() or section is None:
        return
    if _STATES_RATE.search(row.text):
        yield Rate(row.id, row.label, row.cells[-1].value)
    elif _STATES_RATE.search(section.text):
        yield Rate(section.id, section.label, section.text)
    elif (priced := grid.get(_ASIDE.sub("", section.heading))) is not None:
        yield Rate(priced.id, priced.label, _spelt(priced, unit))


def _is_grid_row(row: Provision) -> bool:
    """A named row of figures under heads: ``生产制造类 1600 2000 3000``."""
    figures = [cell for cell in row.cells[1:] if _AMOUNT.fullmatch(cell.value)]
    return (
        row.kind is ProvisionKind.TABLE_ROW
        and len(figures) >= 2
        and len(figures) == len(row.cells) - 1
        and not row.cells[0].value.isdecimal()
    )


def _name(row: Provision) -> str:
    return row.cells[0].value


def _spelt(row: Provision, unit: str) -> str:
    """The figures with the heads of their columns: ``五级(初级工水平)培训费补贴标准1600元``."""
    cells: Sequence[str] = [f"{cell.head}{cell.value}{unit}" for cell in row.cells[1:]]
    return f"{_name(row)}:" + ";".join(cells)

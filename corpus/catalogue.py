"""Catalogues of occupations (补贴标准目录) as entries: name, section, what each level is paid.

Read from the parsed tables, see ``corpus/rates.py`` for which rate prices which entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.figures import number_of
from corpus.model import Document, Provision
from corpus.rates import Rate, rates_of
from corpus.skill_levels import levels_in

_BRACKETS = re.compile(r"[()（）★\s]+")
_FLAT_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*元/人")
_KIND_OF_COURSE = re.compile(r"\s*培训$")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One occupation of a catalogue.

    ``name`` is bare: without star, remark and the word 培训; ``remark`` is what stands in brackets
    or after them. ``amounts`` are yuan by the name of the level, or one for all levels under
    ``None``; ``rate`` is the clause that states them.
    """

    provision_id: str
    part: str
    section: str
    name: str
    printed: str
    remark: str
    starred: bool
    rate: Rate
    amounts: Mapping[str | None, float]


def catalogue_of(document: Document) -> tuple[CatalogueEntry, ...]:
    """The entries of all catalogues of a document, in reading order."""
    return tuple(_entries(document))


def _entries(document: Document) -> Iterator[CatalogueEntry]:
    for provision_id, rates in rates_of(document).items():
        row = document.by_id[provision_id]
        printed = row.cells[-1].value
        first, *more = re.split(r"[(（]", printed, maxsplit=1)
        rate = rates[0]
        yield CatalogueEntry(
            provision_id=provision_id,
            part=document.parts[row.part].label,
            section=document.by_id[row.parent_id or ""].heading,
            name=_KIND_OF_COURSE.sub("", first.strip()) or first.strip(),
            printed=printed,
            remark=_BRACKETS.sub(" ", more[0] if more else "").strip(),
            starred="★" in printed,
            rate=rate,
            amounts=_amounts(document.by_id[rate.provision_id]),
        )


def _amounts(priced: Provision) -> Mapping[str | None, float]:
    """Yuan by level from a row of a grid, or one amount from a text."""
    by_level: dict[str | None, float] = {}
    for cell in priced.cells[1:]:
        for level in levels_in(cell.head):
            by_level[level.name] = number_of(cell.value)
    if by_level:
        return by_level
    flat = _FLAT_RATE.search(priced.text)
    return {None: float(flat[1])} if flat else {}

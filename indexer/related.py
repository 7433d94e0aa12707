"""Clauses that are near to a clause in meaning, by the vectors of their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

import numpy as np

from corpus.model import Document, Provision, ProvisionKind
from indexer.engines.contract import MOST_CANDIDATES, Positions
from indexer.passages import Unit
from indexer.search import SearchIndex

# Of the nearest units; more are looked at only where the first are of too few documents.
_DEPTHS = (128, 1024, MOST_CANDIDATES)
_FROM_ONE_DOCUMENT = 2  # more would hide what other documents say


def related_units(
    index: SearchIndex, document: Document, provision: Provision, limit: int
) -> list[Unit]:
    """The units nearest to what a provision says with all below it, nearest first.

    Left out are the provision itself, what it stands in or takes in, titles, and clauses that say
    the same (a hit names those apart). Empty for what isn't indexed: a lead-in, a field of a form.
    """
    own = _units_at(index, document, provision)
    if not own:
        return []
    hidden = {p.id for p in document.ancestors(provision)}
    hidden |= {other.id for unit in index.store.units(own) for other in index.same_as(unit)}
    found: list[Unit] = []
    for depth in _DEPTHS:
        near = index.engine.nearest_to(own, depth)
        ranked = near.units[np.argsort(-near.scores, kind="stable")]
        found = _worth_naming(index, ranked[~np.isin(ranked, own)], hidden, limit)
        if len(found) == limit or len(near.units) < depth:
            break
    return found


def _worth_naming(
    index: SearchIndex, ranked: Positions, hidden: Set[str], limit: int
) -> list[Unit]:
    """The first of a ranking that are no titles and not hidden, few from one document."""
    found: list[Unit] = []
    taken: Counter[int] = Counter()
    for position in ranked.tolist():
        where = index.store.unit_documents[position]
        if taken[where] == _FROM_ONE_DOCUMENT:
            continue
        (unit,) = index.store.units([position])
        if unit.id in hidden or unit.provision.kind is ProvisionKind.TITLE:
            continue
        taken[where] += 1
        found.append(unit)
        if len(found) == limit:
            break
    return found


def _units_at(index: SearchIndex, document: Document, provision: Provision) -> list[int]:
    """The units at or below a provision, else the one that it is part of."""
    below = list(_positions(index, document.subtree(provision)))
    return below or list(_positions(index, reversed(document.ancestors(provision))))[:1]


def _positions(index: SearchIndex, provisions: Iterator[Provision]) -> Iterator[int]:
    known = index.store.unit_position
    return (known[provision.id] for provision in provisions if provision.id in known)

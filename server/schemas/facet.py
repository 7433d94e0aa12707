"""The JSON of facets: values by which a listing or a result can be narrowed."""

from __future__ import annotations

from pydantic import BaseModel

from indexer.facets import Facets


class FacetOut(BaseModel):
    """How many documents, or hits of a search, have a value."""

    value: str
    count: int


def facets_out(facets: Facets) -> dict[str, list[FacetOut]]:
    """The JSON of what a result can be narrowed by."""
    return {
        facet.value: [FacetOut(value=each.value, count=each.count) for each in values]
        for facet, values in facets.items()
    }

from __future__ import annotations

from datetime import date

import pytest

from corpus.validity import Status
from indexer.facets import Facet, Sort
from indexer.filters import Filters
from indexer.search import Mode, SearchIndex

QUERY = "职业技能培训补贴标准"


def _filters(facet: Facet, value: str) -> Filters:
    match facet:
        case Facet.ISSUER:
            return Filters(issuer=value)
        case Facet.YEAR:
            return Filters(year_from=int(value), year_to=int(value))
        case Facet.SECTION:
            return Filters(section=value)
        case Facet.STATUS:
            return Filters(status=Status(value))


@pytest.mark.parametrize("facet", list(Facet))
@pytest.mark.parametrize("mode", list(Mode))
def test_choosing_a_value_leaves_as_many_hits_as_it_counts(
    index: SearchIndex, facet: Facet, mode: Mode
) -> None:
    result = index.search(QUERY, mode=mode, facets=True)
    assert result.facets is not None
    for each in result.facets[facet]:
        filters = _filters(facet, each.value)
        narrowed = index.search(QUERY, mode=mode, filters=filters, facets=True)
        assert narrowed.total == each.count > 0


def test_values_beside_a_chosen_one_keep_their_counts(index: SearchIndex) -> None:
    everything = index.search(QUERY, facets=True).facets
    chosen = index.search(QUERY, filters=Filters(issuer="云南省财政厅"), facets=True).facets
    assert everything is not None
    assert chosen is not None
    assert chosen[Facet.ISSUER] == everything[Facet.ISSUER]
    assert sum(each.count for each in chosen[Facet.YEAR]) < sum(
        each.count for each in everything[Facet.YEAR]
    )


def test_narrowing_keeps_the_order_of_the_whole(index: SearchIndex) -> None:
    whole = [hit.unit.id for hit in index.search(QUERY, facets=True, limit=500).hits]
    narrowed = index.search(QUERY, facets=True, limit=500, filters=Filters(section="地方性法规"))
    places = [whole.index(hit.unit.id) for hit in narrowed.hits if hit.unit.id in whole]
    assert places == sorted(places)


def test_facets_are_counted_only_when_asked_for(index: SearchIndex) -> None:
    assert index.search(QUERY).facets is None


@pytest.mark.parametrize("status", list(Status))
def test_the_filter_of_validity_looks_at_the_term_of_the_clause(
    index: SearchIndex, status: Status
) -> None:
    day = date(2021, 6, 1)
    found = index.search(QUERY, filters=Filters(status=status, as_of=day), limit=2000)
    for hit in found.hits:
        assert hit.validity.clause_status(day, hit.unit.period) is status
    others = index.search(QUERY, filters=Filters(as_of=day), limit=2000)
    assert {hit.unit.id for hit in found.hits} <= {
        hit.unit.id
        for hit in others.hits
        if hit.validity.clause_status(day, hit.unit.period) is status
    } | {same.id for hit in others.hits for same in hit.same_as}


def test_newest_first_orders_what_is_relevant_and_only_that(index: SearchIndex) -> None:
    plain = index.search(QUERY, limit=300, facets=True)
    newest = index.search(QUERY, limit=300, facets=True, sort=Sort.NEWEST)
    assert newest.total == plain.total
    assert {hit.unit.id for hit in newest.hits} == {hit.unit.id for hit in plain.hits}
    best = plain.hits[0].score
    relevant = [hit for hit in newest.hits if hit.score >= best / 2]
    assert relevant == list(newest.hits[: len(relevant)])
    days = [hit.document.date or date.min for hit in relevant]
    assert days == sorted(days, reverse=True)
    rest = [hit.score for hit in newest.hits[len(relevant) :]]
    assert rest == sorted(rest, reverse=True)


def test_without_a_hit_there_is_nothing_to_order(index: SearchIndex) -> None:
    nowhere = Filters(issuer="没有这个单位")
    result = index.search(QUERY, facets=True, sort=Sort.NEWEST, filters=nowhere)
    assert result.total == 0
    assert result.hits == ()
    assert result.facets is not None
    assert result.facets[Facet.ISSUER]  # what could be chosen instead
    assert result.facets[Facet.YEAR] == ()

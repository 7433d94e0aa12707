from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.embedding.encoder import resolve_model
from indexer.errors import IndexIncompatibleError, InvalidQueryError, ModelError
from indexer.filters import Filters
from indexer.query import LONGEST_QUERY
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings


def numbers(index: SearchIndex, query: str, **options: object) -> list[str | None]:
    result = index.search(query, **options)  # type: ignore[arg-type]
    return [hit.document.doc_number for hit in result.hits]


@pytest.mark.parametrize("mode", list(Mode))
def test_official_words_find_the_clause_in_every_mode(index: SearchIndex, mode: Mode) -> None:
    result = index.search("承担带徒任务的企业导师享受导师带徒津贴", mode=mode)
    assert "导师带徒津贴" in result.hits[0].unit.text
    assert result.hits[0].document.doc_number == "云人社发〔2019〕16号"


def test_everyday_words_find_it_by_meaning(index: SearchIndex) -> None:
    result = index.search("以前打鱼的上岸学手艺,补贴能多给几成", limit=5)
    assert any("退捕渔民" in hit.unit.text for hit in result.hits)


def test_ranks_and_scores_run_downwards_over_pages(index: SearchIndex) -> None:
    first = index.search("职业培训补贴", limit=10)
    second = index.search("职业培训补贴", limit=10, offset=10)
    hits = [*first.hits, *second.hits]
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
    assert len({hit.unit.id for hit in hits}) == 20
    assert first.total == second.total >= 20


def test_a_page_beyond_the_last_is_empty(index: SearchIndex) -> None:
    result = index.search("职业培训补贴", offset=100_000)
    assert result.hits == ()
    assert result.total > 0


def test_highlights_are_words_of_the_query(index: SearchIndex) -> None:
    hit = index.search("尘肺病患者救治救助").hits[0]
    marked = {hit.unit.text[start:end] for start, end in hit.highlights}
    assert marked
    assert all(any(word in text for word in ("尘肺", "患者", "救治", "救助")) for text in marked)


def test_a_named_document_comes_first(index: SearchIndex) -> None:
    found = numbers(index, "云人社发〔2020〕14号 工伤保险调剂金", limit=3)
    assert found[0] == "云人社发〔2020〕14号"


def test_filters_leave_only_what_they_name(index: SearchIndex) -> None:
    query = "职业培训补贴"
    assert set(numbers(index, query, filters=Filters(doc_number="云财规(2019)3号"))) == {
        "云财规〔2019〕3号"
    }
    by_issuer = index.search(query, filters=Filters(issuer="财政厅"))
    assert all(any("财政厅" in name for name in h.document.issuers) for h in by_issuer.hits)
    by_year = index.search(query, filters=Filters(year_from=2020, year_to=2020))
    assert {h.document.date.year for h in by_year.hits if h.document.date} == {2020}
    by_section = index.search(query, filters=Filters(section="地方性法规"))
    assert {h.document.section for h in by_section.hits} == {"二、地方性法规"}


def test_a_filter_by_number_admits_what_the_document_forwards(index: SearchIndex) -> None:
    found = numbers(index, "线上培训补贴", filters=Filters(doc_number="云人社发〔2020〕15号"))
    assert set(found) == {"云人社发〔2020〕15号", "人社部发〔2020〕10号"}


def test_documents_of_later_do_not_exist_yet(index: SearchIndex) -> None:
    result = index.search("培训补贴标准目录", filters=Filters(as_of=date(2019, 1, 1)), limit=50)
    assert all(h.document.date <= date(2019, 1, 1) for h in result.hits if h.document.date)


@pytest.mark.parametrize("query", ["", "   ", "\n\t", "\x00\x01", "字" * (LONGEST_QUERY + 1)])
def test_what_cannot_be_searched_for_is_a_clear_error(index: SearchIndex, query: str) -> None:
    with pytest.raises(InvalidQueryError, match="请"):
        index.search(query)


@given(st.text(min_size=1, max_size=80))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_searched_or_refused(index: SearchIndex, query: str) -> None:
    try:
        result = index.search(query, mode=Mode.LEXICAL)
    except InvalidQueryError:
        return
    assert result.total >= len(result.hits)


def test_many_threads_get_the_same_answer(index: SearchIndex) -> None:
    query = "工伤保险费率浮动"
    expected = [hit.unit.id for hit in index.search(query).hits]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: index.search(query), range(12)))
    assert all([hit.unit.id for hit in answer.hits] == expected for answer in answers)


def test_an_index_of_another_model_is_refused(index: SearchIndex) -> None:
    with pytest.raises(IndexIncompatibleError, match="diance build"):
        SearchIndex(index.build, IndexSettings(model="another/model"))


def test_a_wrong_model_path_is_named() -> None:
    with pytest.raises(ModelError, match="/nowhere/model"):
        resolve_model(IndexSettings(model="/nowhere/model"))


def test_lexical_search_needs_no_model(index: SearchIndex) -> None:
    opened = SearchIndex(index.build, index._settings)
    assert opened.search("电工", mode=Mode.LEXICAL).hits
    assert opened._encoder is None

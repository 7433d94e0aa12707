from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.filters import Filters
from indexer.query import QueryReader, Understanding
from indexer.search import Mode, SearchIndex


@pytest.fixture(scope="module")
def reader(index: SearchIndex) -> QueryReader:
    return index._reader


def read(index: SearchIndex, query: str) -> Understanding:
    return index._reader.read(query, index.tokenizer.words(query))


@pytest.mark.parametrize(
    ("query", "clause"),
    [
        ("云财规〔2019〕3号第四条第(二)项", "云财规-2019-3:第四条.(二)"),
        ("按云财规(2019)3号第四条第(二)项,学徒能补多少", "云财规-2019-3:第四条.(二)"),
        ("云发〔2018〕4号 二、(六)22.", "云发-2018-4:二.(六).22"),
        ("中小企业促进条例第四十九条是什么", "云南省中小企业促进条例:第四十九条"),
        ("《云南省中小企业促进条例》第四十九条", "云南省中小企业促进条例:第四十九条"),
    ],
)
@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
def test_a_clause_that_is_named_comes_first(
    index: SearchIndex, query: str, clause: str, mode: Mode
) -> None:
    assert index.search(query, mode=mode, limit=1).hits[0].unit.id == clause


def test_an_attachment_that_is_named_comes_before_the_rest(index: SearchIndex) -> None:
    hits = index.search("云人社发〔2018〕54号附件里有哪些职业", limit=10).hits
    assert {hit.unit.provision.label.split(" ")[0] for hit in hits} == {"附件"}


def test_a_named_clause_stays_behind_a_filter(index: SearchIndex) -> None:
    filters = Filters(doc_number="云人社发〔2019〕16号")
    hits = index.search("云财规〔2019〕3号第四条", filters=filters).hits
    assert {hit.document.doc_number for hit in hits} == {"云人社发〔2019〕16号"}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("云人社发〔2020〕14号 工伤保险调剂金", "云人社发〔2020〕14号"),
        ("人社发2019 16号 学徒补贴", "云人社发〔2019〕16号"),
        ("69号文里的生活费补贴", "云政办发〔2019〕69号"),
    ],
)
def test_numbers_are_understood_however_typed(index: SearchIndex, query: str, number: str) -> None:
    assert read(index, query).doc_numbers == (number,)


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("《职称评审管理实施办法》评审结果不服找谁", "云人社发-2020-57"),
        ("技能强省行动计划的目标", "云政发-2017-40"),
        ("《企业新型学徒制》", "云人社发-2019-16"),
        ("企业新型学徒制补贴标准", None),  # a subject, not a title
        ("《职业技能提升行动方案》", None),  # the state's, which is not in the collection
    ],
)
def test_titles_are_understood_where_they_clearly_name_one_document(
    index: SearchIndex, query: str, document: str | None
) -> None:
    assert read(index, query).documents == ((document,) if document else ())


def test_years_issuers_and_occupations_are_understood(index: SearchIndex) -> None:
    understood = read(index, "人社厅2021年电工和中式面点师补贴标准")
    assert understood.years == (2021,)
    assert understood.issuers == ("云南省人力资源和社会保障厅",)
    assert understood.occupations == ("电工", "中式面点师")
    assert read(index, "卫生厅的规定").issuers == ("云南省卫生健康委员会",)


@pytest.mark.parametrize(
    "query", ["补贴2000元", "云政办发〔2019〕69号", "机电工程师职称", "编号20215"]
)
def test_sums_numbers_and_words_within_words_are_no_years_or_occupations(
    index: SearchIndex, query: str
) -> None:
    understood = read(index, query)
    assert understood.years == ()
    assert understood.occupations == ()


def test_a_year_lifts_the_documents_of_that_year(index: SearchIndex, reader: QueryReader) -> None:
    understood = read(index, "2021年的补贴标准")
    boosts = reader.boosts(understood)
    lifted = {
        index.store.frames[document].id
        for document, boost in zip(index.store.unit_documents, boosts, strict=True)
        if boost
    }
    assert {"云人社通-2021-22", "云政办发-2019-69"} <= lifted  # of the year; its plan includes it
    assert "云人社发-2018-54" not in lifted


def test_a_year_that_nothing_matches_changes_nothing(index: SearchIndex) -> None:
    plain = index.search("2035年 工伤保险费率浮动", mode=Mode.LEXICAL)
    assert plain.understood.years == (2035,)
    assert not index._reader.boosts(plain.understood).any()


def test_an_occupation_lifts_its_rows(index: SearchIndex) -> None:
    hits = index.search("美容师在不在补贴目录里", limit=10).hits
    assert any(cell.value == "美容师" for hit in hits[:3] for cell in hit.unit.provision.cells)


def test_an_everyday_question_names_nothing(index: SearchIndex) -> None:
    result = index.search("带徒弟有补助吗")
    assert not result.understood


@given(st.text(alphabet="云财规人社发〔2019〕第四条(二)项号文年《》电工省厅 ", max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_names_only_ever_add(index: SearchIndex, query: str) -> None:
    boosts = index._reader.boosts(read(index, query))
    assert boosts.shape == (len(index.store.unit_documents),)
    assert (boosts >= 0).all()

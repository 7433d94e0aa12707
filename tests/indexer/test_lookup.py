from __future__ import annotations

from collections import Counter

import pytest

from indexer.errors import InvalidQueryError
from indexer.lookup import LookupMatch, look_up
from indexer.search import SearchIndex


@pytest.mark.parametrize(
    ("query", "match", "number"),
    [
        ("云人社发〔2019〕16号", LookupMatch.EXACT, "云人社发〔2019〕16号"),
        ("云人社发[2019]16", LookupMatch.VARIANT, "云人社发〔2019〕16号"),
        ("人社发2019 16号", LookupMatch.VARIANT, "云人社发〔2019〕16号"),
        ("2019年16号", LookupMatch.VARIANT, "云人社发〔2019〕16号"),
        ("人社部发【2020】96号", LookupMatch.VARIANT, "人社部发〔2020〕96号"),
        ("云人社发〔2019〕17号", LookupMatch.FUZZY, None),
        ("云政办发〔2019〕68号", LookupMatch.FUZZY, "云政办发〔2019〕69号"),
        ("国发〔2018〕32号", LookupMatch.CITED, None),
        ("人社部令40号", LookupMatch.CITED, None),
        ("人力资源社会保障部令第四十号", LookupMatch.CITED, None),
        ("人社部发〔2020〕90号", LookupMatch.CITED, None),
        ("人社部发〔2021〕90号", LookupMatch.CITED, None),
        ("黔府发〔2003〕777号", LookupMatch.NONE, None),
        ("云南省中小企业促进条例", LookupMatch.EXACT, None),
        (
            "省人大常委会公告〔十三届〕第五十五号",
            LookupMatch.EXACT,
            "省人大常委会公告〔十三届〕第五十五号",
        ),
        (
            "省人大常委会公告(十三届) 第五十五号",
            LookupMatch.VARIANT,
            "省人大常委会公告〔十三届〕第五十五号",
        ),
        ("随便说说", LookupMatch.NONE, None),
    ],
)
def test_a_number_is_found_as_what_it_is(
    index: SearchIndex, query: str, match: LookupMatch, number: str | None
) -> None:
    result = look_up(index, query)
    assert result.match is match
    if number is not None:
        assert result.document is not None
        assert result.document.doc_number == number


def test_every_number_of_the_collection_is_found_exactly(index: SearchIndex) -> None:
    for document in index.store.frames:
        result = look_up(index, document.doc_number or document.title)
        assert result.match is LookupMatch.EXACT, document.id
        assert result.document is not None
        assert result.document.id == document.id


@pytest.mark.parametrize(
    ("query", "clause_id"),
    [
        ("云财规〔2019〕3号第四条第(二)项", "云财规-2019-3:第四条.(二)"),
        ("云财规〔2019〕3号第4条第2项", "云财规-2019-3:第四条.(二)"),
        ("云发〔2018〕4号 二(一)3", "云发-2018-4:二.(一).3"),
        ("云发〔2018〕4号二、(一)3.", "云发-2018-4:二.(一).3"),
        ("云教发〔2018〕181号第五条第二款", "云教发-2018-181:第五条.第二款"),
        ("云教发〔2018〕181号第五条第一款", "云教发-2018-181:第五条"),
        ("云人社通〔2021〕22号附件2第12行", "云人社通-2021-22:附件2.第12行"),
        ("云人社通〔2019〕184号附件2第二条", "云人社通-2019-184:附件2.第二条"),
        ("云南省中小企业促进条例第四十九条", "云南省中小企业促进条例:第四十九条"),
        ("云人社发〔2019〕8号一(一)3②", "云人社发-2019-8:一.(一).3.②"),
        ("云人社通〔2019〕98号附件2 三、", "云人社通-2019-98:附件2.三"),
        ("云人社通〔2021〕28号 附件 二、(四)", "人社部发-2020-96:二.(四)"),
        ("云发改社会〔2020〕454号附件2 四、第二步3.", "云发改社会-2020-454:附件2.四.第二步.3"),
        ("云人社通〔2021〕22号附件2第152行", "云人社通-2021-22:附件2.第152行"),
    ],
)
def test_a_clause_behind_the_number_is_found(
    index: SearchIndex, query: str, clause_id: str
) -> None:
    result = look_up(index, query)
    assert result.clause is not None
    assert result.clause.unit.id == clause_id


def test_every_label_that_a_citation_prints_leads_back_to_its_clause(index: SearchIndex) -> None:
    """But for labels that stand twice in a document; every third clause, for time."""
    for frame in index.store.frames:
        document = index.store.document(frame.id)
        assert document is not None
        labels = Counter(provision.label for provision in document.provisions)
        once = [p for p in document.provisions[1:] if labels[p.label] == 1 and len(p.path) < 4]
        for provision in once[::3][:25]:
            result = look_up(index, f"{frame.doc_number or frame.title} {provision.label}")
            assert result.clause is not None, provision.id
            assert result.clause.unit.id == provision.id


def test_a_clause_that_does_not_exist_is_said_to_be_missing(index: SearchIndex) -> None:
    result = look_up(index, "云财规〔2019〕3号第九十九条")
    assert result.document is not None
    assert result.clause is None
    assert "没有找到" in (result.notice or "")


def test_an_attachment_as_a_whole_is_named(index: SearchIndex) -> None:
    result = look_up(index, "云人社发〔2019〕16号附件1")
    assert "企业新型学徒制申报表" in (result.notice or "")


def test_a_cited_number_tells_where(index: SearchIndex) -> None:
    result = look_up(index, "云人社通〔2020〕41号")
    assert result.document is None
    assert [hit.unit.id for hit in result.cited_by] == ["云人社通-2021-22:十七"]


def test_several_numbers_that_fit_are_all_candidates(index: SearchIndex) -> None:
    result = look_up(index, "2020年21号")
    assert {c.document.doc_number for c in result.candidates} == {
        "云人社通〔2020〕21号",
        "云组通〔2020〕21号",
    }
    assert "请在下面选择" in (result.notice or "")


def test_near_misses_are_ranked_and_never_called_a_match(index: SearchIndex) -> None:
    result = look_up(index, "云人社发〔2021〕22号")
    assert result.match is LookupMatch.FUZZY
    assert result.candidates[0].document.doc_number == "云人社通〔2021〕22号"
    scores = [candidate.score for candidate in result.candidates]
    assert scores == sorted(scores, reverse=True)
    assert "没有这个文号" in (result.notice or "")


def test_an_empty_number_is_refused(index: SearchIndex) -> None:
    with pytest.raises(InvalidQueryError):
        look_up(index, " ")


def test_articles_are_found_in_texts_that_count_without_the_word(index: SearchIndex) -> None:
    result = look_up(index, "云人社发〔2019〕16号第三条")
    assert result.clause is not None
    assert result.clause.unit.id == "云人社发-2019-16:三"

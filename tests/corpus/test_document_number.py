from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document_number import (
    DocumentNumber,
    NumberMatch,
    chinese_to_int,
    find_all,
    match,
    parse,
    parse_query,
)

numbers = st.builds(
    DocumentNumber,
    agency=st.sampled_from(["云发", "云政办发", "云人社发", "云发改社会", "人社部发", "国办发"]),
    year=st.integers(1990, 2035),
    serial=st.integers(1, 2000).map(str),
)
typographies = st.sampled_from(
    ["{a}〔{y}〕{s}号", "{a}[{y}]{s}号", "{a}（{y}）{s}号", "{a}【{y}】{s}", "{a}{y} {s}号", "{a}{y}年{s}号",
     "{a} 〔{y}〕 {s} 号", "{y}年{a}{s}号", "〔{y}〕{a}{s}号", "{a}({y})第{s}号"]
)  # fmt: skip


@given(numbers)
def test_a_number_that_is_printed_can_be_read_back(number: DocumentNumber) -> None:
    assert parse(str(number)) == number
    assert [found for _, found in find_all(f"根据《通知》({number})精神")] == [number]


@given(numbers, typographies, st.booleans())
def test_every_typography_means_the_same_number(
    number: DocumentNumber, form: str, full_width: bool
) -> None:
    typed = form.format(a=number.agency, y=number.year, s=number.serial)
    if full_width:
        typed = typed.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    query = parse_query(typed)
    assert query is not None
    assert match(query, number) is NumberMatch.EXACT


@given(numbers, numbers)
def test_numbers_that_differ_are_never_an_exact_match(a: DocumentNumber, b: DocumentNumber) -> None:
    query = parse_query(str(a))
    assert query is not None
    assert (match(query, b) is NumberMatch.EXACT) == (a == b)


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    find_all(text)
    parse(text)
    parse_query(text)


def test_an_announcement_of_a_congress_counts_by_term() -> None:
    number = parse("〔十三届〕 第五十五号", announcing_body="省人大常委会公告")
    assert str(number) == "省人大常委会公告〔十三届〕第五十五号"
    assert parse("〔十三届〕 第五十五号") is None


def test_a_head_of_the_agency_may_be_left_out() -> None:
    number = DocumentNumber("云人社发", 2019, "16")
    query = parse_query("人社发2019 16号")
    assert query is not None
    assert match(query, number) is NumberMatch.VARIANT


def test_another_agencys_code_is_not_an_abbreviation() -> None:
    query = parse_query("云政发〔2019〕69号")
    assert query is not None
    number = DocumentNumber("云政办发", 2019, "69")
    assert match(query, number) is NumberMatch.VARIANT
    assert match(query, number, frozenset({"云政发"})) is NumberMatch.NONE


def test_letters_typed_for_digits_are_read_but_never_a_match() -> None:
    query = parse_query("云政发〔2O17〕4O号")
    assert query is not None
    assert (query.year, query.serial, query.misread_digits) == (2017, "40", True)
    assert match(query, DocumentNumber("云政发", 2017, "40")) is NumberMatch.NONE


def test_the_clause_behind_a_number_is_kept() -> None:
    query = parse_query("云财规〔2019〕3号第四条第(二)项")
    assert query is not None
    assert query.rest.startswith("第四条")


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("六十七", 67),
        ("一百零三", 103),
        ("15", 15),
    ],
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_to_int(numeral) == value


def test_what_is_no_numeral_is_refused() -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        chinese_to_int("第三")

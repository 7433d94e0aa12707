"""Whether what is asked for stands beside what it is asked of."""

from __future__ import annotations

import pytest

from indexer.search import SearchIndex
from server.answering.measures import measures_asked
from server.answering.support import Support, SupportReader


@pytest.mark.parametrize(
    ("question", "given", "not_given"),
    [
        ("公示期是几天", "公示期不少于5个工作日", "给予每人500元补贴"),
        ("带徒津贴一个月多少钱", "每人每月800元", "津贴标准由企业确定"),
        ("评委会要多少人", "由25名专家组成", "由同行专家组成"),
        ("及格要多少分", "满60分", "考试合格的"),
        ("举报打哪个电话", "举报电话:0871-63601234", "可向主管部门举报"),
    ],
)
def test_a_measure_is_given_by_its_own_figures(question: str, given: str, not_given: str) -> None:
    measures = measures_asked(question)
    assert any(measure.is_given_in(given) for measure in measures)
    assert not any(measure.is_given_in(not_given) for measure in measures)


def test_a_question_of_yes_or_no_asks_for_no_measure() -> None:
    assert measures_asked("劳务派遣工可以参加新型学徒制吗") == ()


def support_of(index: SearchIndex, question: str) -> Support:
    return SupportReader(index).read(question, index.search(question).hits)


def test_a_sum_that_stands_in_the_clause_is_supported(index: SearchIndex) -> None:
    support = support_of(index, "企业新型学徒制每人每年补贴多少钱")
    assert support.is_measured
    assert support.missing == pytest.approx(0, abs=0.1)


def test_a_sum_that_is_left_to_the_employer_is_missing(index: SearchIndex) -> None:
    laid_down = support_of(index, "企业新型学徒制每人每年补贴多少钱")
    left_open = support_of(index, "导师带徒津贴标准是多少钱")
    assert left_open.missing > laid_down.missing

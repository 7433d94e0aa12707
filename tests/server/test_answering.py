"""Answers: verbatim, cited, dated, and what is shown beside them."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest

from eval.questions import DATASETS, Question, read_questions
from indexer.errors import InvalidQueryError
from indexer.search import SearchIndex, SearchResult
from server.answering import answerer as answerer_module
from server.answering.answer import Answer, AnswerStatus
from server.answering.answerability import Answerability
from server.answering.answerer import Answerer
from server.answering.entitlements import Entitlements
from server.knowledge_base import KnowledgeBase

QUESTIONS = tuple(
    itertools.chain.from_iterable(
        read_questions(DATASETS / f"{split}.jsonl") for split in ("train", "dev", "test")
    )
)


@pytest.fixture(scope="module")
def answerer(knowledge_base: KnowledgeBase) -> Answerer:
    return knowledge_base.answerer


@pytest.fixture(scope="module")
def answers(answerer: Answerer) -> list[tuple[Question, Answer]]:
    return [(question, answerer.answer(question.question)) for question in QUESTIONS]


def _letters(text: str) -> str:
    """Without what repairs take out or put in: blanks, emphasis, check boxes."""
    return re.sub(r"[\s*□]|<[^>]*>", "", text)


def test_every_part_stands_in_its_cited_clause_and_in_the_source(
    answers: list[tuple[Question, Answer]], index: SearchIndex
) -> None:
    for _, answer in answers:
        for part in answer.parts:
            hit = answer.citations[part.citation]
            assert part.text in hit.unit.text
            source = index.store.source_text(hit.document.source_file)
            read = "".join(span.of(source) for span in part.spans)
            # A blank cell that means "as above" is read with the text above: it has no place.
            assert _letters(read) == _letters(part.text) or (part.head and not part.spans)


def test_the_answer_is_made_of_its_parts(answers: list[tuple[Question, Answer]]) -> None:
    for _, answer in answers:
        if answer.status is AnswerStatus.ANSWERED:
            heads = "".join(part.head for part in answer.parts)
            rest = answer.text
            for part in answer.parts:
                assert part.text in rest
                rest = rest.replace(part.text, "", 1)
            assert set(rest) <= {*"\n;:", *heads}


def test_no_more_is_cited_than_can_be_read_and_nothing_twice(
    answers: list[tuple[Question, Answer]],
) -> None:
    for _, answer in answers:
        ids = [hit.unit.id for hit in answer.citations]
        is_answered = answer.status is AnswerStatus.ANSWERED
        assert bool(ids) == is_answered
        assert len(ids) <= 4
        assert len(set(ids)) == len(ids)
        assert bool(answer.nearest) != is_answered


def test_proposed_questions_are_others_than_the_one_asked(
    answers: list[tuple[Question, Answer]],
) -> None:
    for question, answer in answers:
        assert len(answer.follow_up) <= 3
        assert question.question not in answer.follow_up
        assert len(set(answer.follow_up)) == len(answer.follow_up)


def test_a_sum_for_an_occupation_is_quoted_at_the_level_asked(answerer: Answerer) -> None:
    answer = answerer.answer("考消防设施操作员三级证,培训费补多少")
    assert [part.text for part in answer.parts] == ["6", "消防设施操作员", "服务类", "2600"]
    assert "三级(高级工水平)培训费补贴标准(元):2600" in answer.text
    cited = {hit.unit.id for hit in answer.citations[:2]}
    assert cited == {"云人社通-2021-22:附件1.第6行", "云人社通-2021-22:附件1.服务类"}


@pytest.mark.parametrize(
    "question",
    ["{}能领多少钱补贴", "{} 补贴", "考{}证补多少", "{}可以拿多少培训补贴", "学{}补多少钱"],
)
def test_whoever_asks_for_the_rates_of_an_occupation_gets_them(
    answerer: Answerer, question: str
) -> None:
    for occupation in ("电工", "焊工", "茶艺师", "保育员"):
        answer = answerer.answer(question.format(occupation))
        assert answer.status is AnswerStatus.ANSWERED, occupation
        assert occupation in answer.text
        assert "初级工水平" in answer.text


@pytest.mark.parametrize("question", ["电工高温补贴多少钱", "电工一个月工资多少钱"])
def test_other_sums_of_an_occupation_are_not_its_rates(answerer: Answerer, question: str) -> None:
    assert answerer.answer(question).status is AnswerStatus.NOT_FOUND


def test_an_entry_whose_section_states_the_rate_is_quoted_with_it(answerer: Answerer) -> None:
    answer = answerer.answer("过桥米线制作专项能力培训补多少钱")
    assert "过桥米线制作(★)" in answer.text
    assert "补贴标准800元/人" in answer.text
    assert "小锅煮品制作" not in answer.text  # the entries next to it


def test_who_is_responsible_is_answered_with_the_office(answerer: Answerer) -> None:
    answer = answerer.answer("打造综合性产业互联网平台的任务由哪个部门牵头、哪些部门配合?")
    assert "(省发展改革委牵头,省工业和信息化厅、省农业农村厅等部门配合)" in answer.text


def test_an_item_cited_alone_is_read_with_its_lead_in(answerer: Answerer) -> None:
    answer = answerer.answer("申请产教融合型企业弄虚作假故意提供虚假信息会怎样")
    lead_in, item = answer.parts[:2]
    assert "5年内不得申报" in lead_in.text
    assert "弄虚作假" in item.text
    assert answer.citations[item.citation].rank == 1


def test_documents_that_differ_are_both_quoted_and_the_difference_is_said(
    answerer: Answerer,
) -> None:
    answer = answerer.answer("职工教育经费按工资总额多少提取")
    assert "占工资总额的8%" in answer.text
    assert "1.5%—2.5%" in answer.text
    (notice,) = [each for each in answer.notices if each.startswith("不同文件的规定不一样")]
    assert notice.index("云政办发〔2018〕60号(2018年)") < notice.index("云政发〔2017〕40号(2017年)")


def test_allowances_for_different_things_do_not_differ(answerer: Answerer) -> None:
    answer = answerer.answer("城市低保家庭学员 培训期间 交通费补贴 每天多少")
    assert "20 元的交通费补贴" in answer.text
    assert not any(notice.startswith("不同文件") for notice in answer.notices)


@pytest.mark.parametrize(
    ("as_of", "standing"),
    [(date(2021, 6, 1), "在有效期内"), (date(2022, 6, 1), "已过期(2021年12月31日为止)")],
)
def test_the_notice_says_for_when_it_holds_in_words_of_the_source(
    answerer: Answerer, as_of: date, standing: str
) -> None:
    answer = answerer.answer("培训期间生活费补贴每天多少", as_of)
    (notice,) = [each for each in answer.notices if "云政办发〔2019〕69号" in each]
    assert "“(2019—2021年)”" in notice
    assert f"按{as_of.year}年6月1日计算{standing}" in notice


def test_documents_signed_later_do_not_answer(answerer: Answerer) -> None:
    answer = answerer.answer("考消防设施操作员三级证,培训费补多少", date(2020, 1, 1))
    assert all(hit.document.date <= date(2020, 1, 1) for hit in answer.citations)


def test_a_mended_question_is_said(answerer: Answerer) -> None:
    answer = answerer.answer("电工培训补帖多少钱")
    assert answer.notices[0].startswith("已按“电工培训补贴多少钱”理解")


def test_a_misprint_in_the_quoted_words_is_pointed_out(answerer: Answerer) -> None:
    for _, answer in [(q, answerer.answer(q.question)) for q in QUESTIONS]:
        for notice in answer.notices:
            if hit := re.match(r"勘误:原文印作“(.*?)”", notice):
                assert hit[1] in "".join(part.text for part in answer.parts)
                return
    pytest.fail("no question of the data is answered with a misprint")


def test_an_empty_question_is_refused(answerer: Answerer) -> None:
    with pytest.raises(InvalidQueryError):
        answerer.answer("  ")


class _NothingFits:
    """A judge that finds nothing answerable."""

    def __init__(self, index: SearchIndex) -> None: ...

    def judge(self, question: str, result: SearchResult, entitled: Entitlements) -> Answerability:
        return Answerability(0.1, False, "汇编没有规定公积金的缴存比例。")


def test_where_the_compilation_is_silent_so_is_the_answer(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answerer_module, "AnswerabilityJudge", _NothingFits)
    answer = KnowledgeBase(index).answerer.answer("公积金缴存比例是多少")
    assert answer.status is AnswerStatus.NOT_FOUND
    assert answer.text.startswith("汇编没有规定公积金的缴存比例。")
    assert not answer.citations
    assert not answer.parts
    assert len(answer.nearest) == 3


def test_a_question_about_money_brings_the_benefits_and_the_priced_entry(
    answerer: Answerer,
) -> None:
    answer = answerer.answer("我是电工,2021年考了中级技能等级证,能补多少钱?")
    assert answer.benefits[0].benefit.id == "技能等级证书培训补贴-目录-2021"
    assert "2000" in answer.text
    cited = {hit.unit.id for hit in answer.citations}
    assert {"云人社通-2021-22:附件2.第112行", "云人社通-2021-22:附件2.生产制造类"} <= cited


def test_a_question_about_something_else_brings_no_benefits(answerer: Answerer) -> None:
    assert answerer.answer("国企工资总额预算什么时候报国资委备案").benefits == ()


def test_a_clause_asked_for_itself_is_given_whole(answerer: Answerer) -> None:
    answer = answerer.answer("云财规〔2019〕3号第四条讲什么")
    assert answer.citations[0].unit.id == "云财规-2019-3:第四条"
    assert answer.text == answer.citations[0].unit.text
    assert answer.confidence == 1


def test_a_clause_that_does_not_exist_is_said_to_be_missing(answerer: Answerer) -> None:
    answer = answerer.answer("云财规〔2019〕3号第九十九条")
    assert answer.status is AnswerStatus.NOT_FOUND
    assert "没有找到“第九十九条”" in answer.text

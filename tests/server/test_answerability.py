from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.negatives import NEGATIVES, Kind, Split, read_negatives
from eval.questions import DATASETS, read_questions
from indexer.search import Mode, SearchIndex
from server.answering.answer import AnswerStatus
from server.answering.answerability import WEIGHTS as WEIGHTS_FILE
from server.answering.answerability import Answerability, AnswerabilityJudge, Calibration
from server.answering.entitlements import Entitlements
from server.answering.evidence import Evidence
from server.answering.levels import missing_level
from server.answering.subjects import Subjects, parts_of
from server.knowledge_base import KnowledgeBase

Judge = Callable[[str], Answerability]


@pytest.fixture(scope="module")
def judge(knowledge_base: KnowledgeBase) -> Judge:
    """As questions are judged on their way to an answer."""

    def judged(question: str) -> Answerability:
        answer = knowledge_base.answerer.answer(question)
        answered = answer.status is AnswerStatus.ANSWERED
        return Answerability(answer.confidence, answered, answer.absent)

    return judged


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return Calibration.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8"))


def share_refused(judge: Judge, questions: Sequence[str]) -> float:
    refused = [not judge(question).answerable for question in questions]
    return sum(refused) / len(refused)


@pytest.mark.parametrize(("kind", "floor"), [(Kind.FAR, 0.9), (Kind.NEAR, 0.75)])
def test_questions_without_an_answer_are_refused(judge: Judge, kind: Kind, floor: float) -> None:
    asked = [
        each.question
        for each in read_negatives(NEGATIVES)
        if each.kind is kind and each.split is Split.TEST
    ]
    assert share_refused(judge, asked) >= floor


def test_questions_with_an_answer_are_hardly_ever_refused(judge: Judge) -> None:
    asked = [question.question for question in read_questions(DATASETS / "test.jsonl")]
    assert share_refused(judge, asked) <= 0.05


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("浙江省的企业新型学徒制每人每年补多少", "浙江"),
        ("云人社发〔2021〕88号讲的是什么", "云人社发〔2021〕88号"),
        ("《中华人民共和国劳动合同法》第三十九条怎么规定", "劳动合同法"),
        ("2024年职业技能培训补贴标准目录里电工补多少", "2024年"),
        ("曲靖市自己出的技师奖励有多少", "曲靖市"),
        ("单位不交公积金怎么办", "公积金"),
        ("失业保险支持参保职工的技能提升补贴,一级证书领多少钱", "一级"),
    ],
)
def test_what_is_absent_is_named(judge: Judge, question: str, named: str) -> None:
    judgement = judge(question)
    assert not judgement.answerable
    assert judgement.absent is not None
    assert named in judgement.absent


@pytest.mark.parametrize(
    "question",
    [
        "我是四川人,在昆明打工,企业岗前培训每人补多少",  # where somebody comes from
        "上海、浙江这些东部省市的学校可以跟滇西的学校合作吗",  # the clause names the place
        "2021年目录里茶艺师的培训补贴是多少",  # the year of the catalogue
        "云人社发〔2019〕16号学徒补贴标准是多少",  # a number of the collection
        "云南省中小企业促进条例第四十九条",  # a statute of the collection
    ],
)
def test_names_within_the_collection_are_no_absence(judge: Judge, question: str) -> None:
    assert judge(question).absent is None


def test_a_named_clause_is_always_given(judge: Judge) -> None:
    assert judge("云财规〔2019〕3号第四条").answerable


def test_without_hits_nothing_is_answered(index: SearchIndex) -> None:
    nothing = index.search("qqqq", mode=Mode.LEXICAL)
    assert nothing.hits == ()
    judge = AnswerabilityJudge(index)
    assert judge.judge("qqqq", nothing, Entitlements()) == Answerability(0.0, False, None)


def test_the_shipped_weights_fit_the_signs(calibration: Calibration) -> None:
    assert calibration.signs == Evidence.names()
    assert 0 < calibration.threshold < 1
    assert 0 < calibration.when_absent < calibration.threshold


def test_nearness_speaks_for_an_answer_and_unknown_words_against(
    calibration: Calibration,
) -> None:
    weights = dict(zip(calibration.signs, calibration.weights, strict=True))
    assert weights["question"] > 0
    assert weights["unknown_words"] < 0
    assert weights["missing_asked"] < 0


_SHARES = st.floats(0, 1)


@given(st.lists(_SHARES, min_size=len(Evidence.names()), max_size=len(Evidence.names())))
def test_a_probability_is_one(values: list[float]) -> None:
    calibration = Calibration.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert 0 <= calibration.probability(Evidence(*values)) <= 1


def test_what_is_asked_is_told_from_the_case() -> None:
    assert parts_of("我六十多了没退休金拿,想学门手艺还补不补?") == (
        "想学门手艺还补不补?",
        "我六十多了没退休金拿",
    )
    assert parts_of("公积金 提取") == ("公积金,提取", "")


def test_a_level_is_missing_only_where_others_have_sums() -> None:
    sums = "初级(五级)1300元；中级(四级)1950元；高级(三级)2600元。"
    assert missing_level("高级技师补多少", sums) == "一级(高级技师)"
    assert missing_level("高级工补多少", sums) is None
    assert missing_level("中级工升技师补多少", sums) is None
    assert missing_level("技师补多少", "每人800元。") is None


def test_a_subject_is_found_by_any_name() -> None:
    ((typed, *others),) = Subjects().named_in("公积金怎么取")
    assert typed == "公积金"
    assert "住房公积金" in others

"""The measures of answers: what counts as right."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest

from eval.answering_cli import evaluate_answers_command
from eval.answers import ANSWER_MEASURES, evaluate_answers, has_figures, holds, score_answer
from eval.questions import DATASETS, Gold, Question, normalise, read_questions
from eval.run import OVERALL
from server.answering.answer import Answer, AnswerStatus
from server.answering.answerer import Answerer
from server.knowledge_base import KnowledgeBase

QUESTION = Question(
    "q",
    "学徒制一年补多少钱",
    "colloquial",
    (Gold("人社厅发〔2019〕117号", "给予企业每人每年4000元以上的职业培训补贴", 2),),
    "amount",
    "4000元以上",
)


@pytest.fixture(scope="module")
def answerer(knowledge_base: KnowledgeBase) -> Answerer:
    return knowledge_base.answerer


@pytest.fixture(scope="module")
def answer(answerer: Answerer) -> Answer:
    return answerer.answer(QUESTION.question)


def test_words_hold_a_quote_all_but_a_tenth() -> None:
    words = normalise("按规定,给予企业每人每年 4000 元以上的职业培训补贴。")
    assert holds(words, "给予企业每人每年4000元以上的职业培训补贴")
    assert holds(words, "给予企业每人每年4000元以上的职业培训补帖")
    assert not holds(words, "给予每人每天60元的生活费补贴")
    assert not holds(normalise("补贴"), "给予企业每人每年4000元以上的职业培训补贴")


@pytest.mark.parametrize(
    ("words", "reply", "has"),
    [
        ("每年4000元以上", "4000元", True),
        ("每年3000元以上", "4000元", False),
        ("期限为三年", "3年", True),
        ("按规定执行", "按规定", True),
        ("不超过2.5%", "2.5%", True),
    ],
)
def test_every_figure_of_the_reply_must_be_said(words: str, reply: str, has: bool) -> None:
    assert has_figures(words, reply) is has


def test_a_right_answer_is_right_in_every_measure(answer: Answer) -> None:
    scores = score_answer(QUESTION, answer)
    assert set(scores) == set(ANSWER_MEASURES)
    assert scores["cited@1"] == scores["cited@3"] == scores["right"] == scores["quoted"] == 1
    assert scores["characters"] == len(answer.text)
    assert scores["refused"] == 0


def test_a_quote_without_the_figure_of_the_reply_is_quoted_but_not_right(answer: Answer) -> None:
    scores = score_answer(replace(QUESTION, answer="5300元"), answer)
    assert scores["quoted"] == 1
    assert scores["right"] == 0


def test_a_clause_that_only_helps_is_not_cited_right(answer: Answer) -> None:
    helps = tuple(replace(gold, rel=1) for gold in QUESTION.gold)
    scores = score_answer(replace(QUESTION, gold=helps), answer)
    assert scores["cited@3"] == scores["quoted"] == 0


def test_a_refusal_is_counted_and_not_right() -> None:
    refusal = Answer("?", date(2021, 6, 1), AnswerStatus.NOT_FOUND, "没有找到。", 0.1)
    scores = score_answer(QUESTION, refusal)
    assert scores["refused"] == 1
    assert scores["cited@3"] == scores["right"] == 0


def test_measures_are_given_for_all_by_style_and_by_kind(answerer: Answerer) -> None:
    other = replace(QUESTION, id="r", style="formal", answer="5300元")
    report = evaluate_answers(answerer, [QUESTION, other])
    assert report.questions == {OVERALL: 2, "colloquial": 1, "formal": 1, "amount": 2}
    assert report.measures[OVERALL]["right"].mean == 0.5
    assert report.wrong == ("r",)
    assert 0 < report.p50_ms <= report.p99_ms


def test_the_questions_of_the_test_split_are_answered_as_well_as_before(
    answerer: Answerer,
) -> None:
    overall = evaluate_answers(answerer, read_questions(DATASETS / "test.jsonl")).measures[OVERALL]
    assert overall["cited@3"].mean >= 0.92
    assert overall["quoted"].mean >= 0.88
    assert overall["characters"].mean <= 165


@pytest.mark.usefixtures("index")
def test_the_report_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {
        "id": QUESTION.id,
        "question": QUESTION.question,
        "style": QUESTION.style,
        "kind": QUESTION.kind,
        "answer": QUESTION.answer,
        "gold": [asdict(gold) for gold in QUESTION.gold],
    }
    questions, written = tmp_path / "questions.jsonl", tmp_path / "out.json"
    questions.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    evaluate_answers_command(questions, written)
    assert "cited@3" in capsys.readouterr().out
    report = json.loads(written.read_text(encoding="utf-8"))
    assert report["questions"] == {OVERALL: 1, "colloquial": 1, "amount": 1}
    assert report["measures"][OVERALL]["right"]["mean"] == 1.0

"""``diance answer`` as a user runs it, within this process."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from indexer.search import SearchIndex, SearchResult
from server.answering import answerer
from server.answering.answerability import Answerability
from server.answering.entitlements import Entitlements
from server.commands.main import app
from server.knowledge_base import KnowledgeBase


@pytest.fixture(autouse=True)
def _one_knowledge_base(knowledge_base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KnowledgeBase, "open", lambda _: knowledge_base)


def test_the_answer_stands_above_its_citation() -> None:
    result = CliRunner().invoke(app, ["answer", "学徒制一年补多少钱"])
    assert result.exit_code == 0
    assert result.output.index("4000元以上") < result.output.index("出处:《")
    assert "时效:" in result.output
    assert "还可以问:" in result.output


def test_json_is_what_the_api_returns() -> None:
    result = CliRunner().invoke(
        app, ["answer", "学徒制一年补多少钱", "--as-of", "2021-06-01", "--json"]
    )
    body = json.loads(result.stdout)
    assert body["status"] == "answered"
    assert body["as_of"] == "2021-06-01"


class _NothingFits:
    def __init__(self, index: SearchIndex) -> None: ...

    def judge(self, question: str, result: SearchResult, entitled: Entitlements) -> Answerability:
        return Answerability(0.0, False, None)


def test_silence_of_the_compilation_ends_with_one(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answerer, "AnswerabilityJudge", _NothingFits)
    silent = KnowledgeBase(index)
    monkeypatch.setattr(KnowledgeBase, "open", lambda _: silent)
    result = CliRunner().invoke(app, ["answer", "公积金能不能提前取"])
    assert result.exit_code == 1
    assert "没有找到能回答这个问题的规定" in result.output
    assert "最接近的条款" in result.output


def test_a_day_that_is_none_ends_with_two() -> None:
    assert CliRunner().invoke(app, ["answer", "补贴", "--as-of", "昨天"]).exit_code == 2

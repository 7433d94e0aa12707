"""``POST /api/v1/answer``: the agreed form, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from corpus.sources import Source
from indexer.query import LONGEST_QUERY
from server.app import create_app
from server.knowledge_base import KnowledgeBase


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge_base=knowledge_base)) as opened:
        yield opened


def test_an_answer_has_the_agreed_form(client: TestClient, source: Source) -> None:
    asked = {"question": "学徒制一年补多少钱", "as_of": "2021-06-01"}
    body = client.post("/api/v1/answer", json=asked).json()
    assert body["status"] == "answered"
    assert body["as_of"] == "2021-06-01"
    assert "4000元以上" in body["answer"]
    assert 0 <= body["confidence"] <= 1
    assert 1 <= len(body["citations"]) <= 3
    assert body["nearest"] == []
    assert {b["topic"] for b in body["benefits"]} == {"企业新型学徒制"}
    assert body["notices"]
    assert body["follow_up"]
    for part in body["parts"]:
        cited = body["citations"][part["citation"]]
        assert part["text"] in cited["clause"]["text"]
        assert part["text"] in body["answer"]
        assert cited["citation"]["source"]["file"] == source.file
        assert all(0 <= start < end <= len(source.text) for start, end in part["spans"])


def test_the_standing_is_that_of_the_day_asked(client: TestClient) -> None:
    standing = [
        client.post(
            "/api/v1/answer", json={"question": "培训期间生活费补贴每天多少", "as_of": day}
        ).json()["citations"][0]["clause"]["status"]["as_of"]
        for day in ("2021-06-01", "2022-06-01")
    ]
    assert standing == ["2021-06-01", "2022-06-01"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "缺少参数 question"),
        ({"question": ""}, "question 不能为空"),
        ({"question": "补" * (LONGEST_QUERY + 1)}, f"question 不能超过 {LONGEST_QUERY} 字"),
        ({"question": "补贴", "as_of": "昨天"}, "as_of 应为日期"),
        ({"question": "  "}, "查询内容为空"),
    ],
)
def test_bad_input_is_a_problem_in_chinese(
    client: TestClient, asked: dict[str, str], words: str
) -> None:
    response = client.post("/api/v1/answer", json=asked)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


def test_the_description_shows_an_example(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["AnswerIn"]
    (example,) = schema["examples"]
    assert client.post("/api/v1/answer", json=example).status_code == 200

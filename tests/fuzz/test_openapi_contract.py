"""The API keeps to its OpenAPI document, whatever is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from tests.fuzz.contract import check_contract


def test_the_api_keeps_to_its_description(knowledge_base: KnowledgeBase, tmp_path: Path) -> None:
    settings = ServerSettings(feedback=tmp_path / "feedback.jsonl")
    contract = check_contract(create_app(settings, knowledge_base), examples=1, first_seed=1)
    assert contract.checks["response_schema_conformance"] > 0
    assert contract.failures == []


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


def test_who_uses_a_wrong_method_learns_the_right_one(client: TestClient) -> None:
    response = client.request("TRACE", "/api/v1/answer")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("day", ["0", "2021", "1e3", "2021-6-1", "２０２１-06-01"])
def test_a_number_is_no_day(client: TestClient, day: str) -> None:
    response = client.get("/api/v1/documents", params={"as_of": day})
    assert response.status_code == 422
    assert "2021-06-01" in response.json()["detail"]


def test_what_is_no_json_is_refused_as_a_problem(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/api/v1/answer", content=b"\xff\xfe{", headers=headers)
    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [{}, {"profile": None, "question": None}])
def test_a_request_for_benefits_has_to_say_something(
    client: TestClient, body: dict[str, None]
) -> None:
    assert client.post("/api/v1/benefits/match", json=body).status_code == 422

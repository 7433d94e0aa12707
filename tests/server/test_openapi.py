"""The OpenAPI description: examples of every endpoint, which work and have the described form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings


@pytest.fixture(scope="module")
def client(
    knowledge_base: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    settings = ServerSettings(feedback=tmp_path_factory.mktemp("feedback") / "feedback.jsonl")
    with TestClient(create_app(settings, knowledge_base)) as opened:
        yield opened


@pytest.fixture(scope="module")
def description(client: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


ENDPOINTS = (
    ("get", "/api/v1/search"),
    ("post", "/api/v1/answer"),
    ("get", "/api/v1/lookup"),
    ("get", "/api/v1/documents"),
    ("get", "/api/v1/documents/{document_id}"),
    ("get", "/api/v1/clauses/{clause_id}"),
    ("post", "/api/v1/benefits/match"),
    ("get", "/api/v1/documents/{document_id}/original"),
    ("get", "/api/v1/suggest"),
    ("get", "/api/v1/collection"),
    ("post", "/api/v1/feedback"),
    ("get", "/healthz"),
    ("get", "/readyz"),
)


def test_no_endpoint_of_the_api_is_without_examples(description: dict[str, Any]) -> None:
    described = {
        (method, path)
        for path, operations in description["paths"].items()
        for method in operations
        if path.startswith("/api/") or path in ("/healthz", "/readyz")
    }
    assert described == set(ENDPOINTS)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_the_example_of_a_request_gets_what_is_described(
    client: TestClient, description: dict[str, Any], method: str, path: str
) -> None:
    operation = description["paths"][path][method]
    place, query = {}, {}
    for parameter in operation.get("parameters", []):
        if "example" in parameter:
            kept = place if parameter["in"] == "path" else query
            kept[parameter["name"]] = parameter["example"]
        else:
            assert not parameter["required"]
    body = None
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["example"]

    response = client.request(method, path.format_map(place), params=query, json=body)

    if "204" in operation["responses"]:
        assert (response.status_code, response.content) == (204, b"")
        return
    assert response.status_code == 200
    answered = operation["responses"]["200"]["content"]["application/json"]
    for shown in (response.json(), answered["example"]):
        assert problems_of(shown, answered["schema"], description) == []
    assert answered["example"].keys() == response.json().keys()


def test_the_check_finds_what_is_wrong(description: dict[str, Any]) -> None:
    answered = description["paths"]["/healthz"]["get"]["responses"]["200"]["content"]
    schema = answered["application/json"]["schema"]
    assert problems_of({}, schema, description) == ["'status' is a required property"]


def problems_of(value: object, schema: dict[str, Any], description: dict[str, Any]) -> list[str]:
    """Where a value departs from a schema of the description (OpenAPI 3.1 has JSON Schema's)."""
    whole = {**schema, "components": description["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_the_examples_hold_no_path_of_a_machine(description: dict[str, Any]) -> None:
    text = json.dumps(description, ensure_ascii=False)
    assert "/home/" not in text
    assert "/tmp/" not in text

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
from server.openapi_examples import REQUESTS
from server.security.admin_token import make_token
from server.security.jobs import JobQueue
from server.settings import ServerSettings


@pytest.fixture(scope="module")
def client(
    knowledge_base: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("administration")
    admin = make_token()
    settings = ServerSettings(
        feedback=folder / "feedback.jsonl",
        admin_token_hash=admin.token_hash,
        data_folder=folder / "data",
        added_folder=folder / "added",
    )
    app = create_app(settings, knowledge_base)
    app.state.jobs = JobQueue(settings, command=("true",))
    _write_what_the_examples_name(settings)
    with TestClient(app, headers={"Authorization": f"Bearer {admin.token}"}) as opened:
        yield opened


def _write_what_the_examples_name(settings: ServerSettings) -> None:
    """An added file, and a job that is done."""
    settings.added_folder.mkdir()
    entry = {"file": "渔业.txt", "title": "渔业补贴"}
    manifest = settings.added_folder / "manifest.json"
    manifest.write_text(json.dumps({"sources": [entry]}), encoding="utf-8")
    (shown,) = (each for each in REQUESTS if "job_id" in each.place)
    job = {**(shown.answer or {}), "state": "succeeded", "server": 1}
    (settings.data_folder / "jobs").mkdir(parents=True)
    record = settings.data_folder / "jobs" / f"{job['id']}.json"
    record.write_text(json.dumps(job), encoding="utf-8")


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
    ("post", "/api/v1/admin/documents"),
    ("delete", "/api/v1/admin/documents/{file}"),
    ("post", "/api/v1/admin/rebuild"),
    ("get", "/api/v1/admin/jobs"),
    ("get", "/api/v1/admin/jobs/{job_id}"),
    ("get", "/api/v1/admin/state"),
    ("get", "/api/v1/admin/feedback"),
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
    sent: dict[str, Any] = {}
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        sent["json" if kind == "application/json" else "content"] = body["example"]

    response = client.request(method, path.format_map(place), params=query, **sent)

    if "204" in operation["responses"]:
        assert (response.status_code, response.content) == (204, b"")
        return
    assert str(response.status_code) == ("200" if "200" in operation["responses"] else "202")
    answered = operation["responses"][str(response.status_code)]["content"]["application/json"]
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

"""Examples in the OpenAPI description: requests, and what the index of the repository answers.

``python -m server.openapi_examples`` asks again and writes ``openapi_examples.json``; long lists
are cut in it, so that the description stays readable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

RESPONSES = Path(__file__).parent / "openapi_examples.json"
_DAY = "2021-06-01"  # fixed, so that the standing in an example doesn't change with the day
_LONGEST_LIST = 3  # an answer has at most as many citations, to which its parts point


@dataclass(frozen=True, slots=True)
class ExampleRequest:
    """One request; ``path`` is as the description has it, ``place`` fills in what it names.

    One that isn't answered gets an empty response. What an administrator gets depends on what
    was done before: its ``answer`` is written here. ``upload`` is a body that is a file.
    """

    method: str
    path: str
    place: dict[str, str] = field(default_factory=dict)
    query: dict[str, str | int] = field(default_factory=dict)
    body: dict[str, object] | None = None
    is_answered: bool = True
    answer: dict[str, object] | None = None
    upload: str | None = None

    @property
    def parameters(self) -> dict[str, str | int]:
        """Every parameter by name, of the path and of the query."""
        return {**self.place, **self.query}


_JOB: dict[str, object] = {
    "id": "5f0c6b1d2e3a4978",
    "kind": "ingest",
    "subject": "渔业.txt",
    "state": "queued",
    "created": "2026-03-02T08:30:00Z",
    "finished": None,
    "result": None,
    "error": None,
}
_UPLOADED = "某省财政厅关于渔业补贴的通知\n某财〔2030〕7号\n一、渔民更新渔船,每艘补贴三万元。\n"
_ADMINISTRATION = (
    ExampleRequest(
        "post",
        "/api/v1/admin/documents",
        query={"file": "渔业.txt", "title": "渔业补贴"},
        upload=_UPLOADED,
        answer=_JOB,
    ),
    ExampleRequest(
        "delete",
        "/api/v1/admin/documents/{file}",
        place={"file": "渔业.txt"},
        answer=_JOB | {"kind": "remove"},
    ),
    ExampleRequest("post", "/api/v1/admin/rebuild", answer=_JOB | {"kind": "build", "subject": ""}),
    ExampleRequest("get", "/api/v1/admin/jobs", answer={"jobs": [_JOB]}),
    ExampleRequest(
        "get", "/api/v1/admin/jobs/{job_id}", place={"job_id": str(_JOB["id"])}, answer=_JOB
    ),
    ExampleRequest(
        "get",
        "/api/v1/admin/state",
        answer={
            "index": "20260302T083000000000-3f2a9c01",
            "added": [{"file": "渔业.txt", "title": "渔业补贴"}],
            "unfinished": [_JOB],
        },
    ),
    ExampleRequest(
        "get",
        "/api/v1/admin/feedback",
        query={"limit": 1},
        answer={
            "records": [
                {
                    "time": "2026-03-02T08:30:00Z",
                    "index": "3f2a9c01",
                    "question": "学徒制一年补多少钱",
                    "helpful": True,
                    "comment": "金额清楚",
                }
            ],
            "unreadable": 0,
        },
    ),
)

REQUESTS = (
    ExampleRequest(
        "get", "/api/v1/search", query={"q": "带徒弟有补助吗", "limit": 1, "as_of": _DAY}
    ),
    ExampleRequest(
        "post", "/api/v1/answer", body={"question": "学徒制一年补多少钱", "as_of": _DAY}
    ),
    ExampleRequest(
        "get", "/api/v1/lookup", query={"q": "云财规(2019)3号第四条第(二)项", "as_of": _DAY}
    ),
    ExampleRequest(
        "get",
        "/api/v1/documents",
        query={"issuer": "财政厅", "year_from": 2019, "limit": 3, "as_of": _DAY},
    ),
    ExampleRequest(
        "get",
        "/api/v1/documents/{document_id}",
        place={"document_id": "云人社发-2019-16"},
        query={"as_of": _DAY},
    ),
    ExampleRequest(
        "get",
        "/api/v1/clauses/{clause_id}",
        place={"clause_id": "云财规-2019-3:第四条.(二)"},
        query={"as_of": _DAY},
    ),
    ExampleRequest(
        "post",
        "/api/v1/benefits/match",
        body={"profile": {"occupation": "电工", "level": "中级", "year": 2021}, "as_of": _DAY},
    ),
    ExampleRequest(
        "get",
        "/api/v1/documents/{document_id}/original",
        place={"document_id": "云财规-2019-3"},
    ),
    ExampleRequest("get", "/api/v1/suggest", query={"q": "学徒", "limit": 3}),
    ExampleRequest("get", "/api/v1/collection", query={"as_of": _DAY}),
    ExampleRequest(
        "post",
        "/api/v1/feedback",
        body={"question": "学徒制一年补多少钱", "helpful": True, "comment": "金额清楚"},
        is_answered=False,
    ),
    *_ADMINISTRATION,
    ExampleRequest("get", "/healthz"),
    ExampleRequest("get", "/readyz"),
)


def install(app: FastAPI) -> None:
    """Give the OpenAPI description of ``app`` the examples, when it is first asked for."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            _add_examples(description)
            app.openapi_schema = description
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _add_examples(description: dict[str, Any]) -> None:
    responses = json.loads(RESPONSES.read_text(encoding="utf-8"))
    for request in REQUESTS:
        if request.path not in description["paths"]:  # there is no administration
            continue
        operation = description["paths"][request.path][request.method]
        for parameter in operation.get("parameters", []):
            if parameter["name"] in request.parameters:
                parameter["example"] = request.parameters[parameter["name"]]
        if request.body is not None:
            operation["requestBody"]["content"]["application/json"]["example"] = request.body
        if request.upload is not None:
            uploaded = operation["requestBody"]["content"]["application/octet-stream"]
            uploaded["example"] = request.upload
        if request.is_answered:
            described = operation["responses"]
            answer = described["200" if "200" in described else "202"]["content"]
            given = request.answer or responses[request.path]
            answer["application/json"]["example"] = given


def _shortened(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, list):
        return [_shortened(each) for each in value[:_LONGEST_LIST]]
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return value


def write_responses() -> None:
    """Ask the current index all example requests, and keep what it answers."""
    from fastapi.testclient import TestClient  # noqa: PLC0415  (only who writes asks)

    from server.app import create_app  # noqa: PLC0415  (it describes itself with this module)
    from server.knowledge_base import KnowledgeBase  # noqa: PLC0415
    from server.settings import ServerSettings  # noqa: PLC0415

    client = TestClient(create_app(knowledge_base=KnowledgeBase.open(ServerSettings())))
    answered = {
        request.path: _shortened(
            client.request(
                request.method,
                request.path.format_map(request.place),
                params=request.query,
                json=request.body,
            ).json()
        )
        for request in REQUESTS
        if request.is_answered and request.answer is None
    }
    text = json.dumps(answered, ensure_ascii=False, indent=1)
    RESPONSES.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_responses()

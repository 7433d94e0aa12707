"""The administration: nobody gets in without the token, nothing gets out of its folder."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.readers import ENDINGS
from corpus.sources.file_names import fault_of
from indexer.errors import IngestError
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.security.admin_token import AdminDoor, UnauthorizedError, make_token
from server.security.jobs import JobQueue
from server.security.uploads import require_file_name
from server.settings import ServerSettings
from tests.indexer.small_collection import write_source

ADMIN = make_token()
NOTICE = (
    "某省财政厅关于渔业补贴的通知\n某财〔2030〕7号\n各市财政局:\n"
    "一、渔民更新渔船,每艘补贴三万元。\n某省财政厅\n2030年2月1日\n"
)
FAILURES = 10
SLOW = (sys.executable, "-c", "import time; time.sleep(5)")
WITHOUT_MODEL = (sys.executable, "-m", "tests.indexer.command_without_model")
ADDRESSES = (
    ("POST", "/api/v1/admin/documents?file=a.txt"),
    ("DELETE", "/api/v1/admin/documents/a.txt"),
    ("POST", "/api/v1/admin/rebuild"),
    ("GET", "/api/v1/admin/jobs"),
    ("GET", "/api/v1/admin/jobs/0123456789abcdef"),
    ("GET", "/api/v1/admin/state"),
    ("GET", "/api/v1/admin/feedback"),
)
Open = Callable[..., TestClient]


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    sources = tmp_path / "sources"
    sources.mkdir()
    write_source(sources, NOTICE.replace("7号", "6号"))
    return ServerSettings(
        data_folder=tmp_path / "data",
        sources_folder=sources,
        added_folder=tmp_path / "added",
        feedback=tmp_path / "feedback.jsonl",
        admin_token_hash=ADMIN.token_hash,
        admin_failures_per_minute=FAILURES,
        admin_largest_upload=1,
    )


@pytest.fixture
def visitor(settings: ServerSettings, knowledge_base: KnowledgeBase) -> TestClient:
    app = create_app(settings, knowledge_base)
    app.state.jobs = JobQueue(settings, command=("true",))
    return TestClient(app)


@pytest.fixture
def admin(visitor: TestClient) -> TestClient:
    visitor.headers["Authorization"] = f"Bearer {ADMIN.token}"
    return visitor


def test_without_a_token_set_there_is_no_administration(knowledge_base: KnowledgeBase) -> None:
    client = TestClient(create_app(ServerSettings(), knowledge_base))
    headers = {"Authorization": f"Bearer {ADMIN.token}"}
    for method, address in ADDRESSES:
        assert client.request(method, address, headers=headers).status_code == 404
    assert "admin" not in client.get("/openapi.json").text


@pytest.mark.parametrize(
    "sent", [None, "Bearer wrong", f"Basic {ADMIN.token}", f"Bearer {ADMIN.token_hash}", "Bearer "]
)
def test_only_the_token_opens(
    visitor: TestClient, settings: ServerSettings, sent: str | None
) -> None:
    for method, address in ADDRESSES:
        refused = visitor.request(method, address, headers={"Authorization": sent} if sent else {})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.headers["Cache-Control"] == "no-store"
    assert not (settings.data_folder / "jobs").exists()


def test_who_fails_too_often_waits_even_with_the_token(visitor: TestClient) -> None:
    for _ in range(FAILURES):
        assert visitor.get("/api/v1/admin/jobs").status_code == 401
    late = visitor.get("/api/v1/admin/jobs", headers={"Authorization": f"Bearer {ADMIN.token}"})
    assert late.status_code == 429
    assert 1 <= int(late.headers["Retry-After"]) <= 60


def test_failures_of_one_address_do_not_shut_others_out() -> None:
    door = AdminDoor(ADMIN.token_hash, failures_per_minute=1)
    with pytest.raises(UnauthorizedError):
        door.let_in("wrong", "192.0.2.1")
    door.let_in(ADMIN.token, "192.0.2.2")


@given(st.text())
def test_no_text_opens_but_the_token(text: str) -> None:
    door = AdminDoor(ADMIN.token_hash, failures_per_minute=10)
    with pytest.raises(UnauthorizedError):
        door.let_in(text, "")


def test_tokens_differ_and_their_hash_tells_nothing_of_them() -> None:
    first, second = make_token(), make_token()
    assert first.token != second.token
    assert len(first.token) >= 43  # 256 bits
    assert first.token not in first.token_hash


@pytest.mark.parametrize("given_hash", ["secret", ADMIN.token, "sha256:" + "g" * 64])
def test_a_setting_that_is_no_hash_is_refused(given_hash: str) -> None:
    with pytest.raises(ValidationError):
        ServerSettings(admin_token_hash=given_hash)


def finished(admin: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    for _ in range(600):
        shown: dict[str, Any] = admin.get(f"/api/v1/admin/jobs/{job['id']}").json()
        if shown["state"] not in ("queued", "running"):
            return shown
        time.sleep(0.1)
    pytest.fail(f"job stays {shown['state']}")


def test_an_uploaded_document_is_added_and_taken_away(
    settings: ServerSettings, admin: TestClient
) -> None:
    admin.app.state.jobs = JobQueue(settings, WITHOUT_MODEL)  # type: ignore[attr-defined]
    sent = admin.post(
        "/api/v1/admin/documents", params={"file": "渔业.txt"}, content=NOTICE.encode()
    )
    assert sent.status_code == 202
    done = finished(admin, sent.json())
    assert done["state"] == "succeeded", done["error"]
    assert done["result"]["files"][0]["documents"][0]["doc_number"] == "某财〔2030〕7号"
    added = admin.get("/api/v1/admin/state").json()["added"]
    assert added == [{"file": "渔业.txt", "title": "某省财政厅关于渔业补贴的通知"}]
    assert list((settings.data_folder / "jobs").glob("*.upload")) == []

    removed = finished(admin, admin.delete("/api/v1/admin/documents/渔业.txt").json())
    assert removed["state"] == "succeeded", removed["error"]
    assert admin.get("/api/v1/admin/state").json()["added"] == []


def test_a_document_that_cannot_be_read_fails_with_the_reason(
    settings: ServerSettings, admin: TestClient
) -> None:
    admin.app.state.jobs = JobQueue(settings, WITHOUT_MODEL)  # type: ignore[attr-defined]
    sent = admin.post("/api/v1/admin/documents", params={"file": "坏.pdf"}, content=b"%PDF broken")
    done = finished(admin, sent.json())
    assert done["state"] == "failed"
    assert "损坏" in done["error"]
    assert not settings.added_folder.exists()


def test_an_upload_that_is_too_large_leaves_nothing(
    settings: ServerSettings, admin: TestClient
) -> None:
    sent = admin.post(
        "/api/v1/admin/documents", params={"file": "a.txt"}, content=b"x" * (1024 * 1024 + 1)
    )
    assert sent.status_code == 413
    assert list((settings.data_folder / "jobs").iterdir()) == []


BAD_NAMES = (
    "../a.txt",
    "..\\a.txt",
    "/etc/a.txt",
    "C:a.txt",
    "a/b.txt",
    ".a.txt",
    "a\x00.txt",
    "a\n.txt",
    "a\x1b[2J.txt",
    "txt.\u202egpj.txt",
    "a.exe",
    "a.txt/",
    "长" * 90 + ".txt",
)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_elsewhere_is_refused(
    admin: TestClient, settings: ServerSettings, name: str
) -> None:
    sent = admin.post("/api/v1/admin/documents", params={"file": name}, content=NOTICE.encode())
    assert sent.status_code == 422
    assert not (settings.data_folder / "jobs").exists()


@given(st.text(alphabet=st.sampled_from("a./\\:\x00 ~\u202e渔"), max_size=20))
def test_a_name_that_is_taken_stays_in_its_folder(name: str) -> None:
    try:
        taken = require_file_name(name + ".txt")
    except IngestError:
        return
    folder = Path("/nowhere/uploads")
    assert (folder / taken).resolve().parent == folder


@pytest.mark.parametrize(
    "name", ["渔业补贴(2030).txt", "a b.PDF", "下册.docx", "云财规〔2019〕3号.md"]
)
def test_usual_names_are_taken(name: str) -> None:
    assert fault_of(name) is None
    assert require_file_name(name) == name
    assert Path(name).suffix.lower() in ENDINGS


@pytest.mark.parametrize("name", ["../../server/settings.py", "..", "a.txt"])
def test_only_what_was_added_can_be_taken_away(admin: TestClient, name: str) -> None:
    assert admin.delete(f"/api/v1/admin/documents/{name}").status_code in (404, 405, 422)


def test_jobs_wait_in_a_queue_that_is_short(settings: ServerSettings, admin: TestClient) -> None:
    admin.app.state.jobs = JobQueue(settings, SLOW)  # type: ignore[attr-defined]
    statuses = [admin.post("/api/v1/admin/rebuild").status_code for _ in range(6)]
    assert statuses.count(429) >= 1
    assert statuses[0] == 202


def test_a_job_whose_server_is_gone_is_said_to_be_interrupted(
    settings: ServerSettings, admin: TestClient
) -> None:
    job = admin.post("/api/v1/admin/rebuild").json()
    finished(admin, job)
    path = settings.data_folder / "jobs" / f"{job['id']}.json"
    record = json.loads(path.read_text()) | {"state": "running", "server": 2**22 + 1}
    path.write_text(json.dumps(record))
    assert admin.get(f"/api/v1/admin/jobs/{job['id']}").json()["state"] == "interrupted"


def test_feedback_is_read_newest_first(admin: TestClient, settings: ServerSettings) -> None:
    assert admin.get("/api/v1/admin/feedback").json() == {"records": [], "unreadable": 0}
    for question in ("学徒制", "工伤"):
        admin.post("/api/v1/feedback", json={"question": question, "helpful": True})
    assert settings.feedback is not None
    with settings.feedback.open("a") as file:
        file.write("no record\n")
    given_back = admin.get("/api/v1/admin/feedback", params={"limit": 3}).json()
    assert [record["question"] for record in given_back["records"]] == ["工伤", "学徒制"]
    assert given_back["unreadable"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static//etc/passwd",
        "/documents/..%2f..%2fetc%2fpasswd",
        "/api/v1/documents/..%2f..%2fpyproject.toml",
        "/api/v1/documents/%00",
        "/api/v1/clauses/..%5c..%5cpyproject.toml",
    ],
)
def test_no_address_leads_out_of_the_server(visitor: TestClient, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 404
    for secret in ("root:", "admin_token_hash", "[project]"):
        assert secret not in response.text

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from server.app import create_app
from server.feedback import FeedbackBox, FeedbackIn
from server.knowledge_base import KnowledgeBase
from server.refusals import TooManyRequestsError
from server.settings import ServerSettings
from server.web.rendering import WEB

FORM = {"question": "带徒弟有补助吗", "helpful": "no", "comment": "没说\r\n多少钱"}
SAID = FORM | {"helpful": False}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "feedback.jsonl"


@pytest.fixture
def client(file: Path, knowledge_base: KnowledgeBase) -> TestClient:
    settings = ServerSettings(feedback=file, feedback_per_minute=2)
    return TestClient(create_app(settings, knowledge_base), follow_redirects=False)


def _records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_form_is_kept_and_answered_with_thanks(
    client: TestClient, file: Path, knowledge_base: KnowledgeBase
) -> None:
    sent = client.post("/feedback", data=FORM)
    assert sent.status_code == 303
    thanks = client.get(sent.headers["location"])
    assert "谢谢" in thanks.text
    assert "回到“带徒弟有补助吗”" in thanks.text
    [record] = _records(file)
    assert record["index"] == knowledge_base.index.manifest.fingerprint
    assert record["helpful"] is False
    assert record["comment"] == "没说\n多少钱"
    assert record.keys() == {"time", "index", "question", "helpful", "comment"}
    assert file.stat().st_mode & 0o077 == 0


def test_the_api_keeps_the_same(client: TestClient, file: Path) -> None:
    given_back = client.post("/api/v1/feedback", json={"question": "学徒制", "helpful": True})
    assert given_back.status_code == 204
    assert _records(file)[0]["comment"] == ""


def test_who_sends_too_much_is_told_when_to_come_back(client: TestClient, file: Path) -> None:
    for _ in range(2):
        assert client.post("/feedback", data=FORM).status_code == 303
    page, api = client.post("/feedback", data=FORM), client.post("/api/v1/feedback", json=SAID)
    for refused in (page, api):
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert 'role="alert"' in page.text
    assert api.json()["type"] == "/problems/too-many-requests"
    assert len(_records(file)) == 2


def test_each_address_has_its_own_share(file: Path) -> None:
    box, said = FeedbackBox(file, per_minute=1), FeedbackIn(question="学徒制", helpful=True)
    box.put(said, "index", "192.0.2.1")
    box.put(said, "index", "192.0.2.2")
    with pytest.raises(TooManyRequestsError):
        box.put(said, "index", "192.0.2.1")


@pytest.mark.parametrize(
    "wrong",
    [{"helpful": ""}, {"question": " "}, {"question": "问" * 501}, {"comment": "长" * 1001}],
)
def test_what_is_incomplete_or_too_long_is_not_kept(
    client: TestClient, file: Path, wrong: dict[str, object]
) -> None:
    assert client.post("/feedback", data=FORM | wrong).status_code == 422
    assert client.post("/api/v1/feedback", json=SAID | wrong).status_code == 422
    assert not file.exists()


def test_nobody_is_asked_unless_a_file_is_set(knowledge_base: KnowledgeBase) -> None:
    client = TestClient(create_app(ServerSettings(), knowledge_base))
    assert client.post("/feedback", data=FORM).status_code == 404
    assert client.post("/api/v1/feedback", json=SAID).status_code == 404


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCE_FEEDBACK", "")
    assert ServerSettings().feedback is None


def test_a_file_that_cannot_be_written_is_admitted_and_the_text_not_logged(
    tmp_path: Path, knowledge_base: KnowledgeBase, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(ServerSettings(feedback=tmp_path), knowledge_base))
    with caplog.at_level(logging.DEBUG):
        assert client.post("/feedback", data=FORM).status_code == 503
        assert client.post("/api/v1/feedback", json=SAID).status_code == 503
    assert "徒弟" not in caplog.text
    assert "多少钱" not in caplog.text


def test_records_of_many_writers_stay_whole(file: Path) -> None:
    boxes = [FeedbackBox(file, per_minute=1000) for _ in range(4)]
    said = FeedbackIn(question="问", helpful=True, comment="长" * 1000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: boxes[at % 4].put(said, str(at), "client"), range(200)))
    assert sorted(int(record["index"]) for record in _records(file)) == list(range(200))


@given(comment=st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_comment_is_one_line_that_reads_back(
    comment: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("feedback") / "kept.jsonl"
    said = FeedbackIn(question="问", helpful=True, comment=comment)
    FeedbackBox(file, per_minute=1).put(said, "index", "client")
    [line] = file.read_bytes().splitlines()
    assert json.loads(line)["comment"] == said.comment


def test_the_form_is_shown_only_where_feedback_is_kept(client: TestClient) -> None:
    environment = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True)
    line = '{% from "feedback_form.html" import feedback_form with context %}{{ feedback_form(q) }}'
    template = environment.from_string(line)
    off = create_app(ServerSettings())
    assert template.render(request={"app": off}, q="问").strip() == ""
    shown = template.render(request={"app": client.app}, q='"><b>')
    assert 'action="/feedback"' in shown
    assert "<b>" not in shown

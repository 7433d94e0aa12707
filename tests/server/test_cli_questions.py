"""Questions on the command line: off by default, refused without an endpoint, shown when asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from indexer.build import BuildProgress, BuildReport, build_index
from indexer.errors import DianceError
from indexer.settings import IndexSettings
from server.commands.main import app
from tests.indexer.small_collection import HashingEncoder, write_source
from tests.indexer.stand_in_model import Reply, error, good, stand_in_model

NOTICE = (
    "某省财政厅关于渔业补贴的通知\n某财〔2030〕7号\n各市财政局:\n"
    "一、渔民更新渔船,每艘补贴三万元。\n二、本通知自2030年3月1日起施行。\n"
    "某省财政厅\n2030年2月1日\n"
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to add to a collection of its own, built without a model."""
    sources = tmp_path / "sources"
    sources.mkdir()
    write_source(sources, NOTICE.replace("7号", "6号"))

    def without_model(
        settings: IndexSettings, *, progress: BuildProgress, encoder: None = None
    ) -> BuildReport:
        return build_index(settings, encoder=HashingEncoder(), progress=progress)

    monkeypatch.setattr("indexer.ingest.build_index", without_model)
    monkeypatch.setattr("server.commands.questions.build_index", without_model)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DIANCE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("DIANCE_SOURCES_FOLDER", str(sources))
    monkeypatch.setenv("DIANCE_ADDED_FOLDER", str(tmp_path / "added"))
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"DIANCE_GENERATOR_{name}", raising=False)
    path = tmp_path / "渔业.txt"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def diance(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def good_reply(_clause: str, _count: int) -> Reply:
    return good("老船换新船能领钱不")


def test_without_an_endpoint_nothing_is_added(path: Path) -> None:
    result = diance("ingest", str(path), "--questions")
    assert isinstance(result.exception, DianceError)
    assert "DIANCE_GENERATOR_URL" in str(result.exception)
    assert not (path.parent / "added").exists()


def test_questions_come_only_when_asked_for_and_later_if_wanted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stand_in_model(good_reply) as model:
        monkeypatch.setenv("DIANCE_GENERATOR_URL", model.url)
        monkeypatch.setenv("DIANCE_GENERATOR_MODEL", "qwen-small")
        result = diance("ingest", str(path))
        assert result.exit_code == 0
        assert "3 个条款没有" in result.stdout
        result = diance("questions", "渔业.txt", "--check")
        assert "会发送 3 个条款" in result.stdout
        assert model.requests == []
        result = diance("questions", "--all")
        assert result.exit_code == 0
        assert "已为 3 个条款生成 3 个常见问法" in result.stdout
        assert len(model.requests) == 3
        assert "没有需要生成" in diance("questions", "渔业.txt").stdout
        result = diance("search", "老船换新船", "--mode", "lexical")
    assert "每艘补贴三万元" in result.stdout


def test_what_failed_is_reported_and_the_document_is_added(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stand_in_model(
        lambda clause, _: error(400) if "三万" in clause else good_reply("", 0)
    ) as model:
        monkeypatch.setenv("DIANCE_GENERATOR_URL", model.url)
        monkeypatch.setenv("DIANCE_GENERATOR_MODEL", "qwen-small")
        result = diance("ingest", str(path), "--questions", "--json")
    assert result.exit_code == 1
    body = json.loads(result.stdout)
    assert body["added"] is True
    assert body["generated"]["answered"] == 2
    assert [f["clause_id"] for f in body["generated"]["failures"]] == ["某财-2030-7:一"]


@pytest.mark.parametrize("arguments", [[], ["渔业.txt", "--all"]])
def test_which_files_must_be_said(path: Path, arguments: list[str]) -> None:
    result = diance("questions", *arguments)
    assert isinstance(result.exception, DianceError)
    assert "--all" in str(result.exception)

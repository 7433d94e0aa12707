"""The command ``benefits``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexer.errors import InvalidQueryError, NotFoundError
from server.commands.main import app

runner = CliRunner()
pytestmark = pytest.mark.usefixtures("index")


def test_benefits_are_shown_with_sum_conditions_and_source() -> None:
    result = runner.invoke(app, ["benefits", "我是电工,2021年考了中级技能等级证,能领多少钱"])
    assert result.exit_code == 0
    assert "2000元/人" in result.output
    assert "云人社通〔2021〕22号" in result.output
    assert "还想知道" in result.output


def test_a_profile_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    path.write_text(json.dumps({"groups": ["云南省技术能手"], "year": 2019}), encoding="utf-8")
    result = runner.invoke(app, ["benefits", "--profile", str(path), "--json"])
    assert result.exit_code == 0
    named = {found["id"]: found for found in json.loads(result.stdout)["benefits"]}
    assert any("2万元" in (found["amount"] or {}).get("text", "") for found in named.values())


def test_every_rule_is_listed_with_its_clause() -> None:
    lines = runner.invoke(app, ["benefits", "--list"]).stdout.splitlines()
    assert len(lines) > 500
    assert all(len(line.split("\t")) == 3 for line in lines)


def test_nothing_to_fit_is_a_status_of_its_own() -> None:
    result = runner.invoke(app, ["benefits", "今天天气怎么样"])
    assert isinstance(result.exception, NotFoundError)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "profile"),
        (["--profile", "/nowhere.json"], "无法读取"),
    ],
)
def test_bad_input_says_what_to_do(arguments: list[str], words: str) -> None:
    result = runner.invoke(app, ["benefits", *arguments])
    assert isinstance(result.exception, InvalidQueryError)
    assert words in str(result.exception)

"""The command as a user runs it: a process of its own, its output and exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from indexer.search import SearchIndex
from server.commands.main import app


def diance(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.commands.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
        timeout=120,
    )


def assert_one_clear_line(
    result: subprocess.CompletedProcess[str], status: int, words: str
) -> None:
    assert result.returncode == status
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if not line.startswith("· ")]
    assert len(lines) == 1
    assert words in lines[0]


@pytest.mark.usefixtures("index")
def test_search_prints_clauses_with_citations() -> None:
    result = diance("search", "导师带徒津贴", "--mode", "lexical", "--limit", "2")
    assert result.returncode == 0
    assert "(云人社发〔2019〕16号)" in result.stdout


@pytest.mark.usefixtures("index")
def test_search_prints_what_it_understood_and_where_else_a_rule_stands() -> None:
    result = diance("search", "2019年以工代训 贫困劳动力 工资总额20%", "--mode", "lexical")
    assert "已留意:年份 2019年" in result.stderr
    assert "同样的规定还见于:《" in result.stdout


@pytest.mark.usefixtures("index")
def test_json_is_what_the_api_returns() -> None:
    result = diance("search", "导师带徒津贴", "--mode", "lexical", "--limit", "2", "--json")
    body = json.loads(result.stdout)
    assert body["mode"] == "lexical"
    assert "from" in body["results"][0]["document"]["status"]
    body = json.loads(diance("lookup", "云财规(2019)3第四条", "--json").stdout)
    assert body["match"] == "variant"
    assert body["clause"]["clause"]["label"] == "第四条"
    body = json.loads(diance("show", "云财规〔2019〕3号", "--json").stdout)
    assert body["doc_number"] == "云财规〔2019〕3号"
    body = json.loads(diance("show", "云财规-2019-3:第四条", "--json").stdout)
    assert body["hit"]["clause"]["id"] == "云财规-2019-3:第四条"


@pytest.mark.usefixtures("index")
def test_what_is_not_found_ends_with_one() -> None:
    assert diance("lookup", "黔府发〔2003〕777号").returncode == 1
    assert_one_clear_line(diance("show", "nothing"), 1, "没有编号或文号")


@pytest.mark.usefixtures("index")
def test_bad_input_ends_with_two() -> None:
    assert_one_clear_line(diance("search", " "), 2, "查询内容为空")
    assert_one_clear_line(diance("search", "字" * 501), 2, "超过了500字")
    assert diance("search", "电工", "--limit", "99").returncode == 2
    assert_one_clear_line(diance("lookup", "电工", DIANCE_PORT="x"), 2, "DIANCE_PORT")


@pytest.mark.usefixtures("index")
def test_build_says_that_the_index_is_up_to_date() -> None:
    result = diance("build", "--json")
    body = json.loads(result.stdout)
    assert body["fresh"] is False
    assert body["counts"]["documents"] == 42


@pytest.mark.usefixtures("index")
def test_doctor_says_that_all_is_well_and_where_every_character_went() -> None:
    body = json.loads(diance("doctor", "--json").stdout)
    assert body["healthy"] is True
    messages = {finding["subject"]: finding["message"] for finding in body["findings"]}
    assert "各有一处归属" in messages["归属"]
    assert "云财规〔2019〕3号" in messages["目录"]
    assert "校验无误" in messages["索引"]


def test_doctor_names_the_cure_when_there_is_no_index(empty_data_folder: Path) -> None:
    result = diance("doctor", DIANCE_MODEL="/nowhere/model")
    assert result.returncode == 1
    assert "✗ 模型:找不到向量模型目录 /nowhere/model" in result.stdout
    assert "diance build" in result.stdout
    assert not (empty_data_folder / "index").exists()


def test_a_missing_index_names_the_command(empty_data_folder: Path) -> None:
    assert_one_clear_line(diance("search", "电工"), 2, "diance build")
    assert not empty_data_folder.exists()


def test_a_wrong_model_path_is_named(empty_data_folder: Path) -> None:
    assert_one_clear_line(diance("build", DIANCE_MODEL="/nowhere/model"), 2, "/nowhere/model")
    assert not (empty_data_folder / "index").exists()


def test_a_model_folder_that_is_none_is_named(empty_data_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "no-model"
    folder.mkdir()
    assert_one_clear_line(diance("build", DIANCE_MODEL=str(folder)), 2, "无法加载向量模型")
    assert not (empty_data_folder / "index").exists()


def test_a_missing_source_is_named(empty_data_folder: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "sources")
    assert_one_clear_line(diance("build", DIANCE_SOURCES_FOLDER=missing), 2, "找不到来源清单")


def test_a_port_in_use_is_said_before_anything_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_clear_line(diance("serve", "--port", port), 2, "--port")


def test_a_read_only_data_folder_is_one_clear_line(index: SearchIndex, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = diance("build", DIANCE_DATA_FOLDER=str(blocked))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("index")
def test_the_server_starts_becomes_ready_answers_and_stops() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "server.commands.main", "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            statuses = _wait_until_ready(client)
            assert set(statuses[:-1]) <= {None, 503}  # not listening yet, or loading
            body = client.get("/api/v1/search", params={"q": "电工培训补贴"}).json()
            assert body["results"]
    finally:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors


def _wait_until_ready(client: httpx.Client) -> list[int | None]:
    """Status of /readyz at each try, None while nothing listens; the last one is 200."""
    statuses: list[int | None] = []
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            statuses.append(client.get("/readyz").status_code)
        except httpx.TransportError:
            statuses.append(None)
        if statuses[-1] == 200:
            return statuses
        time.sleep(0.3)
    raise AssertionError(f"the server did not become ready: {statuses[-5:]}")


NOTICE = (
    "某省财政厅关于渔业补贴的通知\n某财〔2030〕7号\n各市财政局:\n一、渔民更新渔船,每艘补贴三万元。\n"
    "某省财政厅\n2030年2月1日\n"
)


@pytest.mark.usefixtures("index")
def test_a_file_is_checked_without_being_added(tmp_path: Path) -> None:
    path = tmp_path / "渔业.txt"
    path.write_text(NOTICE, encoding="utf-8")
    result = diance("ingest", str(path), "--check", "--json")
    assert result.returncode == 0
    body = json.loads(result.stdout)
    assert body["added"] is False
    assert body["files"][0]["documents"][0]["doc_number"] == "某财〔2030〕7号"
    result = diance("ingest", str(path), "--check")
    assert "某财〔2030〕7号" in result.stdout
    assert "没有添加" in result.stdout


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    assert_one_clear_line(diance("ingest", str(tmp_path / "没有.pdf")), 2, "无法打开")
    assert_one_clear_line(diance("remove", "没有.pdf"), 2, "没有添加过")


@pytest.mark.usefixtures("index")
def test_clauses_are_exported_as_lines_and_documents_as_xml(tmp_path: Path) -> None:
    result = diance("export", "云财规〔2019〕3号")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines[0]["kind"] == "title"
    assert {line["doc_number"] for line in lines} == {"云财规〔2019〕3号"}
    assert any(line["citation"].endswith("第四条第(二)项") for line in lines)
    output = tmp_path / "akn"
    result = diance(
        "export", "--format", "akn", "-o", str(output), "云财规〔2019〕3号", "云发-2018-4"
    )
    assert result.returncode == 0
    assert {path.name for path in output.iterdir()} == {"云财规-2019-3.xml", "云发-2018-4.xml"}
    result = diance("export", "--format", "akn")
    assert_one_clear_line(result, 2, "--output")


# --- help and completion, in this process ---


def in_process(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="diance", env=environment)


def test_help_groups_the_commands_and_shows_examples() -> None:
    result = in_process("--help")
    assert result.exit_code == 0
    for words in ("提问和查阅", "提供服务", "建立和维护", "例子", "diance answer", "退出码"):
        assert words in result.output


def test_every_command_explains_itself_in_chinese_and_asks_get_json() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.callback.__name__
        result = in_process(name, "--help")
        assert result.exit_code == 0
        assert re.search("[一-鿿]{4}", result.output), name
        if name not in ("serve", "mcp", "export"):
            assert "--json" in result.output, name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_and_installed(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    # Otherwise it is for the shell that runs the tests, if there is one.
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    shown = in_process("--show-completion", shell)
    assert shown.exit_code == 0
    assert "_DIANCE_COMPLETE" in shown.stdout
    assert in_process("--install-completion", shell).exit_code == 0
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert any("_DIANCE_COMPLETE" in text for text in written)


def test_completion_knows_commands_and_values() -> None:
    typed = {"_DIANCE_COMPLETE": "complete_bash", "COMP_WORDS": "diance se", "COMP_CWORD": "1"}
    assert in_process(**typed).stdout.split() == ["search", "serve"]
    typed |= {"COMP_WORDS": "diance search 电工 --mode ", "COMP_CWORD": "4"}
    assert in_process(**typed).stdout.split() == ["hybrid", "lexical", "dense"]


# --- the same filters as the API ---


@pytest.mark.usefixtures("index")
def test_documents_are_listed_and_filtered() -> None:
    result = in_process("documents", "--issuer", "财政厅", "--year-from", "2020")
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows
    assert all(len(row) == 4 and row[2] >= "2020" for row in rows)
    body = json.loads(in_process("documents", "--limit", "2", "--json").stdout)
    assert body["total"] == 42
    assert len(body["documents"]) == 2
    assert in_process("documents", "--issuer", "没有这个单位").exit_code == 1


@pytest.mark.usefixtures("index")
def test_a_search_is_narrowed_and_dated() -> None:
    arguments = ["search", "电工", "--mode", "lexical", "--json", "--as-of", "2021-12-01"]
    narrow = ["--doc-number", "云人社通〔2021〕22号", "--offset", "1"]
    body = json.loads(in_process(*arguments, *narrow).stdout)
    assert {hit["document"]["id"] for hit in body["results"]} == {"云人社通-2021-22"}
    assert body["results"][0]["rank"] == 2
    assert body["results"][0]["clause"]["status"]["as_of"] == "2021-12-01"
    shown = ["show", "云财规-2019-3:第四条", "--as-of", "2021-06-01", "--json"]
    body = json.loads(in_process(*shown).stdout)
    assert body["hit"]["clause"]["status"]["as_of"] == "2021-06-01"


@pytest.mark.usefixtures("index")
def test_a_document_is_shown_with_the_ids_of_its_clauses() -> None:
    result = in_process("show", "云财规〔2019〕3号")
    assert "[云财规-2019-3:第四条.(二)]" in result.stdout

"""What ``diance doctor`` says of the surroundings, and that it gives nothing away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import pytest
from pydantic import SecretStr

from indexer.settings import EngineKind
from server.doctor.engine import examine_engine
from server.doctor.finding import Finding, Severity
from server.doctor.surroundings import examine_surroundings, unmet
from server.settings import ServerSettings


@pytest.fixture
def service() -> Iterator[tuple[str, list[str]]]:
    """A service that answers 404 to everything, and all that it was sent."""
    received: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            received.append(f"{self.requestline}\n{self.headers}")
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", received
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def found(settings: ServerSettings, subject: str) -> Finding:
    (finding,) = (each for each in examine_surroundings(settings) if each.subject == subject)
    return finding


@pytest.mark.usefixtures("index")
def test_python_packages_and_disk_are_well() -> None:
    findings = {each.subject: each for each in examine_surroundings(ServerSettings())}
    assert set(findings) >= {"Python", "依赖", "磁盘", "语言模型"}
    assert findings["Python"].severity is Severity.OK
    assert findings["依赖"].severity is not Severity.FAULT
    assert "MB" in findings["磁盘"].message


@pytest.mark.usefixtures("index")
def test_an_engine_that_cannot_be_reached_is_a_fault() -> None:
    settings = ServerSettings(
        engine=EngineKind.MILVUS, milvus_uri="http://127.0.0.1:1", milvus_timeout=0.5
    )
    (finding,) = examine_engine(settings)
    assert finding.severity is Severity.FAULT
    assert "http://127.0.0.1:1" in finding.message
    assert list(examine_engine(ServerSettings())) == []


def test_a_folder_that_does_not_exist_yet_has_a_disk(tmp_path: Path) -> None:
    settings = ServerSettings(data_folder=tmp_path / "not" / "yet")
    assert str(tmp_path.resolve()) in found(settings, "磁盘").message
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_or_too_old_is_named() -> None:
    now = metadata.version("pytest")
    faults = unmet(["pytest>=1", "pytest<1", "no-such-package>2", "no-such-extra; extra == 'x'"])
    assert faults == [f"pytest 是 {now},需要 <1", "缺少 no-such-package"]


@pytest.mark.parametrize(
    ("use", "subject"), [("answer", "组织文字的模型"), ("generator", "生成问法的模型")]
)
def test_a_service_that_is_set_is_reached_without_telling_it_anything(
    service: tuple[str, list[str]], use: str, subject: str
) -> None:
    url, received = service
    settings = ServerSettings.model_validate(
        {f"{use}_url": url, f"{use}_model": "secret-model", f"{use}_key": SecretStr("secret-key")}
    )
    finding = found(settings, subject)
    assert finding.severity is Severity.OK
    assert "可以连接" in finding.message
    assert "secret-key" not in finding.message
    (request,) = received
    assert request.startswith("HEAD / HTTP/1.1")
    assert "secret" not in request.lower()
    assert "authorization" not in request.lower()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"answer_url": "http://127.0.0.1:9/v1"}, "DIANCE_ANSWER_MODEL"),
        ({"answer_url": "ftp://x", "answer_model": "m"}, "不是可用的网址"),
        ({"answer_url": "http://127.0.0.1:9/v1", "answer_model": "m"}, "连不上 http://127.0.0.1:9"),
    ],
)
def test_a_service_that_cannot_be_used_names_the_cure(settings: dict[str, str], words: str) -> None:
    finding = found(ServerSettings.model_validate(settings), "组织文字的模型")
    assert finding.severity is Severity.FAULT
    assert words in finding.message
    assert "请" in finding.message

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from corpus.sources import SOURCES_FOLDER, Source, SourceError, load_sources


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    shutil.copytree(SOURCES_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_the_compilation_is_read_character_for_character(source: Source) -> None:
    raw = (SOURCES_FOLDER / source.file).read_bytes()
    assert source.text.encode("utf-8") == raw
    assert source.text.count("\n") == 4703 - 1 + raw.endswith(b"\n")


def test_a_changed_source_is_refused(copied: Path, source: Source) -> None:
    path = copied / source.file
    path.write_text(source.text.replace("4000元", "5000元"), encoding="utf-8")
    with pytest.raises(SourceError, match="与清单不符"):
        load_sources(copied)


def test_a_missing_source_is_named(copied: Path, source: Source) -> None:
    (copied / source.file).unlink()
    with pytest.raises(SourceError, match=source.file):
        load_sources(copied)


def test_a_missing_manifest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="请恢复"):
        load_sources(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sources": [{"file": "x.txt"}]}'])
def test_a_malformed_manifest_is_one_clear_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError):
        load_sources(tmp_path)


def test_a_source_that_is_no_text_is_refused(copied: Path, source: Source) -> None:
    content = bytes(range(128, 256)) * 4
    (copied / source.file).write_bytes(content)
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["sources"][0]["sha256"] = hashlib.sha256(content).hexdigest()
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(SourceError, match="UTF-8"):
        load_sources(copied)

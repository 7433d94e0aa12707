"""What the READMEs say of figures, commands and settings is true."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from indexer.search import SearchIndex
from server.commands.main import app
from server.settings import ServerSettings

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCS = sorted((ROOT / "docs").glob("*.md"))
SETTINGS = {name.upper() for name in ServerSettings.model_fields}


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_figures_of_the_build_are_current(path: Path, index: SearchIndex) -> None:
    text = path.read_text(encoding="utf-8")
    counts = index.manifest.counts
    for name in ("documents", "provisions", "units", "passages", "errata"):
        assert re.search(rf"(?<!\d)(?<!\d,){counts[name]:,}(?!\d)", text), name


def settings_named_in(path: Path) -> set[str]:
    return set(re.findall(r"DIANCE_([A-Z_]+)", path.read_text(encoding="utf-8")))


def test_every_setting_is_documented() -> None:
    assert settings_named_in(ROOT / "docs" / "operations.md") == SETTINGS


@pytest.mark.parametrize("path", [*READMES, *DOCS], ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    assert settings_named_in(path) <= SETTINGS


@pytest.mark.parametrize("path", [*READMES, *DOCS], ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    commands = {
        *(command.callback.__name__ for command in app.registered_commands if command.callback),
        *(each.name for each in entry_points(group="diance.commands")),
    }
    assert set(re.findall(r"\.venv/bin/diance ([\w-]+)", text)) <= commands
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


def test_both_languages_give_the_same_figures() -> None:
    tables = [
        re.findall(r"\d\.\d{3} \[\d\.\d\d, \d\.\d\d\]", path.read_text(encoding="utf-8"))
        for path in READMES
    ]
    assert tables[0] == tables[1]
    assert len(tables[0]) == 20

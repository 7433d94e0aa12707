"""Shared by all tests: the real corpus, the real model, one index built with both."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import Compilation
from corpus.parser import parse_source
from corpus.sources import Source, load_sources
from indexer.build import build_index
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.knowledge_base import KnowledgeBase


@pytest.fixture(scope="session")
def source() -> Source:
    return load_sources()[0]


@pytest.fixture(scope="session")
def compilation(source: Source) -> Compilation:
    return parse_source(source)


@pytest.fixture(scope="session")
def index() -> SearchIndex:
    """The index of the checkout; `make test` has built it, a plain pytest builds it here."""
    settings = IndexSettings()
    build_index(settings)
    return SearchIndex.open(settings)


@pytest.fixture(scope="session")
def knowledge_base(index: SearchIndex) -> KnowledgeBase:
    return KnowledgeBase(index)


@pytest.fixture
def empty_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIANCE_DATA_FOLDER", str(tmp_path / "data"))
    return tmp_path / "data"

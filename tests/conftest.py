"""Shared by all tests: the real corpus, the real model, one index built with both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.edition import Edition, prepare_edition
from corpus.model import Compilation
from corpus.sources import Source, load_sources
from indexer.build import build_index
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.knowledge_base import KnowledgeBase


@pytest.fixture(scope="session")
def source() -> Source:
    return load_sources()[0]


@pytest.fixture(scope="session")
def edition(source: Source) -> Edition:
    return prepare_edition([source])


@pytest.fixture(scope="session")
def compilation(edition: Edition) -> Compilation:
    return edition.compilations[0]


@pytest.fixture(scope="session", autouse=True)
def _nothing_added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests count documents: those that a user added stay out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIANCE_ADDED_FOLDER", str(tmp_path_factory.mktemp("added")))
        yield


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

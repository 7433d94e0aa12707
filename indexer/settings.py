"""Where the index lives and which model makes its vectors. Environment variables: ``DIANCE_…``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

import corpus
from corpus.asked_as import QUESTIONS_FOLDER
from corpus.sources import SOURCES_FOLDER
from indexer.reading_settings import ReadingSettings

BUILT_IN_MODEL = "builtin:diance-e5-small"
BASE_MODEL = "builtin:multilingual-e5-small"
"""What the built-in model was trained from; to compare with, and to train again."""


def default_data_folder() -> Path:
    """``build/`` in a checkout, the user's data folder (XDG) for an installed package."""
    checkout = Path(corpus.__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "build"
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "diance"


def default_added_folder() -> Path:
    """Where documents that users add are kept: outside what ``make clean`` removes."""
    checkout = Path(corpus.__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "added"
    return default_data_folder() / "added"


class IndexSettings(ReadingSettings):
    """Settings of the build and of search.

    ``added_folder`` holds the documents that users added to those of ``sources_folder``;
    ``questions_folder`` holds the asked-as questions that people wrote. ``model``
    is a built-in model or any sentence-transformers name or path; ``threads`` are those of the
    model, ``lexical_weight`` is the share of BM25 in a hybrid ranking.

    What an ablation switches off: without ``questions`` the index knows the texts only, not how
    people ask for them; without ``dictionary`` words are cut by jieba's own dictionary (these two
    are of the build, an index keeps what it was built with); without ``lexicon`` a query is
    searched for as typed, neither everyday words expanded nor homophones mended.
    """

    model_config = SettingsConfigDict(env_prefix="DIANCE_", extra="ignore", protected_namespaces=())

    data_folder: Path = Field(default_factory=default_data_folder)
    sources_folder: Path = SOURCES_FOLDER
    added_folder: Path = Field(default_factory=default_added_folder)
    questions_folder: Path = QUESTIONS_FOLDER
    model: str = BUILT_IN_MODEL
    threads: int = Field(default=2, ge=1, le=256)
    questions: bool = True
    dictionary: bool = True
    lexicon: bool = True
    lexical_weight: float = Field(default=0.4, ge=0, le=1)

    @property
    def index_folder(self) -> Path:
        """Holds one folder a build and the pointer to the current one."""
        return self.data_folder / "index"

    @property
    def model_folder(self) -> Path:
        """What is made of the built-in models at set-up."""
        return self.data_folder / "model"

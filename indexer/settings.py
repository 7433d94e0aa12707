"""Where the index lives and which model makes its vectors. Environment variables: ``DIANCE_…``."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

import corpus
from corpus.asked_as import QUESTIONS_FOLDER
from corpus.sources import SOURCES_FOLDER
from indexer.reading_settings import ReadingSettings

BUILT_IN_MODEL = "builtin:diance-e5-small"
BASE_MODEL = "builtin:multilingual-e5-small"
"""What the built-in model was trained from; to compare with, and to train again."""
Precision = Literal["float32", "int8"]
EXACT_PASSAGES = 10_000
"""Up to so many vectors comparing all costs about 1 ms, hardly more than looking into cells."""


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


class EngineKind(StrEnum):
    """What finds candidates: this process alone, or a Milvus cluster."""

    EMBEDDED = "embedded"
    MILVUS = "milvus"


class IndexSettings(ReadingSettings):
    """Settings of the build and of search.

    ``added_folder`` holds the documents that users added to those of ``sources_folder``;
    ``questions_folder`` holds the asked-as questions that people wrote. ``model``
    is a built-in model or any sentence-transformers name or path; ``threads`` are those that encode
    texts at a build, ``lexical_weight`` is the share of BM25 in a hybrid ranking. Up to
    ``exact_passages`` vectors are compared in full, beyond that a query looks into the nearest
    cells only. ``precision`` is that in which a built-in model encodes texts at build; int8 takes a
    third of the time, and is for collections whose encoding takes hours. ``build_wait`` is for how
    many seconds a build waits for another one to end.

    What an ablation switches off: without ``questions`` the index knows the texts only, not how
    people ask for them; without ``dictionary`` words are cut by jieba's own dictionary (these two
    are of the build, an index keeps what it was built with); without ``lexicon`` a query is
    searched for as typed, neither everyday words expanded nor homophones mended.

    ``engine`` is what finds candidates. For that of a cluster ``milvus_uri`` is its address
    (``http://…``) or a file of Milvus Lite (``….db``), ``milvus_token`` is ``user:password`` or an
    API key, ``milvus_prefix`` begins the names of all collections, ``milvus_index`` is the kind of
    index over vectors (exact, or approximate for very many), ``milvus_timeout`` is in seconds.
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
    precision: Precision = "float32"
    exact_passages: int = Field(default=EXACT_PASSAGES, ge=0)
    engine: EngineKind = EngineKind.EMBEDDED
    milvus_uri: str = ""
    milvus_token: SecretStr = SecretStr("")
    milvus_prefix: str = Field(default="diance", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    milvus_index: Literal["FLAT", "HNSW"] = "FLAT"
    milvus_timeout: float = Field(default=10.0, gt=0)
    build_wait: float = Field(default=600, ge=0, le=86_400)

    @property
    def index_folder(self) -> Path:
        """Holds one folder a build and the pointer to the current one."""
        return self.data_folder / "index"

    @property
    def model_folder(self) -> Path:
        """What is made of the built-in models at set-up."""
        return self.data_folder / "model"

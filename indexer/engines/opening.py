"""Which engine the settings name: opened for search, and given a new build.

An engine's modules are loaded when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.engines.contract import Engine
from indexer.engines.embedded import Admitted, EmbeddedEngine
from indexer.index_folder import Manifest
from indexer.settings import EngineKind, IndexSettings
from indexer.store import Store


def open_engine(
    settings: IndexSettings, build: Path, manifest: Manifest, store: Store, admitted: Admitted
) -> Engine:
    """The engine on a build; ``admitted`` says which units pass filters.

    Raises:
        EngineError: it can't be reached, or hasn't got this build.
    """
    match settings.engine:
        case EngineKind.EMBEDDED:
            return EmbeddedEngine(build, manifest.counts["units"], admitted)
        case EngineKind.MILVUS:
            from indexer.engines.milvus.engine import MilvusEngine  # noqa: PLC0415

            return MilvusEngine(settings, build, manifest, store)


def load_engine(
    settings: IndexSettings,
    build: Path,
    manifest: Manifest,
    told_of: Callable[[str], None],
    *,
    again: bool = False,
) -> None:
    """Give a build to the engine, if that keeps its own copy; does nothing where it has it whole.

    Raises:
        EngineError: it can't be reached, or didn't keep everything.
    """
    if settings.engine is EngineKind.MILVUS:
        from indexer.engines.milvus.loading import load_build  # noqa: PLC0415

        load_build(settings, build, manifest, told_of, again=again)


def check_engine(settings: IndexSettings, manifest: Manifest) -> None:
    """Make sure that the engine can be reached and has a build whole.

    Raises:
        EngineError: it doesn't.
    """
    if settings.engine is EngineKind.MILVUS:
        from indexer.engines.milvus.engine import opened_collections  # noqa: PLC0415

        client, _ = opened_collections(settings, manifest)
        client.close()

"""Checks of the engine that finds candidates."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.engines.opening import check_engine
from indexer.errors import DianceError, EngineError
from indexer.index_folder import current_build, read_manifest
from indexer.settings import EngineKind, IndexSettings
from server.doctor.finding import Finding, Severity


def examine_engine(settings: IndexSettings) -> Iterator[Finding]:
    """Whether it can be reached and has the current build; nothing where there is no build."""
    if settings.engine is EngineKind.EMBEDDED:
        return
    try:
        manifest = read_manifest(current_build(settings.index_folder))
    except DianceError:
        return
    try:
        check_engine(settings, manifest)
    except EngineError as error:
        yield Finding("引擎", Severity.FAULT, str(error))
    else:
        name = manifest.fingerprint[:16]
        message = f"Milvus({settings.milvus_uri})有完整的当前索引({name})"
        yield Finding("引擎", Severity.OK, message)

"""``diance`` as a process whose builds need no model."""

from __future__ import annotations

from unittest import mock

from indexer.build import BuildProgress, BuildReport, build_index
from indexer.settings import IndexSettings
from server.commands.main import main
from tests.indexer.small_collection import HashingEncoder


def build_without_model(
    settings: IndexSettings, *, progress: BuildProgress, encoder: None = None
) -> BuildReport:
    return build_index(settings, encoder=HashingEncoder(), progress=progress)


if __name__ == "__main__":
    with mock.patch("indexer.ingest.build_index", build_without_model):
        main()

"""What a build of a collection costs, stage by stage."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from indexer.build import build_index
from indexer.embedding.encoder import Encoder
from indexer.index_folder import DENSE, LEXICAL, SENTENCES, STORE, VOCABULARY
from indexer.settings import IndexSettings

_MEGABYTE = 1e6
_PARTS = (STORE, LEXICAL, DENSE, SENTENCES, VOCABULARY)


@dataclass(frozen=True, slots=True)
class BuildCost:
    """CPU seconds by stage, in order; megabytes on disk by part; most memory held, in megabytes.

    ``units`` is how many clauses there are.
    """

    units: int
    seconds: dict[str, float]
    disk: dict[str, float]
    memory: float


class _Stages:
    """A build's progress as CPU seconds between one message and the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._since = time.process_time()

    def step(self, message: str) -> None:
        """The stage before ends here."""
        now = time.process_time()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = message.partition(":")[0], now

    def encoding(self, done: int, total: int) -> None:
        """Counts aren't measured."""


def settings_in(folder: Path) -> IndexSettings:
    """Settings of a collection in a folder of its own, with nothing of the user's."""
    return IndexSettings(
        data_folder=folder / "data",
        sources_folder=folder / "sources",
        added_folder=folder / "added",
        questions_folder=folder / "questions",
    )


def measure_build(folder: Path, encoder: Encoder) -> BuildCost:
    """Build the collection whose sources lie in ``folder`` and say what it took."""
    stages = _Stages()
    report = build_index(settings_in(folder), encoder=encoder, force=True, progress=stages)
    stages.step("")
    return BuildCost(
        units=report.counts["units"],
        seconds=stages.seconds,
        disk={part: _size(report.folder / part) / _MEGABYTE for part in _PARTS},
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEGABYTE,
    )


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())

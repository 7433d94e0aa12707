"""What is measured of a system, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.bench.encoding import EncodingCost
from eval.bench.systems import Variant
from eval.measures import Estimate, summarise
from eval.run import Scores
from eval.significance import holm, randomisation_p

COMPARED = ("success@1", "ndcg@10")


@dataclass(frozen=True, slots=True)
class Index:
    """An index: seconds and CPU seconds without its vectors, bytes on disk, what vectors cost."""

    seconds: float
    cpu_seconds: float
    size_bytes: int
    encoding: EncodingCost | None

    @property
    def total_seconds(self) -> float:
        """With the vectors."""
        return self.seconds + (self.encoding.seconds if self.encoding else 0.0)

    @property
    def total_cpu_seconds(self) -> float:
        """With the vectors."""
        return self.cpu_seconds + (self.encoding.cpu_seconds if self.encoding else 0.0)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of all timed questions, and the CPU milliseconds of all threads for each."""

    milliseconds: tuple[float, ...]
    cpu_milliseconds: tuple[float, ...]

    def at(self, percent: float) -> float:
        """That many percent of the questions took no longer, in milliseconds."""
        return float(np.percentile(self.milliseconds, percent))

    @property
    def cpu_mean(self) -> float:
        """CPU milliseconds of a question."""
        return float(np.mean(self.cpu_milliseconds))


@dataclass(frozen=True, slots=True)
class Throughput:
    """Questions a second of two askers, as threads of one process and as two processes."""

    threads: float
    processes: float

    @property
    def best(self) -> float:
        """By whichever suits the system."""
        return max(self.threads, self.processes)

    @property
    def way(self) -> str:
        """Which that is."""
        return "threads" if self.threads >= self.processes else "processes"


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything about one system; ``grown_bytes`` is its memory after all questions."""

    variant: Variant
    index: Index
    open_seconds: float
    grown_bytes: int
    timing: Timing
    throughput: Throughput
    scores: tuple[Scores, ...]
    rankings: tuple[tuple[str, ...], ...]

    @property
    def measures(self) -> dict[str, Estimate]:
        """Means over the questions with their intervals."""
        return summarise(self.scores)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against a peer that is given the same texts: mean differences and p after Holm."""

    peer: str
    ours: str
    differences: dict[str, float]
    p_holm: dict[str, float]


def compare(systems: Sequence[Measured]) -> list[Comparison]:
    """Every peer with our search on the same wording; p is corrected over the peers of a measure.

    A single question tells nothing: then there is no comparison.
    """
    ours = {each.variant.wording: each for each in systems if each.variant.is_ours}
    pairs = [
        (ours[each.variant.wording], each)
        for each in systems
        if not each.variant.is_ours and each.variant.wording in ours and len(each.scores) > 1
    ]
    corrected = {name: holm([_p(us, peer, name) for us, peer in pairs]) for name in COMPARED}
    return [
        Comparison(
            peer.variant.name,
            us.variant.name,
            {name: us.measures[name].mean - peer.measures[name].mean for name in COMPARED},
            {name: corrected[name][at] for name in COMPARED},
        )
        for at, (us, peer) in enumerate(pairs)
    ]


def _p(ours: Measured, peer: Measured, name: str) -> float:
    return randomisation_p(
        [score[name] for score in ours.scores], [score[name] for score in peer.scores]
    )


def best_peer(systems: Sequence[Measured], measure: str) -> Measured | None:
    """The peer with the highest mean of a measure, whatever texts it is given."""
    peers = [each for each in systems if not each.variant.is_ours]
    return max(peers, key=lambda each: each.measures[measure].mean, default=None)

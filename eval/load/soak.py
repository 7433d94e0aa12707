"""A soak: very many requests, and whether memory or open files grow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.load.client import Outcome, drive
from eval.load.served import Served, Usage
from eval.load.traffic import mixed

_SAMPLES = 100
_WARM = 0.2
"""Share of the soak in which caches and pools fill, and threads open their files."""
MOST_GROWTH = 0.05
"""Share of its memory by which the server may grow over the rest."""
_CONNECTIONS = 8
_SETTLED = 8.0  # seconds after which the server has closed connections that say nothing


@dataclass(frozen=True, slots=True)
class SoakReport:
    """``resident[i]`` bytes after ``requests[i]`` requests; open files when idle."""

    requests: tuple[int, ...]
    resident: tuple[int, ...]
    files_warm: int
    files_after: int
    outcome: Outcome

    @property
    def slope(self) -> float:
        """Bytes a request, of the line of least squares after the warm-up."""
        first = int(len(self.requests) * _WARM)
        slope, _ = np.polyfit(self.requests[first:], self.resident[first:], 1)
        return float(slope)

    @property
    def growth(self) -> float:
        """Along that line, as a share of the memory at the end of the warm-up."""
        first = int(len(self.requests) * _WARM)
        asked = self.requests[-1] - self.requests[first]
        return self.slope * asked / self.resident[first]

    @property
    def faults(self) -> int:
        """Answers of 5xx, and connections that broke."""
        failed = sum(n for status, n in self.outcome.statuses.items() if status >= 500)
        return failed + self.outcome.broken

    @property
    def passed(self) -> bool:
        """No fault, memory within MOST_GROWTH, no more files open than after the warm-up."""
        return (
            self.faults == 0 and self.growth <= MOST_GROWTH and self.files_after <= self.files_warm
        )


def soak(
    server: Served, questions: Sequence[str], requests: int, advance: Callable[[int], None]
) -> SoakReport:
    """Ask ``requests`` times, of every kind; ``advance`` is told how many have been."""
    asks = mixed(questions)
    outcome = Outcome()
    files_warm = 0
    counted: list[int] = []
    resident: list[int] = []
    for at in range(1, _SAMPLES + 1):
        done = requests * at // _SAMPLES
        missing = done - (counted[-1] if counted else 0)
        part = asyncio.run(drive(server.port, asks, _CONNECTIONS, requests=missing))
        outcome.statuses += part.statuses
        outcome.seconds += part.seconds
        outcome.broken += part.broken
        outcome.lasted += part.lasted
        counted.append(done)
        resident.append(server.usage().resident)
        if at == int(_SAMPLES * _WARM):
            # Threads, and what they open, are made when they are first needed, not leaked.
            files_warm = _when_idle(server).files
        advance(done)
    files_after = _when_idle(server).files
    return SoakReport(tuple(counted), tuple(resident), files_warm, files_after, outcome)


def _when_idle(server: Served) -> Usage:
    asyncio.run(asyncio.sleep(_SETTLED))
    return server.usage()

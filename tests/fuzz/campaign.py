"""Many inputs for the targets, on all processors, and a table of how they ended."""

from __future__ import annotations

import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings
from tests.fuzz import hostile_files, targets
from tests.fuzz.broken_files import broken_files
from tests.fuzz.contract import check_contract
from tests.fuzz.policy_text import (
    characters,
    document_numbers,
    lines_of_policy,
    policy_text,
    questions,
)

_BATCH = 250  # inputs that one process takes at a time
_LONGEST = 30.0  # seconds of processor time that one input may take


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed, with what, and how many inputs a full campaign has."""

    name: str
    run: Callable[..., str]
    inputs: Callable[[], st.SearchStrategy[object]]
    full: int


def _numbers_in_text() -> st.SearchStrategy[str]:
    piece = st.one_of(document_numbers(), lines_of_policy(), characters())
    return st.one_of(document_numbers(), st.lists(piece, max_size=3).map("".join))


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target("parser", targets.parser, policy_text, 100_000),
        Target("numbers", targets.document_number, _numbers_in_text, 100_000),
        Target("queries", targets.question, questions, 20_000),
        Target("files", lambda made: targets.file(*made), broken_files, 1_000),
    )
}


@dataclass(slots=True)
class Outcome:
    """How inputs ended: by kind; ``slowest`` is in seconds of processor time of this process."""

    kinds: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0

    def add(self, other: Outcome) -> None:
        """Count another batch in."""
        self.kinds += other.kinds
        self.crashes += other.crashes
        self.slowest = max(self.slowest, other.slowest)
        self.seconds += other.seconds


def run_batch(name: str, number: int, count: int) -> Outcome:
    """``count`` inputs that follow from ``number``; a crash comes with its smallest example."""
    target, outcome = TARGETS[name], Outcome()

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs())
    def each(made: object) -> None:
        started = time.process_time()
        with _time_limit():
            outcome.kinds[target.run(made)] += 1
        outcome.slowest = max(outcome.slowest, time.process_time() - started)

    started = time.perf_counter()
    try:
        each()
    except BaseException as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        outcome.crashes.append(f"seed {number}\n{traceback.format_exc(limit=-3)}\n{notes}")
    outcome.seconds = time.perf_counter() - started
    return outcome


@contextmanager
def _time_limit() -> Iterator[None]:
    """What doesn't end is a crash, too."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"an input takes more than {_LONGEST} seconds")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def run_hostile_file(name: str) -> Outcome:
    """One of the bombs."""
    started = time.perf_counter()
    ending, make = {**hostile_files.REFUSED, **hostile_files.READ}[name]
    outcome = Outcome()
    try:
        outcome.kinds[f"{name} → {targets.file(ending, make())}"] += 1
    except BaseException:
        outcome.crashes.append(f"{name}\n{traceback.format_exc(limit=-3)}")
    outcome.seconds = time.perf_counter() - started
    return outcome


def run_campaign(counts: Mapping[str, int], first_seed: int, processes: int) -> dict[str, Outcome]:
    """Run as many inputs of each target as ``counts`` says, then all bombs."""
    outcomes: dict[str, Outcome] = {}
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for name, count in counts.items():
            starts = range(0, count, _BATCH)
            sizes = [min(_BATCH, count - start) for start in starts]
            seeds = [first_seed + start for start in starts]
            outcomes[name] = Outcome()
            for batch in pool.map(run_batch, [name] * len(sizes), seeds, sizes):
                outcomes[name].add(batch)
            print(f"{name}: {outcomes[name].kinds.total():,}", flush=True)
        outcomes["bombs"] = Outcome()
        names = [*hostile_files.REFUSED, *hostile_files.READ]
        for batch in pool.map(run_hostile_file, names):
            outcomes["bombs"].add(batch)
    return outcomes


def run_contract(examples: int, first_seed: int) -> Outcome:
    """Requests to the API, none for 0; what is counted are the checks of schemathesis."""
    if not examples:
        return Outcome()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        settings = ServerSettings(feedback=Path(folder) / "feedback.jsonl")
        app = create_app(settings, KnowledgeBase.open(settings))
        contract = check_contract(app, examples, first_seed)
    kinds = Counter({f"kept: {check}": count for check, count in contract.checks.items()})
    return Outcome(kinds, contract.failures, seconds=time.perf_counter() - started)


def table(outcomes: Mapping[str, Outcome]) -> str:
    """The outcomes as Markdown, a row a kind."""
    rows = ["| target | outcome | inputs |", "|---|---|---|"]
    for name, outcome in outcomes.items():
        for kind, count in outcome.kinds.most_common():
            rows.append(f"| {name} | {kind} | {count:,} |")
        rows.append(
            f"| **{name}** | **crashes {len(outcome.crashes)}**, slowest {outcome.slowest:.2f} s, "
            f"{outcome.seconds:.0f} s in all | **{outcome.kinds.total():,}** |"
        )
    return "\n".join(rows)

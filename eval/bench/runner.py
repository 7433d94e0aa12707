"""Runs all systems: indexes first, then questions in rounds that everybody takes part in.

Rounds alternate and begin with another system each time, so that a minute in which the machine is
busy hits everybody. No question is asked twice in the same words of the same process: each round
puts another courtesy before it, so that nobody's cache helps. Quality is that of the first round,
which asks the questions as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.collection import Collection, Wording, collection_of
from eval.bench.encoding import EncodingCost, cost_of_ours, encode_collection
from eval.bench.measurement import Index, Measured, Throughput, Timing
from eval.bench.processes import SystemProcess
from eval.bench.systems import Variant, as_json
from eval.measures import DEPTH, score_questions
from eval.questions import Question, relevances
from indexer.search import Hit, SearchIndex

THREADS = 2
_COURTESIES = ("", "请问", "你好,", "想问一下,", "麻烦问下,", "咨询一下,", "老师好,", "请教,")
_RACING = "打听一下,"
_WARM_UP = tuple(f"{word}怎么申请" for word in ("公积金", "居住证", "生育津贴", "护照"))
MOST_ROUNDS = len(_COURTESIES)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run; ``folder`` is where everything is written."""

    variants: tuple[Variant, ...]
    questions: tuple[Question, ...]
    rounds: int
    folder: Path


@dataclass(slots=True)
class _Gathered:
    """What the rounds have brought of one system."""

    rankings: list[tuple[str, ...]]
    milliseconds: list[float]
    cpu_milliseconds: list[float]


class BenchRunner:
    """One run over one index, whose units are the clauses that everybody searches."""

    def __init__(self, plan: Plan, index: SearchIndex, tell: Tell) -> None:
        self._plan = plan
        self._index = index
        self._tell = tell

    def run(self) -> list[Measured]:
        """Measure every system of the plan, in its order.

        Raises:
            SystemFailedError: a system can't be built, opened or asked.
        """
        for stale in ("indexes", "copies", "logs"):
            shutil.rmtree(self._plan.folder / stale, ignore_errors=True)
        self._write_collections()
        costs, vectors = self._encode()
        indexes = {v: self._build(v, costs, vectors) for v in self._plan.variants}
        opened, gathered, threads, memory = self._ask_everybody()
        return [
            Measured(
                variant=variant,
                index=indexes[variant],
                open_seconds=opened[variant],
                grown_bytes=memory[variant],
                timing=Timing(
                    tuple(gathered[variant].milliseconds), tuple(gathered[variant].cpu_milliseconds)
                ),
                throughput=Throughput(threads[variant], self._race_processes(variant)),
                scores=tuple(self._judge(gathered[variant].rankings)),
                rankings=tuple(gathered[variant].rankings),
            )
            for variant in self._plan.variants
        ]

    def _process(self, variant: Variant | None, threads: int = THREADS) -> SystemProcess:
        name = variant.slug if variant else "encoding"
        return SystemProcess(name, self._plan.folder / "logs" / f"{name}.log", threads)

    def _collection_file(self, wording: Wording) -> Path:
        return self._plan.folder / "collections" / f"{wording.name.lower()}.json"

    def _write_collections(self) -> None:
        for wording in {variant.wording for variant in self._plan.variants}:
            collection_of(self._index, wording).save(self._collection_file(wording))

    def _encode(self) -> tuple[dict[Variant, EncodingCost], dict[Wording, Path]]:
        """What the vectors of each system cost, and the files of those of the peers."""
        costs: dict[Variant, EncodingCost] = {}
        vectors: dict[Wording, Path] = {}
        known: dict[Wording, EncodingCost] = {}
        folder = self._plan.folder / "vectors"
        fingerprint = self._index.manifest.model_fingerprint
        embedding = [variant for variant in self._plan.variants if variant.embeds]
        with ExitStack() as stack:
            process = stack.enter_context(self._process(None)) if embedding else None
            for variant in embedding:
                assert process is not None
                wording = variant.wording
                if variant.is_ours:
                    self._tell(f"向量用时(抽样):{variant.name}")
                    costs[variant] = cost_of_ours(self._index, wording, folder, process)
                    continue
                if wording not in known:
                    self._tell(f"计算各对照系统共用的向量:{wording}")
                    collection = Collection.load(self._collection_file(wording))
                    vectors[wording], known[wording] = encode_collection(
                        collection, fingerprint, folder, process
                    )
                costs[variant] = known[wording]
        return costs, vectors

    def _build(
        self,
        variant: Variant,
        costs: dict[Variant, EncodingCost],
        vectors: dict[Wording, Path],
    ) -> Index:
        self._tell(f"建立索引:{variant.name}")
        folder = self._plan.folder / "indexes" / variant.slug
        folder.mkdir(parents=True)
        needed = vectors.get(variant.wording) if variant.encoding else None
        with self._process(variant) as process:
            took = process.do(
                "build",
                variant=as_json(variant),
                collection=str(self._collection_file(variant.wording)),
                vectors=str(needed) if needed else None,
                folder=str(folder),
            )
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        return Index(took["seconds"], took["cpu_seconds"], size, costs.get(variant))

    def _open(self, process: SystemProcess, variant: Variant, folder: Path) -> dict[str, Any]:
        return process.do(
            "open",
            variant=as_json(variant),
            collection=str(self._collection_file(variant.wording)),
            folder=str(folder),
            warm_up=list(_WARM_UP),
        )

    def _ask_everybody(
        self,
    ) -> tuple[
        dict[Variant, float], dict[Variant, _Gathered], dict[Variant, float], dict[Variant, int]
    ]:
        """Seconds to open, what the rounds brought, questions a second of threads, memory."""
        variants = self._plan.variants
        opened: dict[Variant, float] = {}
        gathered = {variant: _Gathered([], [], []) for variant in variants}
        with ExitStack() as stack:
            processes = {v: stack.enter_context(self._process(v)) for v in variants}
            for variant, process in processes.items():
                self._tell(f"打开:{variant.name}")
                folder = self._plan.folder / "indexes" / variant.slug
                opened[variant] = self._open(process, variant, folder)["seconds"]
            for at in range(self._plan.rounds):
                self._tell(f"提问,第 {at + 1} 轮(共 {self._plan.rounds} 轮)")
                for variant in _rotated(variants, at):
                    self._ask(processes[variant], at, gathered[variant])
            memory = {v: process.do("memory")["grown_bytes"] for v, process in processes.items()}
            self._tell("两个线程同时提问")
            threads = {v: self._race_threads(process) for v, process in processes.items()}
        return opened, gathered, threads, memory

    def _ask(self, process: SystemProcess, at: int, gathered: _Gathered) -> None:
        answer = process.do("ask", questions=self._worded(_COURTESIES[at]), limit=DEPTH)
        gathered.milliseconds += answer["milliseconds"]
        gathered.cpu_milliseconds += answer["cpu_milliseconds"]
        if not gathered.rankings:
            gathered.rankings += [tuple(ids) for ids in answer["found"]]

    def _worded(self, courtesy: str) -> list[str]:
        return [f"{courtesy}{question.question}" for question in self._plan.questions]

    def _race_threads(self, process: SystemProcess) -> float:
        asked = self._worded(_RACING)
        answer = process.do("ask_in_threads", questions=asked, limit=DEPTH, threads=THREADS)
        return len(asked) / float(answer["seconds"])

    def _race_processes(self, variant: Variant) -> float:
        """Two processes of one thread each, each with its copy of the index, asked at once."""
        self._tell(f"两个进程同时提问:{variant.name}")
        asked = self._worded("")
        with ExitStack() as stack:
            racers = [stack.enter_context(self._process(variant, 1)) for _ in range(THREADS)]
            for at, racer in enumerate(racers):
                copy = self._plan.folder / "copies" / f"{variant.slug}-{at}"
                shutil.copytree(self._plan.folder / "indexes" / variant.slug, copy)
                self._open(racer, variant, copy)
            for at, racer in enumerate(racers):
                racer.send("ask", questions=asked[at::THREADS], limit=DEPTH)
            slowest = max(float(racer.receive()["seconds"]) for racer in racers)
        shutil.rmtree(self._plan.folder / "copies")
        return len(asked) / slowest

    def _judge(self, rankings: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        judged = [
            relevances(question, [self._hit(id_) for id_ in ids])
            for question, ids in zip(self._plan.questions, rankings, strict=True)
        ]
        return score_questions(self._plan.questions, judged)

    def _hit(self, unit_id: str) -> Hit:
        (unit,) = self._index.store.units([self._index.store.unit_position[unit_id]])
        return self._index.hit_of_unit(unit)


def _rotated(variants: Sequence[Variant], by: int) -> list[Variant]:
    """Another one first each time."""
    first = by * max(1, len(variants) // 3) % len(variants)
    return [*variants[first:], *variants[:first]]

"""The process that one system runs in: ``python -m eval.bench.worker``.

It reads one JSON object a line from its standard input and answers each with one on its standard
output. What the libraries print goes to standard error, which its parent writes to a log. Nothing
that a system needs is imported before the system itself, so that the growth of its memory is all
its own.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from eval.bench.peers import System

_PAGE = os.sysconf("SC_PAGE_SIZE")
Answer = dict[str, Any]


def resident_bytes() -> int:
    """Memory of this process that is in RAM (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


class Worker:
    """One system and what its parent asks of it, each a method."""

    def __init__(self) -> None:
        self._before = resident_bytes()
        self._system: System | None = None

    def build(
        self, variant: dict[str, str | None], collection: str, vectors: str | None, folder: str
    ) -> Answer:
        """Index a collection; seconds on the clock and of the CPU, the library's import aside."""
        import numpy as np  # noqa: PLC0415  (of the system, see above)

        from eval.bench.collection import Collection  # noqa: PLC0415
        from eval.bench.systems import create, from_json  # noqa: PLC0415

        system = create(from_json(variant))
        texts = Collection.load(Path(collection))
        matrix = np.load(vectors) if vectors else None
        return _timed(lambda: system.build(texts, matrix, Path(folder)))

    def open(
        self, variant: dict[str, str | None], collection: str, folder: str, warm_up: list[str]
    ) -> Answer:
        """Open an index and ask what loads the rest; memory is what came with all of it."""
        from eval.bench.collection import Collection  # noqa: PLC0415
        from eval.bench.systems import create, from_json  # noqa: PLC0415

        def ready() -> None:
            system = create(from_json(variant))
            system.open(Collection.load(Path(collection)), Path(folder))
            for question in warm_up:
                system.search(question, 10)
            self._system = system

        return _timed(ready) | self.memory()

    def encode(self, texts: str, target: str) -> Answer:
        """Vectors of the texts in a JSON file, written to ``target``; loading the model aside."""
        import numpy as np  # noqa: PLC0415

        from indexer.embedding.encoder import open_encoder, resolve_model  # noqa: PLC0415
        from indexer.settings import IndexSettings  # noqa: PLC0415

        settings = IndexSettings()
        encoder = open_encoder(settings, resolve_model(settings))
        encoder.encode_passages(["预热"])
        content = json.loads(Path(texts).read_text(encoding="utf-8"))
        return _timed(lambda: np.save(target, encoder.encode_passages(content)))

    def ask(self, questions: list[str], limit: int) -> Answer:
        """Ask one after the other; milliseconds of clock and CPU (all threads) of each."""
        system = self._opened()
        gc.collect()  # what others left behind isn't this round's to clear
        found, clock, cpu = [], [], []
        began = time.perf_counter()
        for question in questions:
            started, started_cpu = time.perf_counter(), time.process_time()
            found.append(system.search(question, limit))
            cpu.append((time.process_time() - started_cpu) * 1000)
            clock.append((time.perf_counter() - started) * 1000)
        return {
            "found": found,
            "milliseconds": clock,
            "cpu_milliseconds": cpu,
            "seconds": time.perf_counter() - began,
        }

    def ask_in_threads(self, questions: list[str], limit: int, threads: int) -> Answer:
        """Share the questions out to threads; seconds until the last is answered."""
        system = self._opened()

        def ask(share: Sequence[str]) -> None:
            for question in share:
                system.search(question, limit)

        running = [
            threading.Thread(target=ask, args=(questions[at::threads],)) for at in range(threads)
        ]

        def race() -> None:
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()

        return _timed(race)

    def memory(self) -> Answer:
        """Bytes in RAM, and how many more than before the system was loaded."""
        resident = resident_bytes()
        return {"resident_bytes": resident, "grown_bytes": resident - self._before}

    def _opened(self) -> System:
        if self._system is None:
            raise RuntimeError("nothing has been opened")
        return self._system


def _timed(work: Callable[[], None]) -> Answer:
    started, started_cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - started_cpu,
    }


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer until the requests end. A failure is an answer, too."""
    worker = Worker()
    for line in requests:
        request = json.loads(line)
        method = getattr(worker, request.pop("do"))
        try:
            answer = method(**request)
        except Exception as error:  # whatever a library raises, the parent has to hear of it
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


def main() -> None:
    """Keep the real standard output for answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, answers)
    # Background threads of a library must not keep a process that has nothing to do any more.
    os._exit(0)


if __name__ == "__main__":
    main()

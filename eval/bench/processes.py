"""A system in a process of its own, as its parent sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from indexer.errors import DianceError

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "DIANCE_THREADS",
)
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
    "GRPC_VERBOSITY": "NONE",
}


class SystemFailedError(DianceError):
    """A system could not be built, opened or asked; the log says more."""


class SystemProcess:
    """A worker that is sent requests and answers them one by one.

    ``threads`` is the limit that every library in it is given.
    """

    def __init__(self, name: str, log: Path, threads: int) -> None:
        self.name = name
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "eval.bench.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | _OFFLINE | dict.fromkeys(_THREAD_LIMITS, str(threads)),
                text=True,
                encoding="utf-8",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def do(self, what: str, **details: object) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Raises:
            SystemFailedError: the system failed.
        """
        self.send(what, **details)
        return self.receive()

    def send(self, what: str, **details: object) -> None:
        """Send a request; :meth:`receive` has its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **details}, ensure_ascii=False) + "\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The answer to the oldest request that hasn't been answered.

        Raises:
            SystemFailedError: the system failed.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "进程意外结束"}
        if "error" in answer:
            raise SystemFailedError(f"{self.name} 失败:{answer['error']}。详见 {self._log}。")
        return answer

    def close(self) -> None:
        """End the process, which ends itself when nothing more can be asked."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

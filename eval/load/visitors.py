"""Many visitors at once, by locust in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from eval.load.client import Outcome
from indexer.errors import DianceError

_LOCUSTFILE = Path(__file__).with_name("locustfile.py")


def visit(port: int, visitors: int, per_second: int, seconds: int) -> Outcome:
    """``visitors`` come, ``per_second`` of them a second, and stay for ``seconds`` altogether.

    Locust says which requests failed, not their statuses: those count as broken.

    Raises:
        DianceError: locust couldn't run.
    """
    command = [
        sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE),
        "--host", f"http://127.0.0.1:{port}", "--headless", "--json", "--skip-log",
        "-u", str(visitors), "-r", str(per_second), "-t", f"{seconds}s", "--stop-timeout", "30",
    ]  # fmt: skip
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        entries = json.loads(finished.stdout)
    except ValueError:
        raise DianceError(f"locust 没有运行:{finished.stderr[-300:]}") from None
    times: Counter[float] = Counter()
    for entry in entries:
        times.update({float(ms): count for ms, count in entry["response_times"].items()})
    failed = sum(entry["num_failures"] for entry in entries)
    lasted = max(e["last_request_timestamp"] for e in entries) - min(
        e["start_time"] for e in entries
    )
    return Outcome(seconds=[ms / 1000 for ms in times.elements()], broken=failed, lasted=lasted)

"""What the service counts, in the form that Prometheus reads.

Labels are bounded: route templates, the methods of HTTP, statuses, and reasons of our own. With
several worker processes (``PROMETHEUS_MULTIPROC_DIR``, set by ``diance serve``) each adds up what
all of them counted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from indexer.errors import DianceError

if TYPE_CHECKING:
    from server.knowledge_base import KnowledgeBase

MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus's own name of the environment variable."""

Held = Callable[[], AbstractContextManager["KnowledgeBase"]]
"""Holds the knowledge base that is served; raises a DianceError if there is none."""

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds


class ServerMetrics:
    """The counters of one application; ``held`` gives the index that ``/metrics`` describes."""

    def __init__(self, held: Held) -> None:
        self._own = CollectorRegistry()
        self._index = IndexCollector(held)
        self.requests = Counter(
            "diance_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._own,
        )
        self.seconds = Histogram(
            "diance_request_seconds",
            "Time from the request to the end of its response.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._own,
        )
        self.in_flight = Gauge(
            "diance_requests_in_flight",
            "Requests being worked on or waiting.",
            registry=self._own,
            multiprocess_mode="livesum",
        )
        self.rejected = Counter(
            "diance_rejected", "Requests refused, by why.", ("reason",), registry=self._own
        )
        self.answers = Counter(
            "diance_answers", "Questions by what came of them.", ("status",), registry=self._own
        )

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format."""
        registry = CollectorRegistry()
        registry.register(self._index)
        folder = os.environ.get(MULTIPROCESS_FOLDER)
        if folder:
            _forget_ended_processes(Path(folder))
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        else:
            registry.register(self._own)
        return generate_latest(registry)


class IndexCollector(Collector):
    """What index answers now, read when it is asked for: it may be swapped at any time."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def collect(self) -> Iterable[Metric]:
        """Whether there is an index; if so its fingerprint, its size and when it was built."""
        try:
            with self._held() as knowledge_base:
                manifest = knowledge_base.index.manifest
        except DianceError:
            yield GaugeMetricFamily("diance_ready", "Whether there is an index.", value=0)
            return
        yield GaugeMetricFamily("diance_ready", "Whether there is an index.", value=1)
        described = {"fingerprint": manifest.fingerprint, "model": manifest.model}
        yield InfoMetricFamily("diance_index", "The index in use.", value=described)
        built = datetime.fromisoformat(manifest.created).timestamp()
        yield GaugeMetricFamily("diance_index_built_timestamp_seconds", "When.", value=built)
        counts = GaugeMetricFamily("diance_index_size", "What the index holds.", labels=["of"])
        for name, count in manifest.counts.items():
            counts.add_metric([name], count)
        yield counts


def _forget_ended_processes(folder: Path) -> None:
    """Gauges of a worker that ended count no more; its counters stay, or totals would fall."""
    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another worker was faster
                mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:
            continue

"""The load that a server of this kind meets, one scenario after the other on one server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from eval.load.client import Outcome, drive
from eval.load.served import Served, Usage
from eval.load.slow_clients import slow_clients
from eval.load.traffic import Ask, mixed, oversized, search
from eval.load.visitors import visit

_REFUSALS = (429, 503)
_SETTLED = 3.0  # seconds after which connections that ended are closed
_DISTINCT = 500  # questions of the one client; the cache of a question helps no other


@dataclass(frozen=True, slots=True)
class Scenario:
    """``name`` is what the table calls it; ``run`` asks the server behind a port."""

    name: str
    run: Callable[[int], Outcome]


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """What came of a scenario, and what the server used before and after it."""

    name: str
    outcome: Outcome
    before: Usage
    after: Usage

    @property
    def requests(self) -> int:
        """Requests that were answered, refusals included."""
        return len(self.outcome.seconds)

    @property
    def refused(self) -> int:
        """Answered 429, or 503 with the time to come back."""
        return sum(self.outcome.statuses[status] for status in _REFUSALS)

    @property
    def faults(self) -> int:
        """Answered with another 5xx, or not at all."""
        statuses = self.outcome.statuses
        failed = sum(n for status, n in statuses.items() if status >= 500) - statuses[503]
        return failed + self.outcome.broken

    @property
    def cpu_milliseconds(self) -> float:
        """Of the server, for each request."""
        return (self.after.cpu - self.before.cpu) * 1000 / max(1, self.requests)


def scenarios(questions: Sequence[str], seconds: int) -> tuple[Scenario, ...]:
    """All of them; each but that of the one client takes about ``seconds``.

    That one comes when the server is warm: clauses are read when they are first found.
    """
    distinct = questions[:_DISTINCT]

    def one_client(port: int) -> Outcome:
        asks = (search(question) for question in distinct)
        return asyncio.run(drive(port, asks, 1, requests=len(distinct)))

    def throughput(connections: int, *, compressed: bool) -> Callable[[int], Outcome]:
        def run(port: int) -> Outcome:
            asks = (search(q, compressed=compressed) for q in itertools.cycle(questions))
            return asyncio.run(drive(port, asks, connections, seconds=seconds))

        return run

    def huge(port: int) -> Outcome:
        return asyncio.run(drive(port, oversized(questions), 8, seconds=seconds))

    return (
        Scenario("混合检索,16 个连接", throughput(16, compressed=False)),
        Scenario("混合检索,16 个连接,gzip", throughput(16, compressed=True)),
        Scenario(f"混合检索,1 个连接,{len(distinct)} 个不同的问题", one_client),
        Scenario("平稳:locust,15 人", lambda port: visit(port, 15, 15, seconds)),
        Scenario("突发:locust,300 人,每秒来 100 人", lambda port: visit(port, 300, 100, seconds)),
        Scenario("突发:256 个连接,不停地问", _burst(mixed(questions), 256, seconds)),
        Scenario("慢客户端 300 个,另有 2 个连接正常提问", _beside_slow(mixed(questions), seconds)),
        Scenario("过大的请求,8 个连接", huge),
    )


def _burst(asks: Iterator[Ask], connections: int, seconds: int) -> Callable[[int], Outcome]:
    return lambda port: asyncio.run(drive(port, asks, connections, seconds=seconds))


def _beside_slow(asks: Iterator[Ask], seconds: int) -> Callable[[int], Outcome]:
    async def run(port: int) -> Outcome:
        async with slow_clients(port, 300):
            return await drive(port, asks, 2, seconds=seconds)

    return lambda port: asyncio.run(run(port))


def measure(server: Served, scenario: Scenario) -> ScenarioReport:
    """Run a scenario; usage is read before it and once its connections are closed."""
    before = server.usage()
    outcome = scenario.run(server.port)
    asyncio.run(asyncio.sleep(_SETTLED))
    return ScenarioReport(scenario.name, outcome, before, server.usage())

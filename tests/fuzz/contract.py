"""Whether the API keeps to its OpenAPI document: schemathesis' engine, all phases, all checks.

Examples, coverage of boundaries (undeclared methods and missing parts among them), random data that
fits and that doesn't, and sequences of requests.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import schemathesis
from fastapi import FastAPI
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

_LONGEST = 120.0  # seconds that a request may take on a busy machine


@dataclass(slots=True)
class Contract:
    """What was checked, each check counted, and where the API departs from its description."""

    checks: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def count(self, recorder: ScenarioRecorder) -> None:
        """Count what was checked of one operation."""
        for case, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is None:
                    self.checks[check.name] += 1
                elif not _is_about_meaning(recorder, case, check.name):
                    found = check.failure_info
                    self.failures.append(f"{recorder.label}: {found.failure}\n{found.code_sample}")


def _is_about_meaning(recorder: ScenarioRecorder, case: str, check: str) -> bool:
    """A question of control characters or a fact that no rule knows: JSON Schema can't tell."""
    response = recorder.interactions[case].response
    return (
        check == "positive_data_acceptance"
        and response is not None
        and b"/problems/invalid-query" in response.content
    )


def check_contract(app: FastAPI, examples: int, first_seed: int) -> Contract:
    """Send ``examples`` random requests for each operation, beside those of the other phases."""
    config = schemathesis.Config.from_dict(
        {
            "seed": first_seed,
            "request-timeout": _LONGEST,
            "generation": {"max-examples": examples, "database": "none"},
        }
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    contract = Contract()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            contract.count(event.recorder)
        elif isinstance(event, events.NonFatalError):
            contract.failures.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return contract

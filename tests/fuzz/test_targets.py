"""A few inputs for each target on every run of the tests; ``make fuzz`` has the many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.knowledge_base import KnowledgeBase
from tests.fuzz import campaign, targets
from tests.fuzz.campaign import TARGETS, Outcome, run_batch, table

SEED = 20


@pytest.mark.parametrize(("target", "count"), [("parser", 150), ("numbers", 150), ("files", 6)])
def test_nothing_crashes(target: str, count: int) -> None:
    outcome = run_batch(target, SEED, count)
    assert outcome.crashes == []
    assert outcome.kinds.total() >= count


def test_no_question_crashes(
    knowledge_base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets._client.cache_clear()
    monkeypatch.setattr(targets, "_knowledge_base", lambda: knowledge_base)
    outcome = run_batch("queries", SEED, 15)
    assert outcome.crashes == []
    assert outcome.kinds.total() >= 15


def test_a_crash_is_found_made_small_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_at_a_year(text: str) -> str:
        assert "2019" not in text
        return "no number"

    target = replace(TARGETS["numbers"], run=breaks_at_a_year)
    monkeypatch.setattr(campaign, "TARGETS", {"numbers": target})
    outcome = Outcome()
    outcome.add(run_batch("numbers", SEED, 150))
    (crash,) = outcome.crashes
    assert "AssertionError" in crash
    assert "crashes 1" in table({"numbers": outcome})

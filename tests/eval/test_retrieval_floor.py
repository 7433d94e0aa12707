"""A change that makes retrieval worse fails here: floors below what the test split measures.

The floors lie three of the 66 questions (0.03 of nDCG) below the figures of the README, two in a
style: another processor may round one question the other way, a change that loses more is a
regression. Raise them with the figures. They say nothing of times.
"""

from __future__ import annotations

import pytest

from eval.questions import DATASETS, read_questions
from eval.run import OVERALL, ModeReport, evaluate_mode
from indexer.search import Mode, SearchIndex

FLOORS = {
    Mode.HYBRID: {"success@1": 0.83, "success@5": 0.93, "ndcg@10": 0.885},
    Mode.LEXICAL: {"success@1": 0.77, "success@5": 0.92, "ndcg@10": 0.845},
    Mode.DENSE: {"success@1": 0.80, "success@5": 0.92, "ndcg@10": 0.85},
}
STYLE_FLOORS = {"colloquial": 0.90, "formal": 0.92, "keyword": 0.91, "typo": 0.90}
"""success@5 of the hybrid: no style may pay for a gain in another."""


@pytest.fixture(scope="module")
def reports(index: SearchIndex) -> dict[Mode, ModeReport]:
    questions = read_questions(DATASETS / "test.jsonl")
    return {mode: evaluate_mode(index, questions, mode) for mode in Mode}


@pytest.mark.parametrize("mode", list(FLOORS))
def test_the_test_split_is_answered_as_well_as_before(
    reports: dict[Mode, ModeReport], mode: Mode
) -> None:
    measured = reports[mode].measures[OVERALL]
    below = {
        name: (measured[name].mean, floor)
        for name, floor in FLOORS[mode].items()
        if measured[name].mean < floor
    }
    assert not below, f"{below}; without an answer: {reports[mode].failed}"


@pytest.mark.parametrize("style", list(STYLE_FLOORS))
def test_no_style_of_question_gets_worse(reports: dict[Mode, ModeReport], style: str) -> None:
    report = reports[Mode.HYBRID]
    assert report.measures[style]["success@5"].mean >= STYLE_FLOORS[style], report.failed


@pytest.mark.parametrize("side", [Mode.LEXICAL, Mode.DENSE])
def test_both_sides_together_are_better_than_one(
    reports: dict[Mode, ModeReport], side: Mode
) -> None:
    measured = {mode: report.measures[OVERALL]["ndcg@10"].mean for mode, report in reports.items()}
    assert measured[Mode.HYBRID] >= measured[side]

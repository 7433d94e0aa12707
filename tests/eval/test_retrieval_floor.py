"""A change that makes retrieval worse fails here: floors below what the test split measures."""

from __future__ import annotations

import pytest

from eval.questions import DATASETS, read_questions
from eval.run import OVERALL, evaluate_mode
from indexer.search import Mode, SearchIndex


@pytest.mark.parametrize(
    ("mode", "success_at_1", "success_at_5"),
    [(Mode.HYBRID, 0.69, 0.92), (Mode.LEXICAL, 0.65, 0.88), (Mode.DENSE, 0.58, 0.84)],
)
def test_the_test_split_is_answered_as_well_as_before(
    index: SearchIndex, mode: Mode, success_at_1: float, success_at_5: float
) -> None:
    questions = read_questions(DATASETS / "test.jsonl")
    measured = evaluate_mode(index, questions, mode).measures[OVERALL]
    assert measured["success@1"].mean >= success_at_1
    assert measured["success@5"].mean >= success_at_5

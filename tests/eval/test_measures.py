from __future__ import annotations

import math

import pytest

from eval.measures import score_questions, summarise
from eval.questions import Gold, Question


def question(*rels: int) -> Question:
    return Question("q", "?", "formal", tuple(Gold("d", f"quote {r}", r) for r in rels))


@pytest.mark.parametrize(
    ("rels", "ranking", "expected"),
    [
        ((2,), [0], {"success@1": 1, "mrr@10": 1, "ndcg@10": 1}),
        (
            (2,),
            [-1, 0],
            {"success@1": 0, "success@5": 1, "mrr@10": 0.5, "ndcg@10": 1 / math.log2(3)},
        ),
        ((2, 1), [1, 0], {"success@1": 0, "mrr@10": 0.5}),
        ((2,), [-1] * 6 + [0], {"success@5": 0, "success@10": 1, "mrr@10": 1 / 7}),
        ((2,), [], {"success@10": 0, "mrr@10": 0, "ndcg@10": 0}),
        ((2,), [-1] * 10 + [0], {"success@10": 0, "mrr@10": 0, "ndcg@10": 0}),
    ],
)
def test_measures_are_those_of_the_definition(
    rels: tuple[int, ...], ranking: list[int], expected: dict[str, float]
) -> None:
    (scores,) = score_questions([question(*rels)], [ranking])
    for name, value in expected.items():
        assert scores[name] == pytest.approx(value)


def test_ndcg_is_graded_against_all_gold_entries() -> None:
    (scores,) = score_questions([question(2, 1)], [[1, 0]])
    ideal = 2 + 1 / math.log2(3)
    assert scores["ndcg@10"] == pytest.approx((1 + 2 / math.log2(3)) / ideal)


def test_the_interval_holds_the_mean_and_repeats() -> None:
    scores = [{"success@1": float(i % 3 == 0)} | dict.fromkeys(
        ("success@5", "success@10", "mrr@10", "ndcg@10"), 1.0) for i in range(60)]  # fmt: skip
    first, second = summarise(scores), summarise(scores)
    assert first == second
    estimate = first["success@1"]
    assert estimate.low < estimate.mean < estimate.high
    assert first["ndcg@10"].low == first["ndcg@10"].high == 1.0

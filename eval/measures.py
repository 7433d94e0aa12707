"""Retrieval measures by trec_eval (through pytrec_eval), with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytrec_eval
from scipy.stats import bootstrap

from eval.questions import Question

DEPTH = 10
MEASURES = ("success@1", "success@5", "success@10", "mrr@10", "ndcg@10")
_BINARY = {"success_1": "success@1", "success_5": "success@5", "success_10": "success@10"}
_ANSWERS = 2  # rel from which a passage answers
_CONFIDENCE = 0.95
_RESAMPLES = 2000
_SEED = 20211027


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def score_questions(
    questions: Sequence[Question], rankings: Sequence[Sequence[int]]
) -> list[dict[str, float]]:
    """Measures of each question.

    ``rankings[i]`` holds, rank by rank, the index of the gold entry that the hit answers, or -1
    (see :func:`eval.questions.relevances`). success and MRR count entries with rel 2 only; nDCG is
    graded, its ideal ranking has every gold entry once.
    """
    qrels = {
        question.id: {f"g{index}": gold.rel for index, gold in enumerate(question.gold)}
        for question in questions
    }
    run = {
        question.id: {
            f"g{entry}" if entry >= 0 else f"x{rank}": float(DEPTH - rank)
            for rank, entry in enumerate(ranking[:DEPTH])
        }
        for question, ranking in zip(questions, rankings, strict=True)
    }
    binary = pytrec_eval.RelevanceEvaluator(
        qrels, {"success", "recip_rank"}, relevance_level=_ANSWERS
    ).evaluate(run)
    graded = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10"}).evaluate(run)
    return [
        {name: binary.get(question.id, {}).get(key, 0.0) for key, name in _BINARY.items()}
        | {
            "mrr@10": binary.get(question.id, {}).get("recip_rank", 0.0),
            "ndcg@10": graded.get(question.id, {}).get("ndcg_cut_10", 0.0),
        }
        for question in questions
    ]


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    """Mean and interval of every measure over the questions."""
    return {name: estimate([score[name] for score in scores]) for name in MEASURES}


def estimate(values: Sequence[float]) -> Estimate:
    """Mean of one value a question, and its interval; a point where the values are all the same."""
    sample = np.asarray(values, float)
    mean = float(sample.mean())
    if len(sample) < 2 or np.ptp(sample) == 0:
        return Estimate(mean, mean, mean)
    interval = bootstrap(
        (sample,),
        np.mean,
        confidence_level=_CONFIDENCE,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high))

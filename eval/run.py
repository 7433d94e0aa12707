"""Run a question file through the one search, in every mode."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.measures import DEPTH, Estimate, score_questions, summarise
from eval.questions import Question, relevances
from indexer.search import Mode, SearchIndex

OVERALL = "全部"
PERCENTILES = (50, 90, 99)
Scores = dict[str, float]
"""Measures of one question by name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: the rank of the first hit that answers, None if not among the best 10."""

    id: str
    rank: int | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class ModeReport:
    """Measures of one mode, overall and by style, and how long a search took (milliseconds).

    ``outcomes`` has the questions in their order.
    """

    mode: Mode
    measures: dict[str, dict[str, Estimate]]
    questions: dict[str, int]
    p50_ms: float
    p99_ms: float
    failed: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    def percentiles(self) -> dict[str, float]:
        """Milliseconds that half, nine tenths and all but a hundredth of the searches took."""
        times = [each.milliseconds for each in self.outcomes]
        return {f"p{at}": float(np.percentile(times, at)) for at in PERCENTILES}


def evaluate_mode(
    index: SearchIndex,
    questions: Sequence[Question],
    mode: Mode,
    progress: Callable[[], None] | None = None,
) -> ModeReport:
    """Ask every question and measure; ``failed`` are those without an answer among the best 10."""
    scores, seconds = ask_all(index, questions, mode, progress)
    return ModeReport(
        mode=mode,
        measures=measures_by_style(questions, scores),
        questions=questions_by_style(questions),
        p50_ms=float(np.percentile(seconds, 50) * 1000),
        p99_ms=float(np.percentile(seconds, 99) * 1000),
        failed=tuple(q.id for q, s in zip(questions, scores, strict=True) if not s["success@10"]),
        outcomes=tuple(
            Outcome(question.id, _rank(score["mrr@10"]), took * 1000)
            for question, score, took in zip(questions, scores, seconds, strict=True)
        ),
    )


def _rank(reciprocal: float) -> int | None:
    """The rank that MRR is one over; its zero is no rank."""
    return round(1 / reciprocal) if reciprocal else None


def ask_all(
    index: SearchIndex,
    questions: Sequence[Question],
    mode: Mode,
    progress: Callable[[], None] | None = None,
) -> tuple[list[Scores], list[float]]:
    """Measures of each question (see :func:`eval.measures.score_questions`), and its seconds."""
    index.search(questions[0].question, mode=mode)  # loads what is loaded on first use
    rankings: list[list[int]] = []
    seconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        result = index.search(question.question, limit=DEPTH, mode=mode)
        seconds.append(time.perf_counter() - started)
        rankings.append(relevances(question, result.hits))
        if progress is not None:
            progress()
    return score_questions(questions, rankings), seconds


def measures_by_style(
    questions: Sequence[Question], scores: Sequence[Scores]
) -> dict[str, dict[str, Estimate]]:
    """Measures over all questions, then over those of each style; one score a question."""
    return {
        style: summarise(
            [s for q, s in zip(questions, scores, strict=True) if style in (OVERALL, q.style)]
        )
        for style in (OVERALL, *sorted({question.style for question in questions}))
    }


def questions_by_style(questions: Sequence[Question]) -> dict[str, int]:
    """How many questions :func:`measures_by_style` has measured."""
    styles = Counter(question.style for question in questions)
    return {OVERALL: len(questions), **dict(sorted(styles.items()))}

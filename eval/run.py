"""Run a question file through the one search, in every mode."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.measures import DEPTH, Estimate, score_questions, summarise
from eval.questions import Question, relevances
from indexer.search import Mode, SearchIndex

OVERALL = "全部"


@dataclass(frozen=True, slots=True)
class ModeReport:
    """Measures of one mode, overall and by style, and how long a search took (milliseconds)."""

    mode: Mode
    measures: dict[str, dict[str, Estimate]]
    questions: dict[str, int]
    p50_ms: float
    p99_ms: float
    failed: tuple[str, ...]


def evaluate_mode(
    index: SearchIndex,
    questions: Sequence[Question],
    mode: Mode,
    progress: Callable[[], None] | None = None,
) -> ModeReport:
    """Ask every question and measure; ``failed`` are those without an answer among the best 10."""
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
    scores = score_questions(questions, rankings)
    styles = [OVERALL, *sorted({question.style for question in questions})]
    chosen = {
        style: [s for q, s in zip(questions, scores, strict=True) if style in (OVERALL, q.style)]
        for style in styles
    }
    return ModeReport(
        mode=mode,
        measures={style: summarise(chosen[style]) for style in styles},
        questions={style: len(chosen[style]) for style in styles},
        p50_ms=float(np.percentile(seconds, 50) * 1000),
        p99_ms=float(np.percentile(seconds, 99) * 1000),
        failed=tuple(q.id for q, s in zip(questions, scores, strict=True) if not s["success@10"]),
    )

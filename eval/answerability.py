"""How well it is known when the compilation does not answer: refusals and calibration.

Brier score (Brier, 1950) and expected calibration error over bins of equal width (Naeini, Cooper
and Hauskrecht, AAAI 2015) with the reliability table that they summarise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.measures import Estimate, estimate
from eval.negatives import Kind, Negative, Split, read_negatives
from eval.questions import DATASETS, read_questions
from server.answering.answer import AnswerStatus
from server.answering.answerability import Answerability
from server.answering.answerer import Answerer

BINS = 10
_ASKED = (Split.DEV, Split.TEST)  # parts of our questions that the report is about


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of the questions of a group, the share that was refused.

    ``named`` counts those for which an absence was named; ``wrong`` are the questions that were
    judged wrongly, be it refused or let through.
    """

    group: str
    questions: int
    refused: Estimate
    named: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions with a confidence from ``low`` up to ``high``."""

    low: float
    high: float
    questions: int
    confidence: float
    answered: float


@dataclass(frozen=True, slots=True)
class AnswerabilityReport:
    """Refusals by group; Brier score, calibration error and bins over all but what was trained on.

    Answered and unanswered questions weigh the same in the calibration, as in the fit.
    """

    refusals: tuple[Refusals, ...]
    brier: float
    calibration_error: float
    bins: tuple[Bin, ...]


def measure_answerability(
    answerer: Answerer, negatives: Path, progress: Callable[[int, int], None] | None = None
) -> AnswerabilityReport:
    """Ask the negatives of a file and the questions of ``datasets/dev`` and ``test``.

    Raises:
        QuestionFileError: the file can't be read.
    """
    unanswered = read_negatives(negatives)
    answered = [
        (split, question.question)
        for split in _ASKED
        for question in read_questions(DATASETS / f"{split.value}.jsonl")
    ]
    texts = [*(each.question for each in unanswered), *(text for _, text in answered)]
    judgements = _judge_all(answerer, texts, progress)
    of_unanswered = list(zip(unanswered, judgements[: len(unanswered)], strict=True))
    of_answered = list(zip(answered, judgements[len(unanswered) :], strict=True))
    refusals = [
        *(
            _refusals_of(f"{kind.value} · {split.value}", chosen, is_answered=False)
            for kind in Kind
            for split in Split
            if (chosen := _chosen(of_unanswered, kind, split))
        ),
        *(
            _refusals_of(
                f"有答案 · {split.value}",
                [(text, judged) for (part, text), judged in of_answered if part is split],
                is_answered=True,
            )
            for split in _ASKED
        ),
    ]
    unseen = [(0.0, judged) for each, judged in of_unanswered if each.split is Split.TEST]
    unseen += [(1.0, judged) for (split, _), judged in of_answered if split is Split.TEST]
    outcomes = np.array([outcome for outcome, _ in unseen])
    confidences = np.array([judged.confidence for _, judged in unseen])
    brier, error, bins = calibration_of(confidences, outcomes)
    return AnswerabilityReport(tuple(refusals), brier, error, bins)


def _judge_all(
    answerer: Answerer,
    questions: Sequence[str],
    progress: Callable[[int, int], None] | None,
) -> list[Answerability]:
    judgements = []
    for done, question in enumerate(questions, start=1):
        answer = answerer.answer(question)
        is_answered = answer.status is AnswerStatus.ANSWERED
        judgements.append(Answerability(answer.confidence, is_answered, answer.absent))
        if progress is not None:
            progress(done, len(questions))
    return judgements


def _chosen(
    judged: Sequence[tuple[Negative, Answerability]], kind: Kind, split: Split
) -> list[tuple[str, Answerability]]:
    return [
        (each.question, judgement)
        for each, judgement in judged
        if (each.kind, each.split) == (kind, split)
    ]


def _refusals_of(
    group: str, judged: Sequence[tuple[str, Answerability]], *, is_answered: bool
) -> Refusals:
    return Refusals(
        group=group,
        questions=len(judged),
        refused=estimate([float(not judgement.answerable) for _, judgement in judged]),
        named=sum(judgement.absent is not None for _, judgement in judged),
        wrong=tuple(
            question for question, judgement in judged if judgement.answerable is not is_answered
        ),
    )


def calibration_of(
    confidences: NDArray[np.float64], outcomes: NDArray[np.float64]
) -> tuple[float, float, tuple[Bin, ...]]:
    """Brier score, expected calibration error and the filled bins; shapes ``(n,)``.

    ``outcomes`` are 1 where there is an answer and else 0; both weigh the same in all.
    """
    share = outcomes.mean()
    weights = np.where(outcomes == 1, 1 / max(share, 1e-9), 1 / max(1 - share, 1e-9))
    brier = float(np.average((confidences - outcomes) ** 2, weights=weights))
    places = np.minimum((confidences * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for place in range(BINS):
        inside = places == place
        if inside.any():
            mean = float(np.average(confidences[inside], weights=weights[inside]))
            rate = float(np.average(outcomes[inside], weights=weights[inside]))
            error += abs(mean - rate) * float(weights[inside].sum() / weights.sum())
            bins.append(Bin(place / BINS, (place + 1) / BINS, int(inside.sum()), mean, rate))
    return brier, error, tuple(bins)

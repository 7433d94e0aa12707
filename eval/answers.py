"""Measures of answers: is the right clause cited, do the words answer, how many are they.

A clause is right as in retrieval (:func:`eval.questions.relevances`). The words are right if they
hold a gold quote with ``rel`` 2 and every figure of the reply that a person would give. They hold
a quote if at least 90 % of it stands in them in one piece of its length (``partial_ratio`` of
rapidfuzz, the normalised Indel similarity of the best aligned stretch): a quote may end in
mid-sentence. A table row counts by its cells, without the heads that the answer prints before
them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.fuzz import partial_ratio

from corpus.document_number import chinese_to_int
from eval.measures import Estimate, estimate
from eval.questions import Question, normalise, relevances
from eval.run import OVERALL
from server.answering.answer import Answer
from server.answering.answerer import Answerer

ANSWER_MEASURES = ("cited@1", "cited@3", "right", "quoted", "characters", "refused")
_HELD = 90.0  # percent of a quote
_ANSWERS = 2  # rel from which a passage answers
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_SPELT_FIGURE = re.compile(r"[〇零一二三四五六七八九十百千两]+")


@dataclass(frozen=True, slots=True)
class AnswersReport:
    """Measures by group (all, each style, each kind), and how long an answer took (ms).

    ``wrong`` are the ids of the questions whose words aren't right.
    """

    measures: dict[str, dict[str, Estimate]]
    questions: dict[str, int]
    p50_ms: float
    p99_ms: float
    wrong: tuple[str, ...]


def evaluate_answers(
    answerer: Answerer,
    questions: Sequence[Question],
    progress: Callable[[], None] | None = None,
) -> AnswersReport:
    """Have every question answered, and measure."""
    answerer.answer(questions[0].question)  # loads what is loaded on first use
    scores: list[dict[str, float]] = []
    seconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        answer = answerer.answer(question.question)
        seconds.append(time.perf_counter() - started)
        scores.append(score_answer(question, answer))
        if progress is not None:
            progress()
    groups = _groups(questions)
    return AnswersReport(
        measures={
            name: {
                measure: estimate([scores[at][measure] for at in members])
                for measure in ANSWER_MEASURES
            }
            for name, members in groups.items()
        },
        questions={name: len(members) for name, members in groups.items()},
        p50_ms=float(np.percentile(seconds, 50) * 1000),
        p99_ms=float(np.percentile(seconds, 99) * 1000),
        wrong=tuple(q.id for q, s in zip(questions, scores, strict=True) if not s["right"]),
    )


def score_answer(question: Question, answer: Answer) -> dict[str, float]:
    """The measures of one answer; a refusal cites nothing and says nothing."""
    answered = relevances(question, answer.citations)
    right = [at >= 0 and question.gold[at].rel >= _ANSWERS for at in answered]
    words = normalise("".join(part.text for part in answer.parts))
    quoted = any(holds(words, gold.quote) for gold in question.gold if gold.rel >= _ANSWERS)
    return {
        "cited@1": float(any(right[:1])),
        "cited@3": float(any(right[:3])),
        "right": float(quoted and has_figures(answer.text, question.answer)),
        "quoted": float(quoted),
        "characters": float(len(answer.text)),
        "refused": float(not answer.parts),
    }


def holds(words: str, quote: str) -> bool:
    """Whether normalised ``words`` hold a quote, all but a tenth of it."""
    wanted = normalise(quote)
    # The shorter of two texts is looked for in the longer: words shorter than the quote don't hold.
    return len(words) >= len(wanted) and partial_ratio(wanted, words) >= _HELD


def has_figures(words: str, reply: str) -> bool:
    """Whether every figure of a reply stands in the words, in digits or spelt out."""
    found = normalise(words)
    spelt = {str(chinese_to_int(hit[0])) for hit in _SPELT_FIGURE.finditer(found)}
    return set(_FIGURE.findall(normalise(reply))) <= set(_FIGURE.findall(found)) | spelt


def _groups(questions: Sequence[Question]) -> dict[str, list[int]]:
    """Positions of the questions of each group: all, each style, each kind."""
    groups: dict[str, list[int]] = {OVERALL: list(range(len(questions)))}
    for attribute in ("style", "kind"):
        for value in sorted({getattr(question, attribute) for question in questions} - {""}):
            groups[value] = [
                at for at, question in enumerate(questions) if getattr(question, attribute) == value
            ]
    return groups

"""Whether the compilation answers a question at all, and if not, what it doesn't have.

A logistic regression over few signs (:mod:`server.answering.evidence`) gives a probability; named
absences (:mod:`server.answering.scope`) decide by themselves. The weights are data, made by
``diance calibrate`` and never typed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from indexer.search import SearchIndex, SearchResult
from server.answering.entitlements import Entitlements
from server.answering.evidence import Evidence, EvidenceReader
from server.answering.scope import Scope
from server.answering.subjects import Subjects

WEIGHTS = Path(__file__).parent / "answerability.json"


class Calibration(BaseModel):
    """A logistic regression over the signs of :class:`Evidence`, in its order.

    Each sign is scaled by ``means`` and ``deviations`` before its weight; ``threshold`` is the
    probability from which a question counts as answered; ``when_absent`` is the probability where
    an absence is named, ``when_settled`` where the evidence settles it. ``made_of`` says what it
    was fitted on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    signs: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    threshold: float
    when_absent: float
    when_settled: float
    made_of: dict[str, int]

    def probability(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that what was found answers."""
        scaled = zip(evidence.values, self.means, self.deviations, self.weights, strict=True)
        logit = self.intercept + sum(w * (value - m) / d for value, m, d, w in scaled)
        return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))


@dataclass(frozen=True, slots=True)
class Answerability:
    """``confidence`` is the probability that the clauses found answer, 0 to 1.

    ``answerable`` says that it is above the threshold and nothing is named as absent; ``absent``
    is what the compilation doesn't have, one plain Chinese sentence, where that can be named.
    """

    confidence: float
    answerable: bool
    absent: str | None


class AnswerabilityJudge:
    """Judges search results of one index. Safe to use from several threads."""

    def __init__(self, index: SearchIndex, weights: Path = WEIGHTS) -> None:
        subjects = Subjects()
        self._scope = Scope(index, subjects)
        self._evidence = EvidenceReader(index, subjects)
        self._calibration = Calibration.model_validate_json(weights.read_text(encoding="utf-8"))

    def judge(self, question: str, result: SearchResult, entitled: Entitlements) -> Answerability:
        """The judgement of ``result``, which is that of a hybrid search for ``question``.

        ``entitled`` are the benefits that the question is about.
        """
        absent = self._scope.absence(question, result) or entitled.absent
        if not result.hits:
            return Answerability(0.0, False, absent)
        evidence = self._evidence.read(result, entitled.fit)
        confidence = self._calibration.probability(evidence)
        if absent is not None:
            return Answerability(min(confidence, self._calibration.when_absent), False, absent)
        if result.understood.clauses:  # who names a clause gets it
            return Answerability(max(confidence, self._calibration.threshold), True, None)
        if evidence.settles:
            return Answerability(max(confidence, self._calibration.when_settled), True, None)
        return Answerability(confidence, confidence >= self._calibration.threshold, None)

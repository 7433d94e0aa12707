"""Whether the compilation answers a question at all."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.search import SearchIndex, SearchResult


@dataclass(frozen=True, slots=True)
class Answerability:
    """``confidence`` is the probability that the first clause answers, 0..1.

    ``answerable`` says that it is above the threshold and nothing is named as absent; ``absent``
    is what the compilation doesn't have, one plain Chinese sentence.
    """

    confidence: float
    answerable: bool
    absent: str | None


class AnswerabilityJudge:
    """Judges by the score of the first clause."""

    def __init__(self, index: SearchIndex) -> None:
        self._units = index.manifest.counts["units"]

    def judge(self, question: str, result: SearchResult) -> Answerability:
        """The judgement of a question's search result."""
        if not result.hits or not question or not self._units:
            return Answerability(0.0, False, None)
        return Answerability(min(max(result.hits[0].score, 0.0), 1.0), True, None)

"""The JSON of an answer. Field names are fixed; the command line prints the same."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from indexer.search import LONGEST_QUERY
from server.answering.answer import Answer, Part
from server.schemas import HitOut


class AnswerIn(BaseModel):
    """A question, and the day for which it is asked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "师傅带徒弟有补助吗", "as_of": "2021-06-01"}]},
    )

    question: str = Field(min_length=1, max_length=LONGEST_QUERY, description="问题")
    as_of: datetime.date | None = Field(
        default=None, description="以哪一天为准判断时效,默认今天;此后印发的文件不计"
    )


class AnswerPartOut(BaseModel):
    """Words that stand verbatim in ``citations[citation]``.

    ``spans`` are offsets into that citation's source file, without what recorded repairs put in;
    ``head`` is the head of the column of a table cell, which the answer prints before it.
    """

    text: str
    citation: int
    spans: list[tuple[int, int]]
    head: str

    @classmethod
    def of(cls, part: Part) -> AnswerPartOut:
        """The JSON of one part."""
        spans = [(span.start, span.end) for span in part.spans]
        return cls(text=part.text, citation=part.citation, spans=spans, head=part.head)


class AnswerOut(BaseModel):
    """An answer in the words of the cited clauses, or that the compilation doesn't say.

    ``citations`` are those that answer, the most useful first; they are empty if nothing was
    found, ``nearest`` then lists the nearest clauses. ``confidence`` is the probability that the
    first clause answers.
    """

    question: str
    corrected_question: str | None
    status: str = Field(description="answered | not_found")
    answer: str
    confidence: float = Field(ge=0, le=1)
    parts: list[AnswerPartOut]
    citations: list[HitOut]
    nearest: list[HitOut]
    notices: list[str]
    benefits: list[SerializeAsAny[BaseModel]]
    follow_up: list[str]
    as_of: datetime.date
    took_ms: float

    @classmethod
    def of(cls, answer: Answer, took_ms: float) -> AnswerOut:
        """The JSON of an answer."""
        return cls(
            question=answer.question,
            corrected_question=answer.correction.query if answer.correction else None,
            status=answer.status.value,
            answer=answer.text,
            confidence=round(answer.confidence, 4),
            parts=[AnswerPartOut.of(part) for part in answer.parts],
            citations=[HitOut.of(hit, answer.as_of) for hit in answer.citations],
            nearest=[HitOut.of(hit, answer.as_of) for hit in answer.nearest],
            notices=list(answer.notices),
            benefits=list(answer.benefits),
            follow_up=list(answer.follow_up),
            as_of=answer.as_of,
            took_ms=round(took_ms, 2),
        )

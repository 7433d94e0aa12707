"""The JSON of an answer. Field names are fixed; the command line prints the same."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from indexer.query import LONGEST_QUERY
from server import notebook
from server.answering.answer import Answer, Part
from server.schemas.benefit import BenefitOut
from server.schemas.day import Day
from server.schemas.search import HitOut

if TYPE_CHECKING:
    from server.answering.wording import Wording

WORDED_BY_A_MODEL = "由语言模型组织文字,引文以所列条款为准"


class AnswerIn(BaseModel):
    """A question, and the day for which it is asked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "师傅带徒弟有补助吗", "as_of": "2021-06-01"}]},
    )

    question: str = Field(min_length=1, max_length=LONGEST_QUERY, description="问题")
    as_of: Day | None = Field(
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


class WordingOut(BaseModel):
    """The answer in connected sentences by a language model; [1] means the first citation.

    Its figures, numbers and quotations stand in the cited clauses; ``marked`` is to be shown.
    """

    text: str
    model: str
    marked: str = WORDED_BY_A_MODEL


class AnswerOut(BaseModel):
    """An answer in the words of the cited clauses, or that the compilation doesn't say.

    ``citations`` are those that answer, the most useful first; they are empty if nothing was
    found, ``nearest`` then lists the nearest clauses. ``confidence`` is the probability that the
    first clause answers. ``wording`` is null unless a language model is set and what it wrote
    stands up to the check; ``answer`` is verbatim either way.
    """

    question: str
    corrected_question: str | None
    status: str = Field(description="answered | not_found")
    answer: str
    confidence: float = Field(ge=0, le=1)
    wording: WordingOut | None
    parts: list[AnswerPartOut]
    citations: list[HitOut]
    nearest: list[HitOut]
    notices: list[str]
    benefits: list[BenefitOut]
    follow_up: list[str]
    as_of: datetime.date
    took_ms: float

    def _repr_html_(self) -> str:
        return notebook.answer_html(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        yield from (("question", self.question), ("status", self.status), ("answer", self.answer))
        yield "citations", [hit.clause.id for hit in self.citations]

    @classmethod
    def of(
        cls,
        answer: Answer,
        benefits: list[BenefitOut],
        took_ms: float,
        wording: Wording | None = None,
    ) -> AnswerOut:
        """The JSON of an answer, of its benefits, and of its wording if there is one."""
        return cls(
            question=answer.question,
            corrected_question=answer.correction.query if answer.correction else None,
            status=answer.status.value,
            answer=answer.text,
            confidence=round(answer.confidence, 4),
            wording=WordingOut(text=wording.text, model=wording.model) if wording else None,
            parts=[AnswerPartOut.of(part) for part in answer.parts],
            citations=[HitOut.of(hit, answer.as_of) for hit in answer.citations],
            nearest=[HitOut.of(hit, answer.as_of) for hit in answer.nearest],
            notices=list(answer.notices),
            benefits=benefits,
            follow_up=list(answer.follow_up),
            as_of=answer.as_of,
            took_ms=round(took_ms, 2),
        )

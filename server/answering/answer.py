"""An answer as data: what is said, where each word of it stands, and what to know beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.model import Span
from indexer.correction import Correction
from indexer.search import Hit
from server.answering.focus import Focus
from server.eligibility.matching import MatchedBenefit


class AnswerStatus(StrEnum):
    """Whether the compilation answers."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Part:
    """``text`` stands verbatim in the cited clause number ``citation``.

    ``spans`` are its places in the source file, without what recorded repairs put in; ``head`` is
    the head of the column of a table cell, empty otherwise.
    """

    text: str
    citation: int
    spans: tuple[Span, ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` is made of the ``parts``, or says that the compilation doesn't say.

    ``citations`` are the clauses that answer, the most useful first; without an answer there are
    none, and ``nearest`` are the clauses nearest to the question. ``confidence`` is the
    probability that the first clause answers; ``absent`` is what the compilation doesn't have,
    where that can be named.
    """

    question: str
    as_of: date
    status: AnswerStatus
    text: str
    confidence: float
    foci: tuple[Focus, ...] = ()
    parts: tuple[Part, ...] = ()
    citations: tuple[Hit, ...] = ()
    nearest: tuple[Hit, ...] = ()
    notices: tuple[str, ...] = ()
    benefits: tuple[MatchedBenefit, ...] = ()
    follow_up: tuple[str, ...] = ()
    correction: Correction | None = None
    absent: str | None = None

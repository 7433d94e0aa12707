"""The evidence that the clauses found answer a question: what a judge of answerability weighs.

Query performance prediction (Carmel and Yom-Tov, "Estimating the Query Difficulty for Information
Retrieval", 2010) from few signs that mean something: nearness by each side of the index, how much
of the question the best clause has, and whether the thing asked for is there at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from statistics import fmean

from indexer.passages import questions_of
from indexer.search import Hit, SearchIndex, SearchResult
from indexer.tokenizer import fold
from server.answering.entitlements import Fit
from server.answering.subjects import Subjects, parts_of
from server.answering.support import SupportReader

_LOOKED_AT = 10
_AVERAGED = 5
_USUAL, _LONGEST = 20, 80  # characters of a question; from where to where a story is a long one
_MOST_MET = 4  # conditions; more of them say no more
_UNRELATED = 0.6  # cosine of two texts that have nothing in common (multilingual-e5)
_ASKS_SUM = re.compile(
    r"多少(?:钱|元|块|万)|几多|几(?:百|千|万|块)|[几多]万|百分之[几多]|几个点|几成|几倍"
    r"|[补奖赔发领给交缴罚贷拿收涨返退扣报存](?:到|销|得|偿)?(?:多少|几多|几)(?![次回年天人种类])"
    r"|(?:标准|比例|税率|利率|金额|额度|费用|单价)(?:是|分别|为|各|上限|要)*(?:多少|几|$)"
)
_PASSING = re.compile(
    r"今年|明年|最近|附近|目前|现任|现在(?:是谁|是多少)|下一?[期届次]|最新|几月份|几月几[号日]"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signs for and against; shares and cosines from 0 to 1, the rest counts or 0 and 1.

    ``text`` and ``question`` are cosines of the question with the first clause and with the nearest
    question that people ask for it, ``best_text`` and ``best_question`` the greatest among the
    first ten. ``coverage`` is the share of the question's words that the first clause has,
    ``unknown_words`` and ``unknown_bigrams`` are shares that no clause has. ``asked_subjects``
    counts the subjects of public administration in what is asked, ``missing_asked`` those of them
    that the first clause lacks, ``missing_told`` likewise of what is told beside it. ``asks_sum``
    says that a sum or rate is asked for, ``passing`` that something of the day is (this year's
    date, the nearest place), which regulations don't tell. ``mean_coverage`` is that of the first
    five clauses. ``asks_measure``, ``support_missing`` and ``support`` are those of
    :class:`Support`: whether what is asked for stands beside what it is asked of. ``benefit``,
    ``conditions_met``, ``entry`` and ``priced`` are those of :class:`Fit`: a benefit that the
    question fits. ``length`` is how much longer than usual the question is, as a logarithm: of a
    long story more words are unknown and nothing is as near, and it has its answer all the same.
    That a question is short says nothing.
    """

    text: float
    question: float
    best_text: float
    best_question: float
    coverage: float
    unknown_words: float
    unknown_bigrams: float
    asked_subjects: float
    missing_asked: float
    missing_told: float
    asks_sum: float
    passing: float
    mean_coverage: float
    asks_measure: float
    support_missing: float
    support: float
    benefit: float
    conditions_met: float
    entry: float
    priced: float
    length: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of the signs in the order of ``values``."""
        return tuple(each.name for each in fields(cls))

    @property
    def settles(self) -> bool:
        """Whether a sum is asked for and a catalogue's row prices the occupation asked about."""
        return bool(self.asks_sum and self.entry and self.priced)

    @property
    def values(self) -> tuple[float, ...]:
        """The signs as numbers."""
        return astuple(self)


class EvidenceReader:
    """Gathers the evidence for one index."""

    def __init__(self, index: SearchIndex, subjects: Subjects) -> None:
        self._index = index
        self._subjects = subjects
        self._support = SupportReader(index)

    def read(self, result: SearchResult, fit: Fit) -> Evidence:
        """The evidence of a search result with at least one hit and of the benefit that fits."""
        asked = result.correction.query if result.correction else result.query
        hits = result.hits[:_LOOKED_AT]
        first = hits[0]
        coverages = self._index.coverages(asked, [hit.unit.id for hit in hits[:_AVERAGED]])
        coverage = coverages[0]
        support = self._support.read(asked, hits)
        asking, telling = parts_of(asked)
        in_question, in_case = map(self._subjects.named_in, (asking, telling))
        texts, questions = [_text(hit) for hit in hits], [_question(hit) for hit in hits]
        return Evidence(
            text=texts[0],
            question=questions[0],
            best_text=max(texts),
            best_question=max(questions),
            coverage=coverage.words,
            unknown_words=coverage.unknown_words,
            unknown_bigrams=coverage.unknown_bigrams,
            asked_subjects=float(len(in_question)),
            missing_asked=float(len(missing_from(first, in_question))),
            missing_told=float(len(missing_from(first, in_case))),
            asks_sum=float(asks_sum(asked)),
            passing=float(_PASSING.search(fold(asked)) is not None),
            mean_coverage=fmean(each.words for each in coverages),
            asks_measure=float(support.is_measured),
            support_missing=support.missing,
            support=support.nearest,
            benefit=fit.relevance,
            conditions_met=float(min(fit.met, _MOST_MET)),
            entry=float(fit.is_entry),
            priced=float(fit.is_priced),
            length=math.log(min(max(len(asked), _USUAL), _LONGEST) / _USUAL),
        )


def asks_sum(question: str) -> bool:
    """Whether a sum of money or a rate is asked for."""
    return _ASKS_SUM.search(fold(question)) is not None


def missing_from(hit: Hit, subjects: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The subjects of which a hit has no name, neither in its text nor above it."""
    unit = hit.unit
    words = fold(" ".join((unit.reading, hit.document.title, *unit.headings, *questions_of(unit))))
    return [names for names in subjects if not any(name in words for name in names)]


def _text(hit: Hit) -> float:
    return hit.signals.text if hit.signals.text is not None else _UNRELATED


def _question(hit: Hit) -> float:
    """A clause that nobody wrote questions for is as near as its text."""
    if not questions_of(hit.unit):
        return _text(hit)
    return hit.signals.question if hit.signals.question is not None else _UNRELATED

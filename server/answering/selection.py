"""Which sentences of a clause answer a question.

A sentence is the better the nearer its vector is to the question's, the more of the question's
words it has (weighted by how rare they are), and if it has what the question asks for. Weights and
limits were chosen on ``eval/datasets/train.jsonl`` and ``dev.jsonl``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.sentences import Sentence
from indexer.embedding.encoder import Vectors
from indexer.search import Hit
from server.answering.clauses import Clause
from server.answering.focus import Focus, gives
from server.answering.inquiry import Inquiry, InquiryReader

SHORT_CLAUSE = 110  # characters; up to here a clause is given whole
_MOST_SENTENCES = 3  # of a long clause, before what they can't be read without
_LONGEST_LIST = 320  # characters of the items that a lead-in brings along
_ITEMS_OF_LONG_LIST = 3
_DENSE, _ASKED, _WORDS, _OFFICIAL, _FOCUS, _HEADING = 1.0, 0.3, 0.4, 0.1, 0.07, -1.0
_ALMOST_AS_GOOD = 0.16  # below the score of the best sentence
_TELLING_GAIN = 0.12  # share of what the question's words tell that another sentence must add
_POINTS_BACK = re.compile(
    r"其中|其(?!他|余)|该(?!项目)|此[项类外]?|上述|前款|以上(?!人员)|前述|这[些类项]|但|否则|不足|超过|未"
)

_NAMES_OFFICES = re.compile(r"[(（].*(?:牵头|负责|责任单位|责任部门|配合|职责分工)")

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Selected:
    """``clause.text[start:end]`` answers; ``head`` is that of a table column."""

    clause: Clause
    start: int
    end: int
    head: str = ""

    @property
    def text(self) -> str:
        """The words, verbatim."""
        return self.clause.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What of a hit's clause answers."""

    hit: Hit
    clause: Clause
    selected: tuple[Selected, ...]


def sentence_scores(
    inquiry: Inquiry, clause: Clause, reader: InquiryReader, asked_as: Vectors | None
) -> Scores:
    """How well each sentence of a clause answers, shape ``(sentences,)``.

    ``asked_as`` is the vector of the question by which the clause was found, if it was by one.
    A clause of one sentence has no vectors: there is nothing to compare.
    """
    scores = np.zeros(len(clause.sentences), np.float32)
    if len(clause.vectors):
        scores += _DENSE * (clause.vectors @ inquiry.vector)
        if asked_as is not None:
            scores += _ASKED * (clause.vectors @ asked_as)
    for at, (sentence, words) in enumerate(zip(clause.sentences, clause.words, strict=True)):
        scores[at] += _WORDS * reader.coverage(inquiry.words, words)
        scores[at] += _OFFICIAL * reader.coverage(inquiry.official, words)
        scores[at] += _FOCUS * share_given(inquiry.foci, sentence.of(clause.text))
        scores[at] += _HEADING * sentence.is_heading
    return scores


def share_given(foci: Sequence[Focus], words: str) -> float:
    """Which share of what the question asks for the words can give, 0 to 1."""
    return sum(gives(focus, words) for focus in foci) / len(foci) if foci else 0.0


def select_sentences(
    inquiry: Inquiry, clause: Clause, scores: Scores, reader: InquiryReader
) -> list[Selected]:
    """The stretches of a clause that answer, in reading order; a short clause whole."""
    if len(clause.text) <= SHORT_CLAUSE or len(clause.sentences) < 2:
        return [Selected(clause, 0, len(clause.text))]
    best_first = np.argsort(-scores, kind="stable")
    least = scores[best_first[0]] - _ALMOST_AS_GOOD
    chosen = {int(at) for at in best_first[:_MOST_SENTENCES] if scores[at] >= least}
    chosen |= _completing(inquiry, clause, chosen, scores, reader)
    if Focus.DEPARTMENT in inquiry.foci:
        chosen |= set(_responsibilities(clause))
    whole = _with_what_they_need(clause, chosen, scores)
    return [
        Selected(clause, clause.sentences[first].start, clause.sentences[last].end)
        for first, last in _runs(sorted(whole))
    ]


def _completing(
    inquiry: Inquiry, clause: Clause, chosen: set[int], scores: Scores, reader: InquiryReader
) -> set[int]:
    """The best sentence with words of the question that the chosen ones lack, if it has enough.

    Who asks two things at once is answered by two sentences (maximal marginal relevance;
    Carbonell and Goldstein, SIGIR 1998).
    """
    lacking = inquiry.words.difference(*(clause.words[at] for at in chosen))
    gains = {
        at: reader.coverage(inquiry.words, clause.words[at] & lacking)
        for at in range(len(clause.sentences))
        if at not in chosen and not clause.sentences[at].is_heading
    }
    telling = [at for at, gain in gains.items() if gain >= _TELLING_GAIN]
    return {max(telling, key=lambda at: scores[at])} if telling else set()


def _responsibilities(clause: Clause) -> Iterator[int]:
    """Sentences that only name offices: ``(责任单位:省教育厅)``, ``(省总工会牵头)``."""
    for at, sentence in enumerate(clause.sentences):
        if _NAMES_OFFICES.match(sentence.of(clause.text)):
            yield at


def _with_what_they_need(clause: Clause, chosen: set[int], scores: Scores) -> set[int]:
    """The chosen with the lead-ins of items, the items of lead-ins and what a pronoun means."""
    sentences = clause.sentences
    needed = set(chosen)
    for at in chosen:
        if sentences[at].is_lead_in and not any(sentences[i].lead_in == at for i in chosen):
            needed |= _items(sentences, at, scores)
        lead_in = sentences[at].lead_in
        if lead_in is not None:
            needed.add(lead_in)
        if at and _POINTS_BACK.match(sentences[at].of(clause.text)):
            needed.add(at - 1)
    return needed


def _items(sentences: Sequence[Sentence], lead_in: int, scores: Scores) -> set[int]:
    items = [at for at, sentence in enumerate(sentences) if sentence.lead_in == lead_in]
    if sum(sentences[at].end - sentences[at].start for at in items) <= _LONGEST_LIST:
        return set(items)
    return set(sorted(items, key=lambda at: -scores[at])[:_ITEMS_OF_LONG_LIST])


def _runs(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours."""
    for _, group in itertools.groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        run = [at for _, at in group]
        yield run[0], run[-1]

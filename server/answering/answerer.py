"""A question goes in, an answer in the words of the clauses comes out, or that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from indexer.search import Filters, Hit, SearchIndex, SearchResult
from server.answering.answer import Answer, AnswerStatus, BenefitMatcher, Part
from server.answering.answerability import Answerability, AnswerabilityJudge
from server.answering.catalogue import Catalogue
from server.answering.clauses import ClauseReader
from server.answering.follow_up import FollowUps
from server.answering.inquiry import Inquiry, InquiryReader
from server.answering.notices import (
    correction_notice,
    misprint_notices,
    restatement_notices,
    validity_notices,
)
from server.answering.rows import rate_cells, select_cells
from server.answering.selection import Quoted, Selected, select_sentences, sentence_scores

_SEARCHED = 10  # hits that are looked at
MOST_CITED = 3
_ANSWERS_AS_WELL = 0.9  # of the score of the first clause, from which another is quoted too
_NOT_SAID = "汇编里没有找到能回答这个问题的规定。"


class Answerer:
    """Answers from an index. Safe to use from several threads.

    A ``benefit_matcher`` adds the benefits that a question is about; without one there are none.
    """

    def __init__(self, index: SearchIndex, benefit_matcher: BenefitMatcher | None = None) -> None:
        self._index = index
        self._judge = AnswerabilityJudge(index)
        self._inquiries = InquiryReader(index)
        self._clauses = ClauseReader(index)
        self._catalogue = Catalogue(index)
        self._follow_ups = FollowUps(index)
        self._benefit_matcher = benefit_matcher

    def answer(self, question: str, as_of: date | None = None) -> Answer:
        """The answer as of a day, by default today; documents signed after ``as_of`` are left out.

        Raises:
            InvalidQueryError: the question is empty or too long.
            ModelError: the embedding model can't be loaded.
        """
        filters = Filters(as_of=as_of) if as_of is not None else None
        result = self._index.search(question, limit=_SEARCHED, filters=filters)
        judgement = self._judge.judge(question, result)
        today = date.today()
        if not judgement.answerable or not result.hits:
            return _not_found(result, judgement, as_of or today)
        return self._found(result, judgement, as_of or today, today)

    def _found(
        self, result: SearchResult, judgement: Answerability, as_of: date, today: date
    ) -> Answer:
        inquiry = self._inquiries.read(result)
        quoted = self._quoted(inquiry, result)
        cited = [each.hit for each in quoted]
        cited += [hit for hit in result.hits if hit.unit.id not in {h.unit.id for h in cited}]
        cited = cited[: max(MOST_CITED, len(quoted))]
        selected = [piece for each in quoted for piece in each.selected]
        benefits = self._benefit_matcher.match(inquiry.text, as_of) if self._benefit_matcher else ()
        return Answer(
            question=result.query,
            as_of=as_of,
            status=AnswerStatus.ANSWERED,
            text="\n".join(_spelt(each.selected) for each in quoted),
            confidence=judgement.confidence,
            foci=inquiry.foci,
            parts=tuple(_parts(quoted)),
            citations=tuple(cited),
            notices=tuple(
                dict.fromkeys(
                    [
                        *correction_notice(result.correction),
                        *validity_notices([each.hit for each in quoted], as_of, today),
                        *restatement_notices([each.hit for each in quoted]),
                        *misprint_notices(selected),
                    ]
                )
            ),
            benefits=tuple(benefits),
            follow_up=self._follow_ups.propose(inquiry.text, cited),
            correction=result.correction,
        )

    def _quoted(self, inquiry: Inquiry, result: SearchResult) -> list[Quoted]:
        """What answers, the first clause before others that answer as well."""
        first = result.hits[0]
        if (entry := self._catalogue.entry_of(inquiry, result)) is not None:
            return [self._quote(inquiry, entry), *self._rates(inquiry, entry)]
        quoted = [*self._lead_in(first), self._quote(inquiry, first)]
        for hit in result.hits[1:MOST_CITED]:
            if len(quoted) < MOST_CITED and hit.score >= _ANSWERS_AS_WELL * first.score:
                quoted.append(self._quote(inquiry, hit))
        return quoted

    def _quote(self, inquiry: Inquiry, hit: Hit) -> Quoted:
        clause = self._clauses.read(hit.unit)
        if clause.cells:
            return Quoted(hit, tuple(select_cells(inquiry, clause, self._inquiries)))
        asked_as = self._index.question_vector(hit.unit, hit.asked_as) if hit.asked_as else None
        scores = sentence_scores(inquiry, clause, self._inquiries, asked_as)
        selected = select_sentences(inquiry, clause, scores, self._inquiries)
        return Quoted(hit, tuple(selected))

    def _rates(self, inquiry: Inquiry, entry: Hit) -> Iterator[Quoted]:
        """What a catalogue pays for an entry."""
        for rate, priced in self._catalogue.rates_of(entry):
            clause = self._clauses.read(priced.unit)
            yield Quoted(priced, tuple(rate_cells(inquiry.text, rate, clause)))

    def _lead_in(self, hit: Hit) -> Iterator[Quoted]:
        """The words that an item cited alone depends on: its parent ends in a colon."""
        document = self._index.store.document(hit.unit.document_id)
        parent_id = hit.unit.provision.parent_id
        if document is None or parent_id not in self._index.store.unit_position:
            return
        (parent,) = self._index.store.units([self._index.store.unit_position[parent_id]])
        clause = self._clauses.read(parent)
        if clause.sentences and parent.text.endswith((":", "：")):
            start = clause.sentences[-1].start
            selected = Selected(clause, start, len(parent.text))
            yield Quoted(self._index.hit_of_unit(parent), (selected,))


def _not_found(result: SearchResult, judgement: Answerability, as_of: date) -> Answer:
    nearest = result.hits[:MOST_CITED]
    said = judgement.absent or _NOT_SAID
    hint = "下面列出内容最接近的条款,仅供参考。" if nearest else ""
    return Answer(
        question=result.query,
        as_of=as_of,
        status=AnswerStatus.NOT_FOUND,
        text=said + hint,
        confidence=judgement.confidence,
        nearest=nearest,
        notices=tuple(correction_notice(result.correction)),
        correction=result.correction,
    )


def _parts(quoted: Iterable[Quoted]) -> Iterator[Part]:
    for number, each in enumerate(quoted):
        for piece in each.selected:
            places = piece.clause.places(piece.start, piece.end)
            yield Part(piece.text, number, places, piece.head)


def _spelt(selected: Sequence[Selected]) -> str:
    """Stretches one a line; the cells of a row in one line, each with the head of its column."""
    if not selected[0].clause.cells:
        return "\n".join(piece.text for piece in selected)
    return ";".join(f"{p.head}:{p.text}" if p.head else p.text for p in selected)

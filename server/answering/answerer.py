"""A question goes in, an answer in the words of the clauses comes out, or that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from indexer.filters import Filters
from indexer.search import Hit, SearchIndex, SearchResult
from server.answering.answer import Answer, AnswerStatus, Part
from server.answering.answerability import Answerability, AnswerabilityJudge
from server.answering.entitlements import Entitlements, entitlements
from server.answering.follow_up import FollowUps
from server.answering.inquiry import Inquiry, InquiryReader
from server.answering.named_clause import NamedClause, named_clause
from server.answering.notices import (
    correction_notice,
    misprint_notices,
    restatement_notices,
    validity_notices,
)
from server.answering.quoting import MOST_CITED, Quoter, Quotes
from server.answering.selection import Quoted, Selected
from server.eligibility.benefit_finder import BenefitFinder

_SEARCHED = 10  # hits that are looked at
_NOT_SAID = "汇编里没有找到能回答这个问题的规定。"


class Answerer:
    """Answers from an index. Safe to use from several threads."""

    def __init__(self, index: SearchIndex, finder: BenefitFinder) -> None:
        self._index = index
        self._judge = AnswerabilityJudge(index)
        self._inquiries = InquiryReader(index)
        self._quoter = Quoter(index, self._inquiries)
        self._follow_ups = FollowUps(index)
        self._finder = finder

    def answer(self, question: str, as_of: date | None = None) -> Answer:
        """The answer as of a day, by default today; documents signed after ``as_of`` are left out.

        Raises:
            InvalidQueryError: the question is empty or too long.
            ModelError: the embedding model can't be loaded.
        """
        filters = Filters(as_of=as_of) if as_of is not None else None
        result = self._index.search(question, limit=_SEARCHED, filters=filters)
        today = date.today()
        if (named := named_clause(self._index, result)) is not None:
            return self._named(result, named, as_of or today)
        inquiry = self._inquiries.read(result)
        entitled = entitlements(self._finder, inquiry, result, as_of)
        judgement = self._judge.judge(question, result, entitled)
        if not judgement.answerable:
            return _not_found(result, judgement, as_of or today)
        quotes = self._quoter.quote(inquiry, result, entitled.entry_id)
        return self._found(result, judgement, quotes, inquiry, entitled, as_of or today)

    def _named(self, result: SearchResult, named: NamedClause, as_of: date) -> Answer:
        """The clause that was asked for itself, whole, or that there is none."""
        if named.hit is None:
            return _not_found(result, Answerability(0.0, False, named.absent), as_of)
        quotes = self._quoter.whole(named.hit)
        certain = Answerability(1.0, True, None)
        inquiry = self._inquiries.read(result)
        return self._found(result, certain, quotes, inquiry, Entitlements(), as_of)

    def _found(
        self,
        result: SearchResult,
        judgement: Answerability,
        quotes: Quotes,
        inquiry: Inquiry,
        entitled: Entitlements,
        as_of: date,
    ) -> Answer:
        cited = _cited(quotes.quoted, result)
        return Answer(
            question=result.query,
            as_of=as_of,
            status=AnswerStatus.ANSWERED,
            text="\n".join(_spelt(each.selected) for each in quotes.quoted),
            confidence=judgement.confidence,
            foci=inquiry.foci,
            parts=tuple(_parts(quotes.quoted, cited)),
            citations=cited,
            notices=tuple(_notices(quotes, result, as_of)),
            benefits=entitled.benefits,
            follow_up=self._follow_ups.propose(inquiry.text, cited),
            correction=result.correction,
        )


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
        absent=judgement.absent,
    )


def _cited(quoted: Sequence[Quoted], result: SearchResult) -> tuple[Hit, ...]:
    """The best hit if it is quoted, the others that are, then what else was found."""
    hits = {each.hit.unit.id: each.hit for each in quoted}
    first = result.hits[0].unit.id
    quoted_first = sorted(hits, key=lambda unit_id: unit_id != first)
    found = {hit.unit.id: hit for hit in result.hits if hit.unit.id not in hits}
    most = max(MOST_CITED, len(hits))
    return tuple([*(hits[unit_id] for unit_id in quoted_first), *found.values()][:most])


def _notices(quotes: Quotes, result: SearchResult, as_of: date) -> Iterable[str]:
    """What to know beside the answer, each thing once."""
    hits = [each.hit for each in quotes.quoted]
    selected = [piece for each in quotes.quoted for piece in each.selected]
    return dict.fromkeys(
        [
            *correction_notice(result.correction),
            *quotes.differences,
            *validity_notices(hits, as_of, date.today()),
            *restatement_notices(hits),
            *misprint_notices(selected),
        ]
    )


def _parts(quoted: Iterable[Quoted], cited: Sequence[Hit]) -> Iterator[Part]:
    number = {hit.unit.id: at for at, hit in enumerate(cited)}
    for each in quoted:
        for piece in each.selected:
            places = piece.clause.places(piece.start, piece.end)
            yield Part(piece.text, number[each.hit.unit.id], places, piece.head)


def _spelt(selected: Sequence[Selected]) -> str:
    """Stretches one a line; the cells of a row in one line, each with the head of its column."""
    if not selected[0].clause.cells:
        return "\n".join(piece.text for piece in selected)
    return ";".join(f"{p.head}:{p.text}" if p.head else p.text for p in selected)

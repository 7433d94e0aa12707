"""Where two documents give different figures for the same thing.

Two sentences are about the same thing if most of the words of the shorter one stand in the other
and both name the same grades (技师 and 高级技师 are two things). They differ if each has figures of
a unit that the other lacks, said of the same thing where it follows (60元的生活费补贴 and
20元的交通费补贴 are two things).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.sentences import Sentence
from indexer.tokenizer import fold
from server.answering.clauses import Clause
from server.answering.selection import Quoted

_SAME_THING = 0.5  # share of the words of the shorter sentence that the other has
_FIGURE = re.compile(
    r"\d+(?:\.\d+)?(?:%?\s*[—-]\s*\d+(?:\.\d+)?)?\s*"
    r"(?P<unit>万?元|%|年(?!度|底|\d)|个?月(?!\d)|天|个?工作日|次|学时|课时|倍)"
    r"(?:的(?P<of>[^\s,，。;；、()（）]{2,12}))?"
)
_YEAR_OF_CALENDAR = re.compile(r"(?:19|20)\d\d年")
_GRADE = re.compile(
    r"(?:高级|中级|初级|助理|正高级?|副高级?)?(?:技师|工程师|职称|工(?=[^作程资伤人会]))|[一二三四五]级"
)


def difference(one: Quoted, other: Quoted) -> str | None:
    """What to say of two clauses that give different figures for the same thing, or None.

    The newer document is named first.
    """
    if one.hit.document.id == other.hit.document.id:
        return None
    for sentence, words in _quoted_sentences(one):
        for against, others in _quoted_sentences(other):
            pair = (sentence.of(one.clause.text), against.of(other.clause.text))
            if _share(words, others) >= _SAME_THING and _grades(pair[0]) == _grades(pair[1]):
                ours, theirs = (_figures(text) for text in pair)
                if (found := _unlike(ours, theirs)) is not None:
                    return _spelt([(one, found[0]), (other, found[1])])
    return None


def is_newer(one: Quoted, other: Quoted) -> bool:
    """Whether the first document was signed after the other."""
    days = one.hit.document.date, other.hit.document.date
    return days[0] is not None and days[1] is not None and days[0] > days[1]


def _quoted_sentences(quoted: Quoted) -> Iterator[tuple[Sentence, frozenset[str]]]:
    """The sentences within what is quoted, with their words; a table has none."""
    clause: Clause = quoted.clause
    for sentence, words in zip(clause.sentences, clause.words, strict=False):
        if any(s.start <= sentence.start and sentence.end <= s.end for s in quoted.selected):
            yield sentence, words


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    telling, against = ({w for w in each if not re.search(r"\d", w)} for each in (words, others))
    return len(telling & against) / max(min(len(telling), len(against)), 1)


def _grades(text: str) -> set[str]:
    return {hit[0] for hit in _GRADE.finditer(fold(text))}


@dataclass(frozen=True, slots=True)
class _Figure:
    """``60元`` of ``生活费补贴``; ``of`` is empty where no noun follows."""

    text: str
    unit: str
    of: str


def _figures(text: str) -> list[_Figure]:
    """The figures of a sentence in order; years of the calendar are none."""
    without_years = _YEAR_OF_CALENDAR.sub("", fold(text))
    return [
        _Figure(re.sub(r"\s|的.*", "", hit[0]), hit["unit"], hit["of"] or "")
        for hit in _FIGURE.finditer(without_years)
    ]


def _unlike(ours: list[_Figure], theirs: list[_Figure]) -> tuple[str, str] | None:
    """The first figures of one unit and thing that either side has and the other lacks."""
    only_ours = [f for f in ours if f.text not in {other.text for other in theirs}]
    only_theirs = [f for f in theirs if f.text not in {other.text for other in ours}]
    for figure in only_ours:
        for other in only_theirs:
            if figure.unit == other.unit and figure.of == other.of:
                return figure.text, other.text
    return None


def _spelt(figures: list[tuple[Quoted, str]]) -> str:
    newest_first = sorted(figures, key=lambda each: -_ordinal(each[0]))
    said = ";".join(f"{_name(quoted)}写的是{figure}" for quoted, figure in newest_first)
    return f"不同文件的规定不一样:{said}。请按适用的情形和时间核实。"


def _ordinal(quoted: Quoted) -> int:
    day = quoted.hit.document.date
    return day.toordinal() if day else 0


def _name(quoted: Quoted) -> str:
    document = quoted.hit.document
    name = document.doc_number or f"《{document.title}》"
    return f"{name}({document.date.year}年)" if document.date else name

"""Whether what a model wrote about cited clauses says nothing that isn't in them.

This check protects a reader, not the prompt: whatever a document or a model tries, a text passes
only if each of its sentences names its clauses, and its figures, document numbers, clause numbers,
quotations, names, limits and nearly all of its words stand in them. The other way round a text
made of sentences of the clauses passes. A document that states something false is quoted with it;
the extractive answer would do the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.document_number import find_all
from corpus.figures import Run, figures_in, folded, states
from corpus.question_form import fault_of_text
from indexer.language_model.names import names_in
from indexer.tokenizer import Tokenizer, fold

LONGEST_WORDING = 600  # characters
# Of the words of a sentence, by characters. Of the answers that people wrote to the questions of
# eval/datasets (train, dev) 97.5 % reach it with their own clauses, 8 % with another clause that
# the search finds for the question.
LEAST_SUPPORT = 0.75
# Likewise, without the words of the question: whoever asks can't have anything said.
LEAST_OWN_SUPPORT = 0.6
_MARK = re.compile(r"\[(\d{1,2})\]")
_LONGEST_VERDICT = 8  # characters; 有补助。 says nothing without the sentence behind it
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*(?:\s*\[\d{1,2}\])*")
_YEAR_IN_BRACKETS = re.compile(r"\[((?:19|20)\d\d)\]")
_QUOTE = re.compile(r"“([^“”]*)”|‘([^‘’]*)’|《([^《》]*)》|〈([^〈〉]*)〉")
_QUOTE_MARKS = ("“”", "‘’", "《》", "〈〉")
_PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-—\s()]*\d{7,8}|[48]00[-—\s]?\d{3}[-—\s]?\d{4}|[1-9]\d{6,7}"
    r"|1[12]\d{3}|9[56]\d{3,4})(?![\d.]*(?:\d|[万亿]?元|人|个|户|家))"
)
_OFFICE = re.compile(
    r".(?:厅|局|委|委员会|政府|工会|法院|检察院|银行|公司|办公室|中心|协会|学院|大学|医院|党委|组织部)$"
)
_EACH = re.compile(r"(?:每|/)([人年月天日次家户期班生个名周])")
# What turns the meaning of a rule must stand in the clause in some such words.
_TURNS: Mapping[str, re.Pattern[str]] = {
    "不得": re.compile(r"不[得能可准许]|禁止|严禁|不允许|取消|停止"),
    "不予": re.compile(r"不[予给发再]|不享受|不可以|不能|不得|拒绝"),
    "不需": re.compile(r"无需|无须|不需|不必|不用|免[于除试费收考征交缴]|免去"),
    "没有": re.compile(r"没有|[未无不]"),
    "可以": re.compile(r"可(?![能是])|允许|能够|有权|鼓励|享受|给予"),
    "必须": re.compile(r"必须|须|应当?|要|务必|不得"),
}
_ASSERTS: Mapping[str, re.Pattern[str]] = {
    **_TURNS,
    "没有": re.compile(r"没有"),
    "可以": re.compile(r"可以|允许|能够|有权|可享受"),
    "必须": re.compile(r"必须|务必|应当"),
}


class Objection(StrEnum):
    """Why a text isn't shown; a key for logs and counts."""

    FORM = "form"
    LENGTH = "length"
    CONTACT = "contact"
    MARK = "mark"
    QUOTE = "quote"
    DOCUMENT_NUMBER = "document_number"
    FIGURE = "figure"
    CLAUSE_NUMBER = "clause_number"
    NAME = "name"
    TURN = "turn"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class CitedClause:
    """What may be said of a clause: its ``texts`` (as printed, as read), and what it is called."""

    texts: tuple[str, ...]
    titles: tuple[str, ...]
    citation: str
    path: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All words of it and about it."""
        return "\n".join((*self.texts, *self.titles, self.citation))


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence without marks, and the clauses (counted from 0) that it is said to be from."""

    text: str
    sources: tuple[int, ...]


class WordingCheck:
    """Checks texts; ``tokenizer`` knows the terms of the collection."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def objection(
        self, text: str, question: str, clauses: Sequence[CitedClause]
    ) -> Objection | None:
        """What is wrong with ``text``, in which [1] means the first of ``clauses``; else None."""
        text = _YEAR_IN_BRACKETS.sub(r"〔\1〕", text)
        if objection := _objection_to_form(text):
            return objection
        marks = [int(number) - 1 for number in _MARK.findall(text)]
        if not marks or not all(0 <= mark < len(clauses) for mark in marks):
            return Objection.MARK
        cited = [clauses[mark] for mark in dict.fromkeys(marks)]
        if not _quotes_stand_in(_MARK.sub("", text), cited):
            return Objection.QUOTE
        for statement in _statements(text):
            if not statement.sources:
                return Objection.MARK
            sources = [clauses[at] for at in statement.sources]
            if objection := self._objection_to(statement.text, question, sources):
                return objection
        return None

    def _objection_to(
        self, said: str, question: str, sources: Sequence[CitedClause]
    ) -> Objection | None:
        shown = "\n".join(source.whole for source in sources)
        if not _numbers_stand_in(said, shown):
            return Objection.DOCUMENT_NUMBER
        if objection := _objection_to_figures(said, shown, sources):
            return objection
        known = fold(f"{shown}\n{question}")
        if any(fold(name) not in known for name in (*names_in(said), *self._offices_in(said))):
            return Objection.NAME
        if not _turns_stand_in(said, shown):
            return Objection.TURN
        own, whole = self.support(said, fold(shown)), self.support(said, known)
        supported = own >= LEAST_OWN_SUPPORT and whole >= LEAST_SUPPORT
        return None if supported else Objection.SUPPORT

    def support(self, said: str, known: str) -> float:
        """How much of the words of a sentence stand in folded text, by characters: 0 to 1."""
        words = set(self._tokenizer.words(said))
        length = sum(map(len, words))
        return sum(len(word) for word in words if word in known) / length if length else 1.0

    def _offices_in(self, said: str) -> Iterator[str]:
        return (word for word in self._tokenizer.words(said) if _OFFICE.search(word))


def _objection_to_form(text: str) -> Objection | None:
    if not 0 < len(text) <= LONGEST_WORDING:
        return Objection.LENGTH
    plain = _MARK.sub("", text)
    if any(plain.count(marks[0]) != plain.count(marks[1]) for marks in _QUOTE_MARKS):
        return Objection.QUOTE
    if _PHONE.search(folded(plain)):
        return Objection.CONTACT
    return Objection.FORM if fault_of_text(plain.replace("\n", " ").strip()) else None


def _statements(text: str) -> list[_Statement]:
    """Sentences with their clauses; marks hold for the sentences before them that have none.

    A verdict (可以。) is one with the sentence behind it.
    """
    statements: list[_Statement] = []
    following: tuple[int, ...] = ()
    for sentence in reversed(_SENTENCE.findall(text)):
        marks = tuple(int(number) - 1 for number in _MARK.findall(sentence))
        following = marks or following
        plain = _MARK.sub("", sentence).strip(" 。！？!?")
        if plain and not marks and len(plain) <= _LONGEST_VERDICT and statements:
            behind = statements.pop()
            statements.append(_Statement(f"{plain},{behind.text}", behind.sources))
        elif plain:
            statements.append(_Statement(plain, following))
    return statements[::-1]


def _quotes_stand_in(text: str, clauses: Sequence[CitedClause]) -> bool:
    """Whether what stands in quotation marks is verbatim in one of the clauses or its titles."""
    passages = [_unspaced(passage) for c in clauses for passage in (*c.texts, *c.titles)]
    quotes = [_unspaced(next(filter(None, hit.groups()), "")) for hit in _QUOTE.finditer(text)]
    return all(quote and any(quote in each for each in passages) for quote in quotes)


def _unspaced(text: str) -> str:
    return re.sub(r"\s", "", folded(text))


def _numbers_stand_in(said: str, shown: str) -> bool:
    """Document numbers; words before one (参照云人社发…) may look like a part of its agency."""
    known = {str(number) for _, number in find_all(folded(shown))}
    stated = [str(number) for _, number in find_all(folded(said))]
    return all(any(each.endswith(number) for number in known) for each in stated)


def _objection_to_figures(
    said: str, shown: str, sources: Sequence[CitedClause]
) -> Objection | None:
    runs = [*figures_in(shown), *(run for source in sources for run in _steps(source.path))]
    for run in figures_in(said):
        if not states(runs, run):
            is_clause = any(figure.is_ordinal for figure in run)
            return Objection.CLAUSE_NUMBER if is_clause else Objection.FIGURE
    return None


def _steps(path: Sequence[str]) -> Iterator[Run]:
    """The steps of an address as people name them: 三 is 第三部分, (二) 第(二)项 or 第二款."""
    for element in path:
        for unit in ("项", "款") if element.startswith(("(", "（")) else ("部分",):
            yield from figures_in(f"第{element}{unit}")


def _turns_stand_in(said: str, shown: str) -> bool:
    each = set(_EACH.findall(shown))
    return set(_EACH.findall(said)) <= each and all(
        _TURNS[name].search(shown) for name, words in _ASSERTS.items() if words.search(said)
    )

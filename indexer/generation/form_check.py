"""From what a model wrote to questions that may be kept: form, and nothing that the clause lacks.

Models invent (Gospodinov et al. 2023, Doc2Query--). A question is dropped that has a figure, a
number or title of a document, or a name that the model wasn't shown, or that copies the clause.
Of the 7,875 questions that people wrote for the shipped collection 4.3 % fall by these rules, none
of its clauses loses all: a cheap price, since a model writes several.

Doc2Query-- also drops questions that don't find their own text. Tried on the questions by people,
with e5-small, this isn't worth it: to have the clause among the ten nearest of the collection drops
25 % of them, just those that say it in other words; to have it among the ten nearest of its
document drops 8 % and lets 32 % pass of those that belong to another clause of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from corpus.document_number import find_all
from corpus.figures import ARABIC, CHINESE, arabic_value, chinese_value, folded
from corpus.model import Document
from corpus.question_form import (
    MOST_KEYWORDS,
    MOST_QUESTIONS,
    Fault,
    bare,
    fault_of_keyword,
    fault_of_question,
)
from indexer.language_model.chat import UnusableReplyError, without_thought
from indexer.language_model.names import names_in
from indexer.passages import Unit

_LONGEST_COPY = 16  # characters; the longest in the questions that people wrote
_SHORTEST_COPY = 8  # a question that is nothing but words of the clause

_FENCE = re.compile(r"\A\s*```\w*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_TITLE = re.compile(r"《([^《》]+)》")
# A Chinese numeral is a figure before a measure; 一次 and 几百块 are manners of speaking.
_CHINESE_FIGURE = re.compile(
    r"(?<![〇零一二两三四五六七八九十百千万亿])"
    r"(?!(?<=[几数好多上成半])[十百千万亿])"
    r"(?!一(?![〇零一二两三四五六七八九十百千万亿]))"
    r"([〇零一二两三四五六七八九十百千万亿]+)"
    r"(?=元|块|年|个月|月|日|号|天|岁|倍|次|人|名|家|小时|条|款|项|级|届|周|页|折|%)"
)


@dataclass(frozen=True, slots=True)
class CheckedReply:
    """What may be kept of a reply, and how much was dropped for which fault."""

    questions: tuple[str, ...]
    keywords: str
    dropped: Counter[Fault] = field(default_factory=Counter)


def check_reply(content: str, document: Document, unit: Unit) -> CheckedReply:
    """Read a model's answer about one unit; it may well have no question left.

    Raises:
        UnusableReplyError: the answer isn't the JSON that was asked for.
    """
    drafts, keywords = read_answer(content)
    context = (document.title, document.doc_number or "", *document.issuers, *unit.headings)
    return check_drafts(drafts, keywords, unit.reading, " ".join(context))


def read_answer(content: str) -> tuple[list[object], list[object]]:
    """Questions and keywords as they came: of an object, or of a bare list of questions.

    Raises:
        UnusableReplyError: the answer is no JSON, or other JSON.
    """
    content = without_thought(content)
    if fenced := _FENCE.match(content):
        content = fenced[1]
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise UnusableReplyError("模型的答复不是 JSON") from None
    if isinstance(answer, list):
        return answer, []
    if isinstance(answer, dict) and isinstance(answer.get("questions"), list):
        keywords = answer.get("keywords")
        if isinstance(keywords, str):
            return answer["questions"], [*re.split(r"[\s,，、;；]+", keywords)]
        return answer["questions"], keywords if isinstance(keywords, list) else []
    raise UnusableReplyError("模型的答复中没有问题列表")


def check_drafts(
    drafts: Sequence[object], keywords: Sequence[object], text: str, context: str
) -> CheckedReply:
    """Keep the questions that are in form and say nothing that ``text`` and ``context`` don't."""
    dropped: Counter[Fault] = Counter()
    kept: dict[str, str] = {}
    for draft in drafts:
        question = draft.strip() if isinstance(draft, str) else ""
        fault = _fault(draft, question, text, context)
        if fault is None and bare(question) in kept:
            fault = Fault.TWICE
        if fault is None and len(kept) == MOST_QUESTIONS:
            fault = Fault.TOO_MANY
        if fault is None:
            kept[bare(question)] = question
        else:
            dropped[fault] += 1
    words = dict.fromkeys(
        word
        for keyword in keywords
        if isinstance(keyword, str)
        for word in keyword.split()
        if fault_of_keyword(word) is None and invention(word, f"{context} {text}") is None
    )
    return CheckedReply(tuple(kept.values()), " ".join([*words][:MOST_KEYWORDS]), dropped)


def _fault(draft: object, question: str, text: str, context: str) -> Fault | None:
    if not isinstance(draft, str):
        return Fault.NO_TEXT
    if fault := fault_of_question(question):
        return fault
    if fault := invention(question, f"{context} {text}"):
        return fault
    return Fault.COPY if _is_copy(question, text) else None


def invention(text: str, shown: str) -> Fault | None:
    """What ``text`` names that isn't in what the model was shown; None if nothing."""
    numbers = {str(number) for _, number in find_all(folded(shown))}
    if any(str(number) not in numbers for _, number in find_all(folded(text))):
        return Fault.NUMBER
    if any(bare(title) not in bare(shown) for title in _TITLE.findall(text)):
        return Fault.NUMBER
    if _figures_stated(text) - _figures_shown(shown):
        return Fault.FIGURE
    return Fault.NAME if any(name not in shown for name in names_in(text)) else None


def _figures_stated(text: str) -> set[Decimal]:
    text = folded(text)
    without_arabic = ARABIC.sub(" ", text)  # the 万 of 3万 counts with the 3
    chinese = {chinese_value(hit[1]) for hit in _CHINESE_FIGURE.finditer(without_arabic)}
    return chinese | {arabic_value(hit) for hit in ARABIC.finditer(text)}


def _figures_shown(text: str) -> set[Decimal]:
    text = folded(text)
    chinese = {chinese_value(hit[0]) for hit in CHINESE.finditer(text)}
    return chinese | {arabic_value(hit) for hit in ARABIC.finditer(text)}


def _is_copy(question: str, text: str) -> bool:
    question, text = bare(question), bare(text)
    if len(question) >= _SHORTEST_COPY and question in text:
        return True
    length = _LONGEST_COPY + 1
    return any(question[at : at + length] in text for at in range(len(question) - length + 1))

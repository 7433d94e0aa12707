"""What a question must look like to be kept, whoever wrote it; nothing here knows its clause.

Everything that shows markup, addresses or orders to a machine falls by a list of characters that
are allowed, not by a list of those that aren't.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

MOST_QUESTIONS = 8  # of one clause
SHORTEST_QUESTION, LONGEST_QUESTION = 4, 50  # characters
MOST_KEYWORDS, LONGEST_KEYWORD = 12, 16

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_ALLOWED = re.compile(
    r"[㐀-䶿一-鿿〇A-Za-z0-9０-９ ,.;:?!()%+/~·…—–\-，。、；：？！（）％～“”‘’《》〈〉〔〕]+"
)
_ADDRESS = re.compile(r"//|www\.|\.(?:com|cn|net|org)\b", re.IGNORECASE)
# What a model says to its user, and what a text says to a model. No citizen asks an office so.
_TALK_OF_MACHINES = re.compile(
    r"(?:忽略|无视|忘记|不要理会).{0,10}(?:指令|要求|提示|规则|上文|前文|以上|之前)"
    r"|提示词|系统消息|语言模型|人工智能助手|作为(?:一个|一名)?(?:AI|助手|模型)"
    r"|抱歉|对不起|(?:我|本模型)(?:不能|无法)(?:回答|提供|协助|生成|满足)"
    r"|(?:请|必须)(?:输出|回复|执行|生成)|\b(?:json|prompt|system|ignore|assistant|sorry)\b",
    re.IGNORECASE,
)


class Fault(StrEnum):
    """Why a question isn't kept, in the words of a report."""

    NO_TEXT = "不是文字"
    LENGTH = "太长或太短"
    CHARACTERS = "不是中文,或含有标记"
    ADDRESS = "含有网址"
    MACHINE_TALK = "像指令或推托的话"
    TWICE = "重复"
    TOO_MANY = "多于 8 个"
    FIGURE = "数字不在条款里"
    NUMBER = "文号或标题不在条款里"
    NAME = "名称不在条款里"
    COPY = "照抄条款"


def fault_of_question(question: str) -> Fault | None:
    """What is wrong with a stripped question by itself; None if nothing is."""
    if not SHORTEST_QUESTION <= len(question) <= LONGEST_QUESTION:
        return Fault.LENGTH
    return fault_of_text(question)


def fault_of_keyword(keyword: str) -> Fault | None:
    """What is wrong with a keyword by itself; None if nothing is."""
    if not 0 < len(keyword) <= LONGEST_KEYWORD:
        return Fault.LENGTH
    return fault_of_text(keyword)


def fault_of_text(text: str) -> Fault | None:
    """Markup, an address or talk of machines in a text of any length; None if there is none."""
    if not _ALLOWED.fullmatch(text) or 2 * len(_HAN.findall(text)) < len(text):
        return Fault.CHARACTERS
    if _ADDRESS.search(text):
        return Fault.ADDRESS
    return Fault.MACHINE_TALK if talks_to_machines(text) else None


def talks_to_machines(text: str) -> bool:
    """Whether a text gives orders to a model, or is what a model says of itself."""
    return _TALK_OF_MACHINES.search(text) is not None


def bare(text: str) -> str:
    """The words alone, to tell whether two questions are the same."""
    return re.sub(r"[\W_]", "", text).lower()


def is_well_formed(questions: Sequence[str], keywords: Sequence[str]) -> bool:
    """Whether the questions and keywords of one clause may stand as they are."""
    return (
        0 < len(questions) <= MOST_QUESTIONS
        and len({bare(question) for question in questions}) == len(questions)
        and all(fault_of_question(question) is None for question in questions)
        and len(keywords) <= MOST_KEYWORDS
        and all(fault_of_keyword(keyword) is None for keyword in keywords)
    )

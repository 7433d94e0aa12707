"""Paragraphs without a number: which of them speak of a whole text, and which name a group.

A layout has no mark for it, so these are the signs that a reader goes by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.model import Provision, ProvisionKind

_SELF = r"本(?:《?(?:意见|通知|办法|实施办法|方案|规定|细则|条例)》?)"
# A last paragraph that speaks of the text itself: when it takes effect, who explains it.
_ABOUT_THE_TEXT = re.compile(
    rf"(?:{_SELF}.*(?:施行|实施|执行|负责解释|为准)|.*与{_SELF}不一致.*|以上(?:意见|通知|各条))"
)
# A last paragraph that sums up, under a last unit whose peers have one paragraph each.
_SUMMING_UP = re.compile(rf"各(?:州|地|级|市|省|有关|部门|单位)|{_SELF}|以上|原规定|领导小组成员")
_RESPONSIBLE = re.compile(r"[(（][^()（）]*(?:负责|落实|牵头|配合)[^()（）]*[)）]。?$")
_NOTE = re.compile(r"(?:附?注|备注|说明)[:：].|.{0,8}本表")
_NOTES_HEAD = re.compile(r"填(?:表|写|报)(?:说明|要求|须知)[:：]?|(?:附?注|备注|说明)[:：]?")
_SIGNS_CONTRACT = re.compile(
    r"(?:[甲乙丙丁]方|法定代表人|委托代理人|负责人|(?:合同)?签[订字署]|公章|盖章)[^。]{0,30}"
)
_ROLE = re.compile(
    r"((?:[一-鿿] ?){2,6})[:：]\s*(?=[一-鿿]{2,3} +[一-鿿(（]|[一-鿿] [一-鿿] +[一-鿿(（])"
)
_CAPTION_ENDS = "。；;：:，,、！？"
_LONGEST_CAPTION = 30


def closes_the_text(text: str, above: Provision, part: Sequence[Provision]) -> bool:
    """Whether the last paragraph of a part speaks of all of it, not of ``above``, the last unit.

    It does when it is about the text itself; when its unit's peers end in who is to do it and it
    does not; or when it sums up and no peer has a second paragraph.
    """
    if _ABOUT_THE_TEXT.match(text):
        return True
    peers = [p for p in part if p.parent_id == above.parent_id and p.marker]
    if len(peers) < 2 or above.is_bare_heading:
        return False
    if not _RESPONSIBLE.search(text) and all(_RESPONSIBLE.search(p.text) for p in peers[-2:]):
        return True
    ids = {peer.id for peer in peers}
    has_paragraphs = any(p.parent_id in ids and p.kind is ProvisionKind.PARAGRAPH for p in part)
    return _SUMMING_UP.match(text) is not None and not has_paragraphs


def is_note(text: str) -> bool:
    """``注:本表可根据情况增页…``: about the form as a whole."""
    return _NOTE.match(text) is not None


def is_notes_head(text: str) -> bool:
    """``填表说明:`` over a list of notes."""
    return _NOTES_HEAD.fullmatch(text) is not None


def signs_contract(text: str) -> bool:
    """``甲方:(公章)``, ``合同签订日期:``: the foot of a contract."""
    return _SIGNS_CONTRACT.fullmatch(text) is not None


def role_of(text: str) -> str | None:
    """``副组长`` of ``副组长:王树芬 省人大常委会副主任``, which opens a list of names."""
    hit = _ROLE.match(text)
    return hit[1].replace(" ", "") if hit else None


def is_caption(text: str) -> bool:
    """A short line right above a table that can be its title."""
    return len(text) <= _LONGEST_CAPTION and not re.search(rf"[{_CAPTION_ENDS}]", text)

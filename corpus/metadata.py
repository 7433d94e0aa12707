"""The frame of an official document: addressee, signature, date, publicity, attachment list.

Layout of GB/T 9704-2012: 主送机关 after the number, 附件说明 after the body, then the signing
bodies, the date and the notes. Joint signers in two columns come out of the scan one column after
the other, while their official order runs across.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.cleaning import continues, tidy_title
from corpus.outline import read_marker
from corpus.readers.text import Line

_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日$")
_NOTE = re.compile(r"[(（]此件(.{2,20}?)[)）]$")
_CONTACT = re.compile(r"[(（]联系单位[:：](.+?)[)）]$")
_BODY_NAME = re.compile(
    r"[一-鿿()（）/]{2,28}(?:厅|委|部|局|委员会|政府|党委|总工会|联合会|协会|办公室|法院|检察院|银行|院|署)$"
)
_ATTACHMENT_LIST = re.compile(r"(?:- +)?附\s*([件表])\s*[:：]\s*")
_FEWEST_BODIES_OF_A_COLUMN = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed and when; ``first`` and ``end`` bound the block, notes below it included.

    ``fields`` says of each of its lines what it is: signature, date, publicity or contact.
    """

    issuers: tuple[str, ...]
    date: date
    publicity: str | None
    contact: str | None
    first: int
    end: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnouncedAttachment:
    """One entry of the list 附件:1. … 2. …; ``label`` has no number when there is only one."""

    label: str
    title: str


def parse_date(text: str) -> date | None:
    """A line that is a date, ``2018年1月12日``; None if it isn't one or the day doesn't exist."""
    hit = _DATE.fullmatch(re.sub(r"\s", "", text))
    if not hit:
        return None
    try:
        return date(int(hit[1]), int(hit[2]), int(hit[3]))
    except ValueError:
        return None


def find_addressee(lines: Sequence[Line], start: int, end: int) -> int:
    """Index after the addressee (主送机关), which ends in a colon; ``start`` if there is none."""
    for index in range(start, min(start + 3, end)):
        text = lines[index].text
        if text[-1] in ":：" and "。" not in text and not read_marker(text):
            return index + 1
        if index + 1 >= end or not continues(lines[index], lines[index + 1]) or "。" in text:
            break
    return start


def find_signature(lines: Sequence[Line], start: int, end: int) -> Signature | None:
    """The first date line with the signing bodies over it and the notes under it."""
    for index in range(start, end):
        signed = parse_date(lines[index].text)
        if signed is None:
            continue
        first = index
        while first > start and all(map(_BODY_NAME.fullmatch, _names(lines[first - 1].text))):
            first -= 1
        publicity = contact = None
        fields = ["signature"] * (index - first) + ["date"]
        after = index + 1
        while after < end:
            if note := _NOTE.fullmatch(lines[after].text):
                publicity = note[1]
                fields.append("publicity")
            elif note := _CONTACT.fullmatch(lines[after].text):
                contact = note[1]
                fields.append("contact")
            else:
                break
            after += 1
        issuers = _official_order(lines[first:index])
        return Signature(issuers, signed, publicity, contact, first, after, tuple(fields))
    return None


def _close_up(text: str) -> str:
    return re.sub(r"\s", "", text)


def _official_order(lines: Sequence[Line]) -> tuple[str, ...]:
    """Names across the columns: first of the left, first of the right, second of the left."""
    columns: list[list[str]] = []
    for line in lines:
        if not columns or line.after_gap:
            columns.append([])
        columns[-1] += _names(line.text)
    if len(columns) == 2 and min(map(len, columns)) >= _FEWEST_BODIES_OF_A_COLUMN:
        left, right = columns
        across: list[str] = []
        for row in range(max(len(left), len(right))):
            across += [column[row] for column in (left, right) if row < len(column)]
        return tuple(across)
    return tuple(name for column in columns for name in column)


def _names(line: str) -> list[str]:
    """The names on a line of signature; a wide gap parts two columns, single blanks are spacing."""
    return [_close_up(name) for name in re.split(r"\s{2,}", line.strip())]


_TITLE_VERB = re.compile(r"(?=关于|印发|转发|公告|令)")


def issuers_of_title(title: str) -> tuple[str, ...]:
    """Issuers that the title names in full; empty when it names none or only counts them.

    ``云南省教育厅等六部门关于…`` names one of six: the signature has to tell.
    """
    prefix = _TITLE_VERB.split(title, maxsplit=1)[0].strip()
    if not prefix or prefix == title or re.search(r"等.{1,3}(?:部门|单位|厅局)", prefix):
        return ()
    names = tuple(prefix.split())
    return names if all(_BODY_NAME.fullmatch(name) for name in names) else ()


_ADOPTING_BODY = re.compile(r"日(.+?)第[一二三四五六七八九十]+届(.+?)第[一二三四五六七八九十]+次")


def adoption(note: str) -> tuple[tuple[str, ...], date | None]:
    """Body and date of a note ``(2021年7月29日云南省第十三届人民代表大会常务委员会…通过)``."""
    hit = re.search(r"\d{4}年\d{1,2}月\d{1,2}日", note)
    adopted = parse_date(hit[0]) if hit else None
    body = _ADOPTING_BODY.search(note)
    return ((body[1] + body[2],) if body else ()), adopted


def find_attachment_list(
    lines: Sequence[Line], start: int, end: int
) -> tuple[int, int, tuple[AnnouncedAttachment, ...]]:
    """The last list 附件:… in the range, as ``(first, after, entries)``; empty range if none."""
    for first in range(end - 1, start - 1, -1):
        opening = _ATTACHMENT_LIST.match(lines[first].text)
        if not opening:
            continue
        texts = [lines[first].text[opening.end() :]]
        after = first + 1
        while after < end:
            marker = read_marker(lines[after].text)
            if marker is None or marker.number != len(texts) + 1:
                break
            texts.append(lines[after].text)
            after += 1
        kind = f"附{opening[1]}"
        return first, after, tuple(_announced(kind, text) for text in texts)
    return end, end, ()


def _announced(kind: str, text: str) -> AnnouncedAttachment:
    marker = read_marker(text)
    title = text[marker.length :] if marker else text
    label = f"{kind}{marker.number}" if marker else kind
    return AnnouncedAttachment(label, tidy_title([title]))


_MENTIONED = re.compile(
    r"(?:(《[^《》]+》)|(?<=[，,。;；:：])([^，,。;；:：()（）《》]{4,60}))[(（]见?附件(\d{0,2})[)）]"
)
_PREDICATE = re.compile(r"(?:已|详|具体).{0,6}$")


def mentioned_attachments(text: str) -> tuple[AnnouncedAttachment, ...]:
    """Attachments that running text refers to in brackets: ``申报汇总表(附件1)``, ``…(见附件)``."""
    found = []
    for hit in _MENTIONED.finditer(text):
        # A number belongs to the last item of a list: 申报条件、建设方案编制要求(附件3)
        phrase = hit[1] or (hit[2].rpartition("、")[2] if hit[3] else hit[2])
        title = _PREDICATE.sub("", phrase).strip("《》")
        found.append(AnnouncedAttachment(f"附件{hit[3]}", title))
    return tuple(sorted(found, key=lambda attachment: attachment.label))

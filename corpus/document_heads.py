"""Where documents begin: title lines over a 文号, or a statute's title over its adoption note.

A text in which neither is found may be one document, or statutes set one after the other: then a
statute's title over its first article begins one, or else the first line is the title of all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning import tidy_title
from corpus.document_number import DocumentNumber, parse
from corpus.outline import Level, read_marker
from corpus.readers.text import Line

_GENRES = (
    "通知|通报|通告|意见|办法|公告|决定|决议|命令|方案|规定|条例|细则|规则|函|复函|批复|请示|报告|"
    "纪要|议案|计划|规划|纲要|公报|法|令"
)
_GENRE_END = re.compile(rf"(?:{_GENRES})(?:[(（][^()（）]{{1,12}}[)）])?[》”]?(?:\*\*)?$")
_STATUTE_TITLE = re.compile(
    r"[^。；;，,]{2,100}(?:条例|办法|规定|法|细则|规则|解释|决定|批复|意见|规程|典)"
    r"(?:[(（][^()（）]{1,12}[)）])?$"
)
_ADOPTION_NOTE = re.compile(r"[(（]\d{4}年\d{1,2}月\d{1,2}日")
_ATTACHMENT_LABEL = re.compile(r"附\s*件\s*[一二三四五六七八九十\d]{0,3}\s*[:：]?$")
_CHAPTER_LIST = re.compile(r"目\s*[录次]")
_LONGEST_TITLE = 4  # lines


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """The head of one document; indices count lines, ``body`` is the first line after it.

    ``label`` is the 附件 line right above an embedded document, which makes it an attachment of
    the document that forwards it.
    """

    first: int
    body: int
    title: str
    number: DocumentNumber | None
    adoption_note: str | None
    label: int | None


def find_heads(lines: Sequence[Line], start: int) -> list[DocumentHead]:
    """All document heads from line index ``start`` on, in order."""
    heads: list[DocumentHead] = []
    floor = start
    for index in range(start, len(lines)):
        head = _numbered_head(lines, index, floor) or _statute_head(lines, index, floor)
        if head is not None:
            heads.append(head)
            floor = head.body
    return heads or _unnumbered_heads(lines, start)


def _unnumbered_heads(lines: Sequence[Line], start: int) -> list[DocumentHead]:
    """Heads of a text that gives neither number nor adoption note."""
    heads: list[DocumentHead] = []
    for index in range(start, len(lines) - 1):
        title = lines[index].text.strip("*")
        if _opens_statute(lines[index + 1].text) and _STATUTE_TITLE.fullmatch(title):
            heads.append(DocumentHead(index, index + 1, tidy_title([title]), None, None, None))
    if not heads and start < len(lines) and _may_stand_alone(lines[start]):
        end = start + 1
        while end < min(len(lines), start + _LONGEST_TITLE) and not (
            _GENRE_END.search(lines[end - 1].text) or not _may_be_title(lines[end - 1], lines[end])
        ):
            end += 1
        if not _GENRE_END.search(lines[end - 1].text):
            end = start + 1
        title = tidy_title([line.text for line in lines[start:end]])
        heads.append(DocumentHead(start, end, title, None, None, None))
    return heads


def _opens_statute(text: str) -> bool:
    """目录, 第一编, 第一章 or 第一条."""
    marker = read_marker(text)
    if marker is None:
        return _CHAPTER_LIST.fullmatch(text) is not None
    return marker.level <= Level.ARTICLE and marker.number == 1


def _may_stand_alone(line: Line) -> bool:
    is_short = len(line.text) <= 60 and line.text[-1] not in "。；;，,：:"
    return is_short and not line.is_table_row and read_marker(line.text) is None


def _numbered_head(lines: Sequence[Line], index: int, floor: int) -> DocumentHead | None:
    first = _title_start(lines, index, floor)
    if first is None:
        return None
    title = tidy_title([line.text for line in lines[first:index]])
    number = parse(lines[index].text, announcing_body=title)
    if number is None:
        return None
    label = first - 1 if first > floor and _ATTACHMENT_LABEL.match(lines[first - 1].text) else None
    return DocumentHead(first, index + 1, title, number, None, label)


def _statute_head(lines: Sequence[Line], index: int, floor: int) -> DocumentHead | None:
    """A title, then a note of adoption in brackets, over one or more lines."""
    if index <= floor or not _ADOPTION_NOTE.match(lines[index].text):
        return None
    title = lines[index - 1].text.strip("*")
    if not _STATUTE_TITLE.fullmatch(re.sub(r"\s", "", title)):
        return None
    end = index
    while end + 1 < len(lines) and lines[end].text[-1] not in ")）" and end - index < 3:
        end += 1
    note = "".join(line.text for line in lines[index : end + 1])
    return DocumentHead(index - 1, end + 1, tidy_title([title]), None, note, None)


def _title_start(lines: Sequence[Line], number_index: int, floor: int) -> int | None:
    """First line of the title that stands over the number, or None if none does."""
    if number_index <= floor or not parse(lines[number_index].text, announcing_body="-"):
        return None
    first = number_index - 1
    while first > floor and number_index - first < _LONGEST_TITLE:
        if not _may_be_title(lines[first - 1], lines[first]):
            break
        first -= 1
    title = tidy_title([line.text for line in lines[first:number_index]])
    return first if _GENRE_END.search(title) else None


def _may_be_title(line: Line, following: Line) -> bool:
    """Whether ``line`` is an upper line of the title that ``following`` goes on with."""
    text = line.text
    if line.is_table_row or read_marker(text) or _ATTACHMENT_LABEL.match(text):
        return False
    if text[-1] in "。！？;；:：,，、" or re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", text):
        return False
    if following.after_gap and text[-1] in ")）":  # (此件公开发布)
        return False
    if following.after_gap and _GENRE_END.search(text) and "关于" in text:
        return False
    # A title is set in short centred lines; over a blank line only the issuers stand apart.
    return len(text) <= 40 and (not following.after_gap or following.text.startswith("关于"))

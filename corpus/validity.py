"""From when to when a document holds, with the words that say so.

Read from what the documents print: a day of entry into force (``自2021年10月1日起施行``), a
term in the title (``(2019—2021年)``, ``2021年度``), and repeals by other documents of the
collection (``《…》(云人社通〔2020〕41号)同时废止``). What isn't printed isn't guessed: the
status is then 未注明.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from corpus.document_number import find_all
from corpus.model import Document


class Status(StrEnum):
    """Standing of a document on a given day."""

    IN_FORCE = "有效"
    NOT_YET = "尚未施行"
    TERM_OVER = "已过实施期"
    REPEALED = "已被废止"
    UNSTATED = "未注明"


@dataclass(frozen=True, slots=True)
class Validity:
    """``begins`` and ``ends`` are the first and last day, None when not printed.

    ``basis`` holds the words that say so; ``repealed_by`` is a document of the collection.
    """

    begins: date | None = None
    ends: date | None = None
    basis: tuple[str, ...] = ()
    repealed_by: str | None = None

    def status(self, as_of: date) -> Status:
        """The standing on ``as_of``."""
        if self.repealed_by is not None:
            return Status.REPEALED
        if self.ends is not None and as_of > self.ends:
            return Status.TERM_OVER
        if self.begins is not None:
            return Status.IN_FORCE if as_of >= self.begins else Status.NOT_YET
        return Status.IN_FORCE if self.ends is not None else Status.UNSTATED


_SELF = r"本(?:办法|实施办法|意见|通知|规定|条例|细则|方案|《办法》|目录)"
_ENTRY = re.compile(
    rf"(?:{_SELF}|现予(?:公布|发布)[,，])自(?:(?P<y>\d{{4}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日"
    r"|(?:发布|印发|公布|向社会公布)之日)起(?P<delay>\d{1,3}日后)?(?:施行|实施|执行|试行)"
)
_TERM_IN_TITLE = re.compile(r"[(（]\d{4}\s*[—–-]+\s*(?P<last>\d{4})年[)）]")
_YEAR_IN_TITLE = re.compile(r"(?P<year>\d{4})\s*年度")
_REPEAL = re.compile(r"[^。]*(?:同时|予以|即行)?废止")


def validity_of(documents: Iterable[Document]) -> Mapping[str, Validity]:
    """Validity of each document, by document id."""
    known = list(documents)
    repeals = _repeals(known)
    return {
        document.id: _read(document, repeals.get(document.doc_number or "")) for document in known
    }


def _read(document: Document, repealed_by: str | None) -> Validity:
    begins, ends, basis = None, None, []
    if term := _TERM_IN_TITLE.search(document.title):
        ends = date(int(term["last"]), 12, 31)  # the day it begins is not printed there
        basis.append(term[0])
    elif year := _YEAR_IN_TITLE.search(document.title):
        ends = date(int(year["year"]), 12, 31)
        basis.append(year[0])
    for provision in document.provisions:
        if entry := _ENTRY.search(provision.text):
            begins = _entry_day(entry, document.date) or begins
            basis.append(entry[0])
            break
    return Validity(begins, ends, tuple(basis), repealed_by)


def _entry_day(entry: re.Match[str], signed: date | None) -> date | None:
    if entry["y"]:
        try:
            return date(int(entry["y"]), int(entry["m"]), int(entry["d"]))
        except ValueError:
            return None
    if signed is None:
        return None
    delay = int(entry["delay"].rstrip("日后")) if entry["delay"] else 0
    return signed + timedelta(days=delay)


def _repeals(documents: Iterable[Document]) -> dict[str, str]:
    """Numbers that a document of the collection repeals -> that document's id."""
    found: dict[str, str] = {}
    for document in documents:
        for provision in document.provisions:
            for sentence in _REPEAL.findall(provision.text):
                for _, number in find_all(sentence):
                    found[str(number)] = document.id
    return found

"""Document numbers (文号) as they are assigned, printed and typed.

A 文号 has three elements, 发文机关代字 + 年份 + 发文顺序号 (GB/T 9704-2012, 7.2.5), the year in
hexagonal brackets: ``云人社发〔2019〕16号``. Announcements of a people's congress count by term
instead: ``省人大常委会公告〔十三届〕第五十五号``; orders (令) count on: ``人社部令第40号``.

Everything that has to do with document numbers is here: :func:`find_all` for running text,
:func:`parse` for a line that is a number, :func:`parse_query` for what people type, and
:func:`match` to compare a typed number with a known one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from corpus.model import Span

_CHINESE_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}


def chinese_to_int(numeral: str) -> int:
    """Value of a Chinese or Arabic numeral below 10,000: ``二十一`` is 21.

    Raises:
        ValueError: ``numeral`` has a character that is no digit.
    """
    if numeral.isdecimal():
        return int(unicodedata.normalize("NFKC", numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _CHINESE_UNITS:
            total += (digit or 1) * _CHINESE_UNITS[character]
            digit = 0
        elif character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
        else:
            raise ValueError(f"not a numeral: {numeral!r}")
    return total + digit


def int_to_chinese(number: int) -> str:
    """Chinese numeral of 1 to 9,999, as articles are counted: 第一百零三条."""
    digits = "零一二三四五六七八九"
    spelt, gap = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if digit:
            spelt += ("零" if gap and spelt else "") + digits[digit] + unit
        gap = digit == 0
    return spelt[1:] if spelt.startswith("一十") else spelt


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A complete number.

    ``term`` replaces ``year`` in announcements of a people's congress; an order has neither.
    """

    agency: str
    year: int | None
    serial: str
    term: str | None = None

    def __str__(self) -> str:
        if self.term is not None:
            return f"{self.agency}〔{self.term}〕第{self.serial}号"
        if self.year is None:
            return f"{self.agency}第{self.serial}号"
        return f"{self.agency}〔{self.year}〕{self.serial}号"

    @property
    def slug(self) -> str:
        """The number without brackets, for identifiers and addresses: ``云人社发-2019-16``."""
        return "-".join(filter(None, (self.agency, self.term or str(self.year or ""), self.serial)))


# Blanks are taken possessively (*+): nothing that may follow is a blank, and five runs of them in
# a row could else be cut in n^5 ways.
_OPEN, _CLOSE = r"[〔\[［(（【〈]", r"[〕\]］)）】〉]"
_PRINTED = re.compile(
    rf"(?P<agency>[一-鿿]{{2,14}}){_OPEN}\s*+(?P<year>(?:19|20)\d\d)\s*+{_CLOSE}"
    r"\s*+第?\s*+(?P<serial>\d{1,4})\s*+号"
)
_TERM_PRINTED = re.compile(
    rf"(?P<agency>[一-鿿]{{0,14}}公告)?\s*+{_OPEN}\s*+(?P<term>[一二三四五六七八九十]{{1,3}}届)\s*+{_CLOSE}"
    r"\s*+第\s*+(?P<serial>[一二三四五六七八九十百零〇\d]{1,5})\s*+号"
)
_ORDER_SERIAL = r"第?\s*+(?P<serial>\d{1,4}|[一二三四五六七八九十百零〇]{1,7})\s*+号"
_ORDER_PRINTED = re.compile(rf"(?P<agency>[一-鿿]{{1,14}}令)\s*+{_ORDER_SERIAL}")
_ORDER_BELOW_TITLE = re.compile(_ORDER_SERIAL)
# In running text an agency code follows a bracket or 》; elsewhere words stand before it.
_LEAD_WORDS = re.compile(
    r".*(?:按照|依照|根据|依据|印发|转发|下发|发布|以及|执行|参照|落实|详见|见|和|与|及|即|由|《"
    r"|的(?:通知|意见|办法|决定|方案|规定)(?=.{2}))"
)


def find_all(text: str) -> list[tuple[Span, DocumentNumber]]:
    """Numbers in running text with their places in ``text``, in order."""
    found = []
    hits = [*_PRINTED.finditer(text), *_ORDER_PRINTED.finditer(text)]
    for hit in sorted(hits, key=re.Match.start):
        agency = _LEAD_WORDS.sub("", hit["agency"])
        if len(agency) < 2:
            continue
        start = hit.start() + len(hit["agency"]) - len(agency)
        if hit.re is _PRINTED:
            number = DocumentNumber(agency, int(hit["year"]), str(int(hit["serial"])))
        else:
            number = _order(agency, hit["serial"])
        found.append((Span(start, hit.end()), number))
    return found


def _order(agency: str, serial: str) -> DocumentNumber:
    """An order's number in Arabic digits, however printed."""
    return DocumentNumber(agency, None, str(chinese_to_int(serial)))


def parse(line: str, *, announcing_body: str = "") -> DocumentNumber | None:
    """The number that makes up the whole of ``line``, or None.

    ``announcing_body`` completes an announcement number that stands under its title and does not
    repeat it (``〔十三届〕 第五十五号`` under ``省人大常委会公告``).
    """
    stripped = line.strip().strip("*")
    if hit := _PRINTED.fullmatch(stripped):
        return DocumentNumber(hit["agency"], int(hit["year"]), str(int(hit["serial"])))
    if hit := _TERM_PRINTED.fullmatch(stripped):
        agency = hit["agency"] or announcing_body
        return DocumentNumber(agency, None, hit["serial"], term=hit["term"]) if agency else None
    if hit := _ORDER_PRINTED.fullmatch(stripped):
        return _order(hit["agency"], hit["serial"])
    if announcing_body.endswith("令") and (hit := _ORDER_BELOW_TITLE.fullmatch(stripped)):
        return _order(announcing_body, hit["serial"])
    return None


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """A number as typed: any element may be missing. ``rest`` is what follows it (a clause)."""

    agency: str
    year: int | None
    serial: str | None
    rest: str
    misread_digits: bool = False

    def __str__(self) -> str:
        year = f"〔{self.year}〕" if self.year else ""
        return f"{self.agency}{year}{self.serial or ''}"


_BRACKETS = str.maketrans(
    dict.fromkeys("〔[［（【〈《{", "(") | dict.fromkeys("〕]］）】〉》}", ")")
)
# Letters that scans and hurried fingers put for digits.
_LOOK_ALIKES = str.maketrans("OoＯｏIlｌ", "0000111")
_DIGIT_RUN = re.compile(r"(?<=[(\d年])\s*+[\dOoIl]{1,4}|[\dOoIl]{1,4}(?=[)\d号])")
_ORDER_COUNT = re.compile(r"(?<=令)第?([一二三四五六七八九十百零〇]{1,7})(?=号)")
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SERIAL = r"(?:第\s*+)?(?P<serial>\d{1,4})(?!\d)"
_AGENCY = r"(?P<agency>[一-鿿]{2,14}?)"
_END = r"\s*+(?:号|號)?(?P<rest>.*)"
_QUERY_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"{_AGENCY}\s*+\(?\s*+{_YEAR}\s*+\)?\s*+年?\s*+[-—#_]?\s*+{_SERIAL}{_END}",
        rf"\(?\s*+{_YEAR}\s*+\)?\s*+年?\s*+{_AGENCY}\s*+{_SERIAL}{_END}",
        rf"(?P<agency>)\(?\s*+{_YEAR}\s*+\)?\s*+年?\s*+{_SERIAL}\s*+(?:号|號)(?P<rest>.*)",
        rf"(?P<agency>)\(\s*+{_YEAR}\s*+\)\s*+{_SERIAL}{_END}",
        rf"{_AGENCY}\s*+(?P<year>)\(?\s*+{_SERIAL}\s*+\)?{_END}",
    )
)


def fold_typed(text: str) -> str:
    """Full-width forms made half-width (NFKC); ①, which numbers a clause, stays as it is."""
    return "".join(
        character if "①" <= character <= "⑳" else unicodedata.normalize("NFKC", character)
        for character in text
    )


def parse_query(query: str) -> NumberQuery | None:
    """Read what a person typed as a number, with or without a clause behind it.

    Accepts any bracket or none, full-width digits, blanks, a missing 号, the year first, a missing
    or abbreviated agency, and letters typed for digits. Returns None when there is no number in it.
    """
    text = fold_typed(query).translate(_BRACKETS).strip()
    text = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", text)
    text = _ORDER_COUNT.sub(lambda hit: f"第{chinese_to_int(hit[1])}", text)
    straightened = _DIGIT_RUN.sub(lambda hit: hit[0].translate(_LOOK_ALIKES), text)
    straightened = _DIGIT_RUN.sub(lambda hit: hit[0].translate(_LOOK_ALIKES), straightened)
    for form in _QUERY_FORMS:
        if hit := form.match(straightened):
            return NumberQuery(
                agency=re.sub(r"^(?:查|找|请问|文号)+", "", hit["agency"]),
                year=int(hit["year"]) if hit["year"] else None,
                serial=str(int(hit["serial"])),
                rest=hit["rest"].strip(),
                misread_digits=straightened != text,
            )
    return None


class NumberMatch(IntEnum):
    """How far a typed number agrees with a known one."""

    NONE = 0
    VARIANT = 1  # the same number in another form, or with elements left out
    EXACT = 2


def _is_subsequence(short: str, long: str) -> bool:
    characters = iter(long)
    return all(character in characters for character in short)


def match(
    query: NumberQuery, number: DocumentNumber, known_agencies: frozenset[str] = frozenset()
) -> NumberMatch:
    """Compare a typed number with a known one; elements that were not typed do not count.

    The agency may lack its head (``人社发`` for ``云人社发``) or characters inside. A typed code
    that is one of ``known_agencies`` means that agency: 云政发 is not short for 云政办发.
    """
    if query.misread_digits or query.serial != number.serial:
        return NumberMatch.NONE
    if query.year is not None and query.year != number.year:
        return NumberMatch.NONE
    if not query.agency:
        return NumberMatch.VARIANT if query.year is not None else NumberMatch.NONE
    if query.agency == number.agency:
        return NumberMatch.EXACT if query.year == number.year else NumberMatch.VARIANT
    lacks_head = number.agency.endswith(query.agency)
    lacks_characters = (
        query.agency not in known_agencies
        and query.agency[-1] == number.agency[-1]
        and _is_subsequence(query.agency, number.agency)
    )
    return NumberMatch.VARIANT if lacks_head or lacks_characters else NumberMatch.NONE

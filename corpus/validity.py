"""From when to when a document, a part of it or one clause holds, with the words that say so.

Read from what is printed: a day of entry into force (``自2021年10月1日起施行``), a term
(``有效期5年``, ``2019年1月1日至2019年12月31日期间``), the years that a title names as those of
its plan, and repeals. What isn't printed isn't guessed: the status is then 未注明.

Years in a title (``行动计划(2019—2021年)``, ``2021年度…目录``) are the term of the plan, not of
the document: nobody ended it. They are kept apart, and after them the status is 已过实施期.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from corpus.citations import Relation, RelationKind
from corpus.document_number import chinese_to_int
from corpus.model import Document, PartKind, Provision, ProvisionKind


class Status(StrEnum):
    """Standing of a document or clause on a given day."""

    IN_FORCE = "有效"
    NOT_YET = "尚未施行"
    TERM_OVER = "已过实施期"
    REPEALED = "已被废止"
    UNSTATED = "未注明"


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, None where open; ``words`` say so in ``provision_id`` (None: title).

    Both days are None where the words name a time without dates: 疫情防控期间.
    """

    begins: date | None
    ends: date | None
    words: str
    provision_id: str | None = None

    @property
    def is_dated(self) -> bool:
        """Whether it has a day at either end."""
        return self.begins is not None or self.ends is not None


@dataclass(frozen=True, slots=True)
class Validity:
    """Validity of a document.

    ``stated`` is what the text says of its own force; ``plan`` are the years of its title;
    ``signed`` is the day before which it did not exist. ``repealed_by`` is a document of the
    collection.
    """

    signed: date | None = None
    stated: Period | None = None
    plan: Period | None = None
    repealed_by: str | None = None

    @property
    def basis(self) -> tuple[str, ...]:
        """The words that say it."""
        return tuple(period.words for period in (self.stated, self.plan) if period is not None)

    def status(self, as_of: date) -> Status:
        """The standing on ``as_of``."""
        if self.repealed_by is not None:
            return Status.REPEALED
        return status_of((self.stated, self.plan), as_of, signed=self.signed)

    def clause_status(self, as_of: date, own: Period | None) -> Status:
        """The standing on ``as_of`` of a clause with a term of its ``own``, if it has one."""
        if own is None or not own.is_dated or self.repealed_by is not None:
            return self.status(as_of)
        return status_of((self.stated, self.plan, own), as_of, signed=self.signed)


def status_of(
    periods: Sequence[Period | None], as_of: date, *, signed: date | None = None
) -> Status:
    """The standing on a day by all periods that govern something; what isn't dated says nothing."""
    dated = [period for period in periods if period is not None and period.is_dated]
    if not dated:
        return Status.UNSTATED
    if any(period.ends is not None and as_of > period.ends for period in dated):
        return Status.TERM_OVER
    first = max((period.begins for period in dated if period.begins is not None), default=None)
    if (first is not None and as_of < first) or (signed is not None and as_of < signed):
        return Status.NOT_YET
    return Status.IN_FORCE


# --- documents ------------------------------------------------------------------------------

_SELF = r"本(?:《?(?:办法|实施办法|意见|通知|规定|条例|细则|方案|目录|法|规则|解释|决定)》?)"
_DAY = r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"
_ENTRY = re.compile(
    rf"(?:{_SELF}|现予(?:公布|发布)[,，])自(?:{_DAY}|(?:发布|印发|公布|向社会公布|下发)之日)起"
    r"(?P<delay>\d{1,3}日后)?(?:施行|实施|执行|试行|生效)"
)
_LASTS = re.compile(
    rf"有效期(?:限)?(?:为|至|到)?(?:(?P<years>[一二三四五六七八九十\d]{{1,2}})年|{_DAY})"
    rf"|(?:执行|实施|试行)(?:期限|期)?(?:至|到){_DAY.replace('?P<', '?P<t')}"
)
_PLAN_YEARS = re.compile(r"[(（]?(?P<first>\d{4})\s*[—–-]+\s*(?P<last>\d{4})年[)）]?")
_YEAR_OF_LIST = re.compile(r"(?P<year>\d{4})\s*年度")
_NAMES_ANOTHER = re.compile(r"(?:贯彻|落实|转发|执行).*$")


def validity_of(
    documents: Iterable[Document], relations: Sequence[Relation]
) -> Mapping[str, Validity]:
    """Validity of each document, by document id."""
    repealed = {
        relation.target_id: relation.document_id
        for relation in relations
        if relation.kind is RelationKind.REPEALS and relation.target_id
    }
    return {
        document.id: Validity(
            document.date, _stated(document), _plan(document), repealed.get(document.id)
        )
        for document in documents
    }


def _stated(document: Document) -> Period | None:
    """Entry into force and length, as the document says of itself outside its attachments."""
    own = [
        provision
        for provision in document.provisions
        if not document.parts or document.parts[provision.part].kind is not PartKind.ATTACHMENT
    ]
    for provision in own:
        if entry := _ENTRY.search(provision.text):
            begins = _entry_day(entry, document.date)
            sentence = provision.text[entry.start() :]
            lasts = _LASTS.search(sentence)
            words = entry[0] if lasts is None else sentence[: lasts.end()]
            return Period(begins, _last_day(lasts, begins), words, provision.id)
    return None


def _entry_day(entry: re.Match[str], signed: date | None) -> date | None:
    if entry["y"]:
        return _date(entry["y"], entry["m"], entry["d"])
    if signed is None:
        return None
    delay = int(entry["delay"].rstrip("日后")) if entry["delay"] else 0
    return signed + timedelta(days=delay)


def _last_day(lasts: re.Match[str] | None, begins: date | None) -> date | None:
    if lasts is None:
        return None
    if lasts["years"]:
        years = chinese_to_int(lasts["years"])
        return _years_later(begins, years) if begins else None
    if lasts["y"]:
        return _date(lasts["y"], lasts["m"], lasts["d"])
    return _date(lasts["ty"], lasts["tm"], lasts["td"])


def _years_later(begins: date, years: int) -> date:
    """The last day of a term of whole years."""
    day = min(begins.day, calendar.monthrange(begins.year + years, begins.month)[1])
    return begins.replace(year=begins.year + years, day=day) - timedelta(days=1)


def _date(year: str, month: str, day: str) -> date | None:
    """A day, or None if the calendar has no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plan(document: Document) -> Period | None:
    """Years of the title, unless they are those of another document that it carries out."""
    own = _NAMES_ANOTHER.sub("", document.title)
    return _years_of_title(own)


def _years_of_title(title: str) -> Period | None:
    if (years := _PLAN_YEARS.search(title)) and years["first"] <= years["last"]:
        return Period(_first(years["first"]), _last(years["last"]), years[0])
    if year := _YEAR_OF_LIST.search(title):
        return Period(_first(year["year"]), _last(year["year"]), year[0])
    return None


def _first(year: str) -> date:
    return date(int(year), 1, 1)


def _last(year: str) -> date:
    return date(int(year), 12, 31)


# --- clauses --------------------------------------------------------------------------------

_Y, _M, _D = r"(?:19|20)\d\d", r"\d{1,2}", r"\d{1,2}"
_BETWEEN_DAYS = re.compile(
    rf"({_Y})年({_M})月({_D})日起?至({_Y})年({_M})月({_D})日(?:期间|之间|止)?"
)
_BETWEEN_MONTHS = re.compile(rf"({_Y})年({_M})月\s*[—–-]+\s*({_Y})年({_M})月")
_BETWEEN_YEARS = re.compile(
    rf"(?:^|[,，。;；]|用于支持|在)({_Y})年?\s*(?:[—–-]+|至)\s*({_Y})年(?:期间)?(?=[,，全实])"
)
_FROM_DAY = re.compile(rf"自?({_Y})年({_M})月({_D})日起(?!至|施行|实施|试行)")
_FROM_YEAR = re.compile(rf"(?:自|从)({_Y})年(?:起|开始)|^({_Y})年起")
_OPENING = re.compile(r"(?:[^。]*。){1,2}|[^。]+")
_UNTIL = re.compile(
    rf"(?:截至|截止到?|有效期至|执行至|延长至|延续至|实施至)({_Y})年({_M})月(?:({_D})日|底)"
)
_IN_YEAR = re.compile(rf"({_Y})年(?:度)?[^,，。;；]{{0,6}}可?继续(?:享受|执行|有效)")
_STAGE = re.compile(rf"[(（]({_Y})年(?:({_M})月)?(起)?[)）]")
_UNDATED = re.compile(
    r"(?:疫情防控|职业技能提升行动|脱贫攻坚|阶段性降低费率|受疫情影响停工)期间?|阶段性降低费率政策结束后"
)
_TERM_SECTION = re.compile(r"(?:执行|实施|适用)(?:时间|期限|期)")


def periods_of(document: Document) -> Mapping[str, Period]:
    """Terms of single provisions, by provision id; children share those of their parents.

    A section 执行时间 gives the term of the rules beside it and of the lists attached; years in
    the title of an attachment are those of its rows.
    """
    periods: dict[str, Period] = {}
    governing: Period | None = None
    for provision in document.provisions:
        if provision.kind is ProvisionKind.TITLE:
            continue
        own = _period_in(provision)
        parent = periods.get(provision.parent_id or "")
        if own is not None and (own.is_dated or parent is None):
            periods[provision.id] = own
        elif parent is not None:
            periods[provision.id] = parent
        if own is not None and own.is_dated and _is_term_section(document, provision):
            governing = own
    for index, part in enumerate(document.parts):
        years = _years_of_title(part.title) or _year_in_brackets(part.title)
        if part.kind is PartKind.ATTACHMENT and (years or governing):
            _spread(document, index, years or governing, periods)
    if governing is not None:
        _spread(document, 0, governing, periods)
    return periods


def _spread(
    document: Document, part: int, period: Period | None, periods: dict[str, Period]
) -> None:
    for provision in document.provisions:
        if provision.part == part and period and provision.kind is not ProvisionKind.TITLE:
            periods.setdefault(provision.id, period)


def _year_in_brackets(title: str) -> Period | None:
    hit = _STAGE.search(title)
    return Period(_first(hit[1]), _last(hit[1]), hit[0]) if hit and not hit[3] else None


def _is_term_section(document: Document, provision: Provision) -> bool:
    above = [*document.ancestors(provision), provision]
    return any(_TERM_SECTION.fullmatch(unit.heading) for unit in above if unit.heading)


def _period_in(provision: Provision) -> Period | None:
    """The first term that the words of a provision state."""
    for read in (_days, _months, _years, _until, _from, _year, _stage):
        if (period := read(provision)) is not None:
            return replace(period, provision_id=provision.id)
    if undated := _UNDATED.search(provision.text):
        return Period(None, None, undated[0], provision.id)
    return None


def _days(provision: Provision) -> Period | None:
    hit = _BETWEEN_DAYS.search(provision.text)
    return Period(_date(*hit.group(1, 2, 3)), _date(*hit.group(4, 5, 6)), hit[0]) if hit else None


def _months(provision: Provision) -> Period | None:
    hit = _BETWEEN_MONTHS.search(provision.text)
    if hit is None:
        return None
    return Period(_date(hit[1], hit[2], "1"), _end_of_month(hit[3], hit[4]), hit[0])


def _years(provision: Provision) -> Period | None:
    hit = _BETWEEN_YEARS.search(provision.text)
    return Period(_first(hit[1]), _last(hit[2]), hit[0].lstrip(",，。;；")) if hit else None


def _until(provision: Provision) -> Period | None:
    hit = _UNTIL.search(provision.text)
    if hit is None:
        return None
    ends = _date(*hit.group(1, 2, 3)) if hit[3] else _end_of_month(hit[1], hit[2])
    return Period(None, ends, hit[0])


def _from(provision: Provision) -> Period | None:
    """A beginning that the opening names; further on it begins one rule among others."""
    opening = _OPENING.match(provision.text)
    text = opening[0] if opening else ""
    if hit := _FROM_DAY.search(text):
        return Period(_date(*hit.group(1, 2, 3)), None, hit[0])
    if hit := _FROM_YEAR.search(text):
        return Period(_first(hit[1] or hit[2]), None, hit[0])
    return None


def _year(provision: Provision) -> Period | None:
    hit = _IN_YEAR.search(provision.text)
    return Period(_first(hit[1]), _last(hit[1]), hit[0]) if hit else None


def _stage(provision: Provision) -> Period | None:
    """``试点阶段(2019年)。``: the heading of a stage."""
    hit = _STAGE.search(provision.heading)
    if hit is None:
        return None
    if hit[2]:
        return Period(_date(hit[1], hit[2], "1"), _end_of_month(hit[1], hit[2]), hit[0])
    return Period(_first(hit[1]), None if hit[3] else _last(hit[1]), hit[0])


def _end_of_month(year: str, month: str) -> date | None:
    first = _date(year, month, "1")
    if first is None:
        return None
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])

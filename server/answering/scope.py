"""What a question asks for and the compilation doesn't have: a place, a year, a number, a law.

Each is found in the question by its form and refused only if neither the collection nor the clauses
found have it: 上海 is no absence where the clause found names Shanghai.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus
from corpus.cleaning import comparable
from corpus.document_number import NumberMatch, NumberQuery, match, parse, parse_query
from corpus.validity import Validity
from indexer.lexicon import any_of
from indexer.passages import questions_of
from indexer.query import numbered
from indexer.search import Hit, SearchIndex, SearchResult
from indexer.tokenizer import fold
from server.answering.evidence import asks_sum
from server.answering.levels import missing_level
from server.answering.subjects import Subjects, parts_of

PLACES = Path(corpus.__file__).parent / "annotations" / "lexicon" / "places.jsonl"
"""Places and the one that each lies in: ``{"place", "names", "within"}``."""

_HOME = "云南省"
_LOOKED_AT = 3  # of the clauses found: what one of them names isn't absent
# 我是四川人, 老家贵州: where somebody comes from, not whose rule is asked for.
_ORIGIN_BEFORE = re.compile(r"(?:老家|家|户口|户籍|来自|籍贯|考到|嫁到)(?:是|在)?$")
_ORIGIN_AFTER = re.compile(r"^[省市州县]?(?:人|籍|户口|户籍|的?老乡|来的|考的|过来|回来|嫁)")
_OWN_RULE = re.compile(
    r"(?:自己|本级|当地|人民政府|政府|[市州县区]里|[市州县区]级)(?:另外|还|再|专门)*"
    r"(?:出|定|发|给|奖|补|制定|发布|的(?:标准|政策|规定|办法|补贴|奖励))|实施细则|另外再|再加"
)
_NUMBER = re.compile(r"[一-鿿]{0,8}\D{0,2}(?:19|20)\d\d\D{0,2}?第?\d{1,4}\s*[号號]")
_ARTICLE = r"第?\s*+[一二三四五六七八九十百零〇\d]++\s*+条"
_QUOTED_LAW = re.compile(r"《([^《》]{2,40})》")
_LAW_ARTICLE = re.compile(rf"([一-鿿]{{2,16}}(?:法|条例))\s*+{_ARTICLE}")
_LEAD = re.compile(r"^.*(?:按照|根据|依据|依照|违反|请问|查|看|和|与|《)")
# Without 年 a figure after a verb of paying is a sum: 每人发2000.
_YEAR = re.compile(
    r"(?<!\d)(20[0-4]\d)\s*年|(?<![\d发给领拿补交付资薪月])(20[0-4]\d)(?=[^\d.%元块万人名个家]|$)"
)
# 2022年拿的证: when something happened to the asker, not the year of the rule.
_HAPPENED = re.compile(
    r"^[年初底中末上下半春夏秋冬\d月日号份]*(?:才|刚|就|已经|我)?"
    r"(?:拿|考|取得|毕业|进|入|参加|办|买|评|退|去|来|开始|签|离|学|领|获|被|从|在)"
)


_THAT_YEAR = re.compile(r"那一?年|当年")


@dataclass(frozen=True, slots=True)
class Place:
    """A place and the one that it lies in."""

    name: str
    within: str


class Scope:
    """Names what a question asks for beyond the collection. Safe to use from several threads."""

    def __init__(self, index: SearchIndex, subjects: Subjects, places: Path = PLACES) -> None:
        self._index = index
        self._store = index.store
        self._subjects = subjects
        titles = (document.title for document in self._store.frames)
        self._dealt_with = "\n".join(map(fold, (*titles, *self._store.questions())))
        self._places = _read_places(places)
        self._place = any_of(self._places)
        self._titles = {comparable(document.title) for document in self._store.frames}
        self._titles |= {
            comparable(part.title) for d in self._store.frames for part in d.parts if part.title
        }
        years = (_years(d.title, self._store.validity[d.id]) for d in self._store.frames)
        self._last_signed = max((max(signed, default=0) for signed, _ in years), default=0)

    def absence(self, question: str, result: SearchResult) -> str | None:
        """One sentence (Chinese) about the first thing that the collection doesn't have, or None.

        ``result`` is that of the search for ``question``.
        """
        text = unicodedata.normalize("NFKC", question)
        found = [_words_of(hit) for hit in result.hits[:_LOOKED_AT]]
        return (
            self._number(text)
            or self._law(text, result)
            or self._elsewhere(text, found)
            or self._own_rule_of_a_place(text, found)
            or self._year(text, result)
            or self._subject(text, result)
            or _level(text, result)
        )

    def _number(self, text: str) -> str | None:
        for hit in _NUMBER.finditer(text):
            typed = parse_query(_LEAD.sub("", hit[0]))
            if typed is None or typed.year is None or self._is_known(typed):
                continue
            return f"汇编中没有文号为“{typed}号”的文件,也没有文件提到它。"
        return None

    def _is_known(self, typed: NumberQuery) -> bool:
        if numbered(self._store, typed):
            return True
        cited = (parse(number) for number in self._store.named_numbers())
        return any(match(typed, known) is not NumberMatch.NONE for known in cited if known)

    def _law(self, text: str, result: SearchResult) -> str | None:
        """A law whose articles are asked for, or one in 《》 that the clauses found don't name."""
        if result.understood.documents:
            return None
        by_article = [_LEAD.sub("", hit[1]) for hit in _LAW_ARTICLE.finditer(text)]
        for hit in _QUOTED_LAW.finditer(text):
            if re.match(rf"\s*+{_ARTICLE}", text[hit.end() :]):
                by_article.append(hit[1])
            elif not self._has_title(hit[1]) and not any(
                comparable(hit[1]) in comparable(_words_of(each)) for each in result.hits
            ):
                return f"汇编中没有收入《{hit[1]}》。"
        for name in by_article:
            if not self._has_title(name):
                return f"汇编中没有收入《{name}》,查不到它的条文。"
        return None

    def _has_title(self, name: str) -> bool:
        wanted = comparable(name)
        return any(wanted in title for title in self._titles)

    def _elsewhere(self, text: str, found: Sequence[str]) -> str | None:
        named = list(self._named_places(text))
        if any(self._is_home(place) for place, _ in named):
            return None
        for place, name in named:
            if not any(name in words for words in found):
                return f"汇编收的是云南省的文件,没有{place.name}的规定。"
        return None

    def _own_rule_of_a_place(self, text: str, found: Sequence[str]) -> str | None:
        """What a city of the province has set itself: 曲靖市自己出的补贴."""
        for place, name in self._named_places(text):
            is_own = self._is_home(place) and place.name != _HOME
            if is_own and _OWN_RULE.search(text) and not any(name in words for words in found):
                return f"汇编收的是全省的文件,没有{place.name}自己的规定。"
        return None

    def _named_places(self, text: str) -> Iterator[tuple[Place, str]]:
        for hit in self._place.finditer(text):
            is_origin = _ORIGIN_BEFORE.search(text[: hit.start()])
            if not is_origin and not _ORIGIN_AFTER.search(text[hit.end() :]):
                yield self._places[hit[0]], hit[0]

    def _is_home(self, place: Place) -> bool:
        return _HOME in (place.name, place.within) or any(
            other.name == place.within and other.within == _HOME for other in self._places.values()
        )

    def _year(self, text: str, result: SearchResult) -> str | None:
        """A year for which the document found sets nothing."""
        if not result.hits:
            return None
        first = result.hits[0]
        for asked in _YEAR.finditer(text):
            named = asked[1] or asked[2]
            year = int(named)
            if named in _words_of(first):
                continue
            after = text[asked.end() :]
            happened = _HAPPENED.search(after) is not None and not _THAT_YEAR.search(after)
            if not self._governs(first, year, happened=happened):
                return f"找到的文件没有{year}年的规定:{_terms_of(first)}。"
        return None

    def _subject(self, text: str, result: SearchResult) -> str | None:
        """A subject asked for that no clause has, or that clauses mention and nobody asks them for.

        What people ask clauses for is what they regulate. Clauses that nobody wrote questions for
        (entries of catalogues, documents added by users) speak for themselves.
        """
        own = fold(" ".join(h.unit.reading for h in result.hits if not questions_of(h.unit)))
        asked, _ = parts_of(text)
        for names in self._subjects.named_in(asked):
            if any(name in self._dealt_with or name in own for name in names):
                continue
            if any(self._index.knows(name) for name in names):
                return f"汇编的条款提到过“{names[0]}”,但没有对它作出规定。"
            return f"汇编中没有关于“{names[0]}”的规定。"
        return None

    def _governs(self, hit: Hit, year: int, *, happened: bool) -> bool:
        """Whether a document says something for ``year``.

        What has a term says it for the years of the term; what has none, from its signature to the
        newest document of the collection. Of something that merely happened then (``happened``),
        rules without a term speak in any year.
        """
        signed, term = _years(hit.document.title, hit.validity)
        if year in signed or year in term:
            return True
        if term:
            return False
        return happened or bool(signed and min(signed) <= year <= self._last_signed)


def _level(text: str, result: SearchResult) -> str | None:
    """A level of skill that the first clause leaves out of its list of sums."""
    if not result.hits or not asks_sum(text):
        return None
    first = result.hits[0]
    level = missing_level(text, first.unit.reading) if not first.unit.rates else None
    return f"{first.citation}按等级列了标准,其中没有{level}。" if level else None


def _years(title: str, validity: Validity) -> tuple[set[int], set[int]]:
    """The year of signature (or nothing), and the years of a document's term (or nothing)."""
    signed = {validity.signed.year} if validity.signed is not None else set()
    term = {int(year) for year in re.findall(r"20\d\d", title)}
    for period in (validity.plan, validity.stated):
        if period is not None and period.begins is not None and period.ends is not None:
            term.update(range(period.begins.year, period.ends.year + 1))
    return signed, term


def _terms_of(hit: Hit) -> str:
    signed, term = _years(hit.document.title, hit.validity)
    years = sorted(term or signed)
    name = hit.document.doc_number or f"《{hit.document.title}》"
    if not years:
        return f"{name}没有写明年份"
    span = f"{years[0]}年" if len(years) == 1 else f"{years[0]}年至{years[-1]}年"
    return f"{name}是{span}的" if term else f"{name}是{span}发的"


def _words_of(hit: Hit) -> str:
    """All words that a hit is known by: text, title, headings and questions."""
    unit = hit.unit
    return " ".join((unit.reading, hit.document.title, *unit.headings, *questions_of(unit)))


def _read_places(path: Path) -> dict[str, Place]:
    """Places by each of their names."""
    places: dict[str, Place] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        place = Place(entry["place"], entry["within"])
        places |= dict.fromkeys((*entry["names"], entry["place"]), place)
    return places

"""From words to facts: what a sentence says of a person, by the sayings of the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.benefits.facts import Fact, FactType
from corpus.figures import NUMBER, number_of
from server.eligibility.stated_facts import StatedFacts

# Words right before a saying that turn it round, with a word or two between at most: 不是贫困户.
_NEGATED = re.compile(r"(?:不是|不属于|不算|没有|没|未|并非|非|无|不)[^,,。;;、]{0,2}$")
_GAP = r"[^\s,,。;;、!!?？]{0,6}?"
_LONG_GAP = r"[^。;;!!?？]{0,16}?"
_WILD = re.compile(r"\*\*|[*#]")
_SHORT_NAME = 2  # 企业 says nothing of who asks
_YES, _NO, _NOTHING = "yes", "no", ""
# 2016年考的,到现在五年 tells since when, not of which year somebody speaks.
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年(?!.{0,16}(?:到现在|至今|到如今|到今天))")
_SHORT_YEAR = re.compile(
    r"(?:^|(?<=[,。;我在是于]))([12]\d)(?=年(?:[考拿评发毕取获招底初]|\d{1,2}月))"
)
_YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2}
_PATTERNS_KEPT = 4096
_NO_NUMBER = "一[共直起样般定下边些点切律旦带线流]|零[就售件食星工]"
_STANDS_FOR = {"*": _GAP, "**": _LONG_GAP, "#": f"(?!{_NO_NUMBER})({NUMBER})"}


@dataclass(frozen=True, slots=True)
class _Saying:
    """Words that state ``value`` of ``fact``; a text without ``key`` doesn't say them."""

    fact: str
    value: str
    words: str
    key: str

    @classmethod
    def of(cls, fact: str, value: str, words: str) -> _Saying:
        """A saying as the vocabulary has it."""
        words = unicodedata.normalize("NFKC", words)
        return cls(fact, value, words, max(_WILD.split(words), key=len)[:2])

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where ``text`` says it."""
        if _WILD.search(self.words) is None:
            at = text.find(self.words)
            while at >= 0:
                yield at, at + len(self.words)
                at = text.find(self.words, at + 1)
        else:
            for hit in _pattern(self.words).finditer(text):
                yield hit.span()


@lru_cache(maxsize=_PATTERNS_KEPT)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            _STANDS_FOR.get(part) or re.escape(part) for part in re.split(r"(\*\*|[*#])", words)
        )
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A saying at its place in a text; ``denied`` when the words before turn it round."""

    saying: _Saying
    words: str
    start: int
    end: int
    denied: bool


class FactReader:
    """Reads sentences into facts."""

    def __init__(self, vocabulary: Mapping[str, Fact]) -> None:
        self._vocabulary = vocabulary
        self._by_key: dict[str, list[_Saying]] = defaultdict(list)
        for fact in vocabulary.values():
            for value, words in _sayings(fact):
                saying = _Saying.of(fact.name, value, words)
                self._by_key[saying.key].append(saying)

    def read(self, text: str, as_of: date | None = None) -> StatedFacts:
        """The facts that ``text`` states. With ``as_of`` 今年 and 去年 are years, too."""
        text = _SHORT_YEAR.sub(r"20\1", unicodedata.normalize("NFKC", text))
        chosen: dict[str, frozenset[str]] = {}
        ruled_out: dict[str, frozenset[str]] = {}
        answers: dict[str, bool] = {}
        numbers: dict[str, float] = _years(text, as_of)
        for name, said in self._said(text).items():
            match self._vocabulary[name].type:
                case FactType.YES_NO:
                    answers[name] = all(
                        each.saying.value == _YES and not each.denied for each in said
                    )
                case FactType.NUMBER:
                    larger = self._vocabulary[name].larger_units
                    numbers[name] = _number_in(said[0], larger)
                case _:
                    named = frozenset(each.saying.value for each in said if not each.denied)
                    if named:
                        chosen[name] = named
                    if denied := frozenset(e.saying.value for e in said if e.denied) - named:
                        ruled_out[name] = denied
        return StatedFacts(chosen, ruled_out, answers, numbers)

    def _said(self, text: str) -> Mapping[str, Sequence[_Said]]:
        """What the text says of each fact; of sayings that overlap the longest counts."""
        pieces = {*text, *(text[at : at + 2] for at in range(len(text) - 1))}
        found: dict[str, list[_Said]] = defaultdict(list)
        for key in pieces & self._by_key.keys():
            for saying in self._by_key[key]:
                for start, end in saying.places(text):
                    denied = _NEGATED.search(text[max(0, start - 5) : start]) is not None
                    said = _Said(saying, text[start:end], start, end, denied)
                    found[saying.fact].append(said)
        kept = {fact: _longest(said) for fact, said in found.items()}
        return {fact: said for fact, said in kept.items() if said}


def _longest(said: Sequence[_Said]) -> list[_Said]:
    """The longest of those that overlap, without words that say nothing of the fact."""
    kept: list[_Said] = []
    for each in sorted(said, key=_precedence):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return [each for each in kept if each.saying.value != _NOTHING]


def _precedence(said: _Said) -> tuple[int, bool, int]:
    """The longest first; of those as long, the one that says nothing (一天 before #天)."""
    return -len(said.saying.words), said.saying.value != _NOTHING, said.start


def _sayings(fact: Fact) -> Iterator[tuple[str, str]]:
    """Each value of a fact with the words for it."""
    for value in fact.values:
        own = {value.name} if len(value.name) > _SHORT_NAME else set()
        yield from ((value.name, words) for words in own.union(value.say))
    yield from ((_YES, words) for words in fact.say)
    yield from ((_NO, words) for words in fact.deny)
    yield from ((_NOTHING, words) for words in fact.unrelated)


def _number_in(said: _Said, larger_units: Mapping[str, float]) -> float:
    """The number where the saying has its ``#``; in one without, the first (半年)."""
    pattern = _pattern(said.saying.words)
    hit = pattern.fullmatch(said.words) if pattern.groups else re.search(f"({NUMBER})", said.words)
    assert hit is not None  # it was found by this pattern, and a saying without # holds a number
    after = said.words[hit.end(1) :]
    sizes = (size for unit, size in larger_units.items() if after.startswith(unit))
    return number_of(hit[1]) * next(sizes, 1.0)


def _years(text: str, as_of: date | None) -> dict[str, float]:
    if named := _YEAR.search(text):
        return {"年份": float(named[1])}
    if as_of is not None:
        for words, ago in _YEARS_AGO.items():
            if words in text:
                return {"年份": float(as_of.year - ago)}
    return {}

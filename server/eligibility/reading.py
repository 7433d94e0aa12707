"""From words to facts: what a sentence says of a person, by the sayings of the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from corpus.benefits.facts import Fact, FactType
from corpus.quantities import NUMBER, number_of
from server.eligibility.stated_facts import StatedFacts

# Words right before a saying that turn it round, with a word or two between at most: 不是贫困户.
_NEGATED = re.compile(r"(?:不是|不属于|不算|没有|没|未|并非|非|无|不)[^,,。;;、]{0,2}$")
_GAP = r"[^\s,,。;;、!!?？]{0,6}?"
_SHORT_NAME = 2  # 企业 says nothing of who asks
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?")
_YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2}


@dataclass(frozen=True, slots=True)
class _Sayings:
    """The sayings of one fact or value as one pattern, the longest first."""

    pattern: re.Pattern[str]
    value: Mapping[str, str]  # group of the pattern -> value of the fact

    @classmethod
    def of(cls, said: Iterable[tuple[str, str]]) -> _Sayings | None:
        """Sayings with the values that they stand for; None without any."""
        ordered = sorted(said, key=lambda pair: -len(pair[0]))
        if not ordered:
            return None
        alternatives = [f"(?P<v{at}>{_as_pattern(text)})" for at, (text, _) in enumerate(ordered)]
        return cls(
            re.compile("|".join(alternatives)),
            {f"v{at}": value for at, (_, value) in enumerate(ordered)},
        )

    def found(self, text: str) -> Iterator[tuple[str, re.Match[str], bool]]:
        """Each value said, with the words, and whether they are denied."""
        for hit in self.pattern.finditer(text):
            assert hit.lastgroup is not None
            before = text[max(0, hit.start() - 5) : hit.start()]
            yield self.value[hit.lastgroup], hit, _NEGATED.search(before) is not None


def _as_pattern(saying: str) -> str:
    parts = re.split(r"([*#])", unicodedata.normalize("NFKC", saying))
    return "".join(
        _GAP if part == "*" else f"(?:{NUMBER})" if part == "#" else re.escape(part)
        for part in parts
    )


class FactReader:
    """Reads sentences into facts."""

    def __init__(self, vocabulary: Mapping[str, Fact]) -> None:
        self._vocabulary = vocabulary
        self._sayings = {
            name: sayings
            for name, fact in vocabulary.items()
            if (sayings := _Sayings.of(_said(fact))) is not None
        }

    def read(self, text: str, as_of: date | None = None) -> StatedFacts:
        """The facts that ``text`` states. With ``as_of`` 今年 and 去年 are years, too."""
        text = unicodedata.normalize("NFKC", text)
        chosen: dict[str, frozenset[str]] = {}
        ruled_out: dict[str, frozenset[str]] = {}
        answers: dict[str, bool] = {}
        numbers: dict[str, float] = _years(text, as_of)
        for name, sayings in self._sayings.items():
            fact = self._vocabulary[name]
            found = list(sayings.found(text))
            if not found:
                continue
            match fact.type:
                case FactType.YES_NO:
                    answers[name] = all(value == "yes" and not no for value, _, no in found)
                case FactType.NUMBER:
                    numbers[name] = _number_in(found[0][1][0])
                case _:
                    said = frozenset(value for value, _, no in found if not no)
                    denied = frozenset(value for value, _, no in found if no) - said
                    if said:
                        chosen[name] = said
                    if denied:
                        ruled_out[name] = denied
        return StatedFacts(chosen, ruled_out, answers, numbers)


def _said(fact: Fact) -> Iterator[tuple[str, str]]:
    """All sayings of a fact with what they mean."""
    for value in fact.values:
        own = {value.name} if len(value.name) > _SHORT_NAME else set()
        yield from ((text, value.name) for text in own.union(value.say))
    yield from ((text, "yes") for text in fact.say)
    yield from ((text, "no") for text in fact.deny)


def _number_in(words: str) -> float:
    hit = re.search(NUMBER, words)
    assert hit is not None  # the saying of a number holds one
    return number_of(hit[0])


def _years(text: str, as_of: date | None) -> dict[str, float]:
    if named := _YEAR.search(text):
        return {"年份": float(named[1])}
    if as_of is not None:
        for words, ago in _YEARS_AGO.items():
            if words in text:
                return {"年份": float(as_of.year - ago)}
    return {}

"""Finds the benefits for a profile or for a question in a person's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat

from corpus.benefits.facts import Fact
from corpus.catalogue import catalogue_of
from indexer.query import LONGEST_QUERY
from indexer.search import Hit, SearchIndex
from server.eligibility.asking import OpenQuestion, open_questions
from server.eligibility.matching import BenefitMatcher, MatchedBenefit, Verdict
from server.eligibility.occupations import NamedOccupation, OccupationFinder
from server.eligibility.profile import Profile, with_year_of
from server.eligibility.reading import FactReader
from server.eligibility.stated_facts import StatedFacts

_MOST_BENEFITS = 40
# Cosines; what nothing in the collection is about mostly stays below. The first hits are those that
# the words themselves speak for as well.
_NEAR_ENOUGH = 0.74
_FIRST_NEAR_ENOUGH = 0.70
_FIRST = 3
_ONESELF = re.compile("我(?!们)|本人")  # 我们 may be a company or a school as well
_MOST_REFUSED = 10
_SURE = 0.3  # what a benefit that applies is ahead of one that may, when not all can be shown
_NEAREST = 10  # articles found for the words themselves


@dataclass(frozen=True, slots=True)
class FoundBenefits:
    """What was understood of somebody, the benefits, and what to ask next, most telling first.

    ``stated`` is without what follows from the occupation: who corrects that corrects both.
    """

    stated: StatedFacts
    occupation: NamedOccupation | None
    benefits: tuple[MatchedBenefit, ...]
    questions: tuple[OpenQuestion, ...]


class BenefitFinder:
    """Rules, catalogue and vocabulary of an index, ready to match."""

    def __init__(self, index: SearchIndex) -> None:
        rules = index.store.benefit_rules()
        issued = {frame.id: number.year for frame, number in index.store.numbers if number.year}
        issued |= {frame.id: frame.date.year for frame in index.store.frames if frame.date}
        self.matcher = BenefitMatcher(rules, issued)
        self._index = index
        self._reader = FactReader(rules.facts)
        catalogue = [
            entry
            for document_id in rules.catalogues
            if (document := index.store.document(document_id)) is not None
            for entry in catalogue_of(document)
        ]
        self._occupations = OccupationFinder(catalogue, rules.sayings)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The vocabulary of the rules."""
        return self.matcher.rules.facts

    def name_of(self, benefit_id: str) -> str | None:
        """The name of a benefit; None if its document isn't in the collection."""
        benefit = self.matcher.rules.by_id.get(benefit_id)
        return benefit.name if benefit else None

    @property
    def occupation_names(self) -> tuple[str, ...]:
        """The occupations of the catalogues, each once, in the order of the catalogues."""
        return self._occupations.names

    def for_profile(
        self, profile: Profile, as_of: date | None = None, question: str | None = None
    ) -> FoundBenefits:
        """The benefits for a profile; a ``question`` tells which of them are asked for.

        Raises:
            InvalidQueryError: the profile names a fact that doesn't exist.
        """
        stated = with_year_of(profile.stated(self._reader, self.facts), as_of)
        if not profile.understood:
            stated = self.matcher.with_asker(stated)
        occupation = self._occupation(profile.occupation, question)
        if question:
            return self._found(stated, occupation, question, self._nearest(question, None))
        described = " ".join([*profile.groups, profile.employer or ""])
        near = tuple(hit.unit.id for hit in self._search(described))
        return self._found(stated, occupation, described, near)

    def _occupation(self, name: str | None, question: str | None) -> NamedOccupation | None:
        """The occupation of that name; with what the question says of it, if it is named there."""
        if not name:
            return None
        asked = self._occupations.in_text(question) if question else None
        return asked if asked and asked.words == name else self._occupations.named(name)

    def for_question(
        self, question: str, as_of: date | None = None, hits: Sequence[Hit] | None = None
    ) -> FoundBenefits:
        """The benefits that somebody asks for in their own words.

        ``hits`` are what a search for the question found, if there was one already.
        """
        stated = with_year_of(self._reader.read(question, as_of), as_of)
        near = self._nearest(question, hits)
        if _ONESELF.search(question):
            stated = self.matcher.with_asker(stated, near)
        return self._found(stated, self._occupations.in_text(question), question, near)

    def hit(self, clause_id: str) -> Hit:
        """The clause as a citation, in its own words: what stands below it is another's rule."""
        document = self._index.store.document_of(clause_id)
        assert document is not None  # the build checked every clause of the rules
        return self._index.hit_of(document, document.by_id[clause_id], alone=True)

    def _nearest(self, question: str, hits: Sequence[Hit] | None) -> tuple[str, ...]:
        """The articles nearest in meaning to a question, the nearest first, if any is near.

        Whoever needs one may use other words than any that were foreseen.

        Raises:
            ModelError: the embedding model can't be loaded.
        """
        if hits is None:
            hits = self._search(question)
        floors = chain(repeat(_FIRST_NEAR_ENOUGH, _FIRST), repeat(_NEAR_ENOUGH))
        near = zip(hits, floors, strict=False)  # the floors never end
        return tuple(hit.unit.id for hit, floor in near if _nearness(hit) >= floor)

    def _search(self, words: str) -> Sequence[Hit]:
        if not words.strip():
            return ()
        return self._index.search(words[:LONGEST_QUERY], limit=_NEAREST).hits

    def _found(
        self,
        stated: StatedFacts,
        occupation: NamedOccupation | None,
        words: str,
        near: Sequence[str],
    ) -> FoundBenefits:
        known = stated
        if occupation is not None:
            known = stated | _listed_among(occupation, self.facts)
        shown = _shown(self.matcher.match(known, occupation, words, near))
        return FoundBenefits(stated, occupation, shown, open_questions(shown, self.facts))


def _nearness(hit: Hit) -> float:
    """The higher of the cosines with its text and with a question that it answers."""
    return max(hit.signals.text or 0.0, hit.signals.question or 0.0)


def _listed_among(occupation: NamedOccupation, facts: Mapping[str, Fact]) -> StatedFacts:
    """Where the occupation stands on the lists of occupations among the facts.

    Those lists are of occupations that have levels; courses beside them have none.
    """
    names = frozenset(entry.name for entry in occupation.entries if None not in entry.amounts)
    chosen: dict[str, frozenset[str]] = {}
    for fact in facts.values():
        if fact.other_occupation is None or not names:
            continue
        listed = names & {value.name for value in fact.values}
        if not listed:
            chosen[fact.name] = frozenset({fact.other_occupation})
        elif occupation.exact or listed == names:
            chosen[fact.name] = listed
    return StatedFacts(chosen=chosen)


def _shown(found: Sequence[MatchedBenefit]) -> tuple[MatchedBenefit, ...]:
    """Those worth a person's time: the most telling that fit, and the nearest of the others."""
    fitting = [matched for matched in found if matched.verdict is not Verdict.DOES_NOT_APPLY]
    telling = sorted(fitting, key=_telling, reverse=True)[:_MOST_BENEFITS]
    least = min(map(_telling, telling), default=0.0)
    refused = [matched for matched in found if matched.verdict is Verdict.DOES_NOT_APPLY]
    fitting = [matched for matched in fitting if _telling(matched) >= least][:_MOST_BENEFITS]
    return (*fitting, *refused[:_MOST_REFUSED])


def _telling(matched: MatchedBenefit) -> float:
    return matched.relevance + _SURE * (matched.verdict is Verdict.APPLIES)

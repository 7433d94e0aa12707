"""Whether what is asked for stands beside what it is asked of, in one sentence of the clauses.

A clause on mentors' allowances that leaves the sum to the employer has all words of
带徒津贴一个月多少钱 and no sum. Answer typing (Li and Roth, "Learning question classifiers",
COLING 2002) put to use as a sign: how much of the question a sentence of the right kind has,
against any sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.passages import Unit, sentences_in
from indexer.search import Hit, SearchIndex
from indexer.tokenizer import fold
from server.answering.focus import Focus, foci_of, gives
from server.answering.measures import Measure, measures_asked

_LOOKED_AT = 3
_UNRELATED = 0.5  # cosine where no sentence is of the kind asked for
_TELLING = (
    Focus.AMOUNT,
    Focus.PERIOD,
    Focus.DEPARTMENT,
    Focus.QUANTITY,
    Focus.DEFINITION,
    Focus.PROCEDURE,
)


@dataclass(frozen=True, slots=True)
class Support:
    """What sentences that give what is asked for have of the question.

    ``missing`` is the share of the question's words (by rarity, 0 to 1) that is lost if only such
    sentences count; ``nearest`` is the cosine of the nearest of them; ``is_measured`` says that the
    question asks for a measure.
    """

    missing: float
    nearest: float
    is_measured: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with the words around it that say of what it speaks."""

    text: str
    context: str
    cosine: float


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a question asks for."""

    measures: tuple[Measure, ...]
    foci: tuple[Focus, ...]

    def is_given(self, sentence: str, unit: Unit) -> bool:
        """Whether a folded sentence of a unit gives a measure asked for, and a kind of thing.

        An entry of a catalogue has its sum above it.
        """
        measured = not self.measures or any(
            measure.is_given_in(sentence) or (measure.is_money and bool(unit.rates))
            for measure in self.measures
        )
        return measured and (
            not self.foci
            or any(
                gives(focus, sentence) or (focus is Focus.AMOUNT and bool(unit.rates))
                for focus in self.foci
            )
        )


class SupportReader:
    """Reads the first hits sentence by sentence. Safe to use from several threads."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def read(self, asked: str, hits: Sequence[Hit]) -> Support:
        """The support that the first of ``hits`` give to the question ``asked``."""
        wanted = _Wanted(measures_asked(asked), tuple(f for f in foci_of(asked) if f in _TELLING))
        rarity = {w: self._index.rarity(w) for w in set(self._index.tokenizer.words(asked))}
        whole = sum(rarity.values()) or 1.0
        most, most_given, nearest = 0.0, 0.0, _UNRELATED
        for hit in hits[:_LOOKED_AT]:
            for sentence in self._sentences(asked, hit):
                held = sentence.context + sentence.text
                covered = sum(idf for word, idf in rarity.items() if word in held) / whole
                most = max(most, covered)
                if wanted.is_given(sentence.text, hit.unit):
                    most_given = max(most_given, covered)
                    nearest = max(nearest, sentence.cosine)
        return Support(most - most_given, nearest, bool(wanted.measures))

    def _sentences(self, asked: str, hit: Hit) -> Iterator[_Sentence]:
        """The sentences of a clause under title, headings and lead-in; a table row is one."""
        unit = hit.unit
        above = fold(" ".join((hit.document.title, *unit.headings)))
        vectors = self._index.sentence_vectors(unit)
        if unit.provision.cells or not len(vectors):
            yield _Sentence(fold(unit.reading), above, hit.signals.text or _UNRELATED)
            return
        sentences = sentences_in(unit)
        texts = [fold(sentence.of(unit.text)) for sentence in sentences]
        cosines = np.asarray(vectors @ self._index.vector_of(asked))
        for sentence, text, cosine in zip(sentences, texts, cosines, strict=True):
            lead_in = texts[sentence.lead_in] if sentence.lead_in is not None else ""
            yield _Sentence(text, above + lead_in, float(cosine))

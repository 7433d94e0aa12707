"""Training examples: (anchor, positive, negative) from asked-as questions and from a benchmark.

Negatives are hard ones: what the untrained model (for the questions) or BM25 (for the statutes)
takes for an answer and is not (Karpukhin et al., "Dense Passage Retrieval", EMNLP 2020). Clauses
that say the same in other documents are the trap: they rank high and are right. So negatives from
the clause's own document are taken from the top, those from others only from further down, and
clauses whose texts agree are never negatives of one another.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from rapidfuzz import fuzz

from indexer.embedding.encoder import Vectors
from indexer.lexical import LexicalIndex, index_terms
from indexer.passages import Unit, passages_of, questions_of
from indexer.tokenizer import Tokenizer

_SAME_TEXT = 70  # per cent of the longer text; above it two clauses say the same
_NEAR_OWN, _NEAR_OTHER = slice(0, 6), slice(4, 20)  # ranks of negatives, own and other documents
_PASSAGES_EACH = 2  # anchors a clause for question -> passage
_STATUTES_RANKED, _STATUTE_RANKS = 60, slice(3, 40)
_STATUTE_LENGTH = 200  # characters

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Triple:
    """An anchor, what answers it, and what looks as if it did."""

    anchor: str
    positive: str
    negative: str


@dataclass(frozen=True, slots=True)
class AskedClauses:
    """The clauses that have questions, and the vectors of all their questions.

    Question ``i`` asks for ``units[owners[i]]``, its vector is ``vectors[i]``, ``passages[i]`` is
    the passage of the clause that is nearest to it. Build with :meth:`of`.
    """

    units: Sequence[Unit]
    questions: Sequence[str]
    owners: Sequence[int]
    vectors: Vectors
    passages: Sequence[str]

    @classmethod
    def of(cls, units: Sequence[Unit], encode_queries: Encode, encode_passages: Encode) -> Self:
        """Gather the questions of ``units`` and encode them by the untrained model."""
        asked = [(at, question) for at, unit in enumerate(units) for question in questions_of(unit)]
        passages = [passage for at, unit in enumerate(units) for passage in passages_of(unit, at)]
        vectors = encode_queries([question for _, question in asked])
        passage_vectors = encode_passages([passage.text for passage in passages])
        of_unit: dict[int, list[int]] = {}
        for at, passage in enumerate(passages):
            of_unit.setdefault(passage.unit, []).append(at)
        nearest = [
            passages[max(of_unit[owner], key=lambda at: float(passage_vectors[at] @ vector))].text
            for (owner, _), vector in zip(asked, vectors, strict=True)
        ]
        questions, owners = [text for _, text in asked], [owner for owner, _ in asked]
        return cls(units, questions, owners, vectors, nearest)


class NegativeMiner:
    """Finds for a question clauses that are near and don't answer."""

    def __init__(self, clauses: AskedClauses) -> None:
        self._clauses = clauses
        self._owners = np.asarray(clauses.owners)
        self._documents = [unit.document_id for unit in clauses.units]

    def negative(self, question: int, chance: random.Random) -> int:
        """The position in ``questions`` of a hard negative for the question at ``question``."""
        own = self._owners[question]
        cosines = self._clauses.vectors @ self._clauses.vectors[question]
        nearest: dict[int, int] = {}  # clause -> its nearest question, in order of nearness
        for at in np.argsort(-cosines)[:400].tolist():
            nearest.setdefault(int(self._owners[at]), at)
        nearest.pop(int(own), None)
        same_document = [c for c in nearest if self._documents[c] == self._documents[own]]
        others = [c for c in nearest if self._documents[c] != self._documents[own]]
        candidates = same_document[_NEAR_OWN] + others[_NEAR_OTHER][: len(same_document) or None]
        chance.shuffle(candidates)
        kept = next((c for c in candidates if not self._agree(own, c)), None)
        return nearest[kept] if kept is not None else int(chance.randrange(len(self._owners)))

    def _agree(self, one: int, other: int) -> bool:
        texts = (self._clauses.units[one].text[:400], self._clauses.units[other].text[:400])
        return fuzz.ratio(*texts) >= _SAME_TEXT


def question_triples(
    clauses: AskedClauses, rounds: int, chance: random.Random
) -> tuple[list[Triple], list[Triple]]:
    """Question -> question of the same clause, and question -> passage of its clause.

    Each question is an anchor ``rounds`` times, each time with another positive and negative.
    """
    miner = NegativeMiner(clauses)
    to_question: list[Triple] = []
    to_passage: list[Triple] = []
    of_clause: dict[int, list[int]] = {}
    for at, owner in enumerate(clauses.owners):
        of_clause.setdefault(owner, []).append(at)
    for _ in range(rounds):
        for own in of_clause.values():
            for at in own:
                if alike := _same_point(clauses, at, own):
                    trio = (at, chance.choice(alike), miner.negative(at, chance))
                    to_question.append(Triple(*(clauses.questions[each] for each in trio)))
            for at in chance.sample(own, min(_PASSAGES_EACH, len(own))):
                against = clauses.passages[miner.negative(at, chance)]
                to_passage.append(Triple(clauses.questions[at], clauses.passages[at], against))
    return to_question, to_passage


def _same_point(clauses: AskedClauses, question: int, own: Sequence[int]) -> list[int]:
    """The nearer half of a clause's other questions: a long clause has points that differ."""
    others = [other for other in own if other != question]
    others.sort(key=lambda other: -float(clauses.vectors[other] @ clauses.vectors[question]))
    return others[: (len(others) + 1) // 2]


def read_statutes(benchmark: Path) -> list[dict[str, Any]]:
    """The articles of the benchmark: ``id``, ``law``, ``article``, ``text``.

    Raises:
        OSError: the file is missing.
    """
    with gzip.open(benchmark / "statutes.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_lay_questions(benchmark: Path) -> list[dict[str, Any]]:
    """The questions of its train split: ``question``, ``gold``; the dev split stays unread.

    Raises:
        OSError: the file is missing.
    """
    lines = (benchmark / "lay_questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["split"] == "train"]


def statute_triples(
    articles: Sequence[Mapping[str, Any]],
    questions: Sequence[Mapping[str, Any]],
    rounds: int,
    chance: random.Random,
) -> list[Triple]:
    """Lay question -> statutory article, see :func:`read_statutes`, :func:`read_lay_questions`."""
    texts = [f"{a['law']} {a['article']}\n{a['text'][:_STATUTE_LENGTH]}" for a in articles]
    position = {article["id"]: at for at, article in enumerate(articles)}
    tokenizer = Tokenizer()
    lexical = LexicalIndex.build(texts, tokenizer)
    triples: list[Triple] = []
    for entry in questions:
        gold = {position[name] for alternatives in entry["gold"] for name in alternatives}
        scores = lexical.scores(index_terms(entry["question"], tokenizer))
        ranked = np.argsort(-scores)[:_STATUTES_RANKED].tolist()
        wrong = [at for at in ranked if at not in gold][_STATUTE_RANKS]
        for _ in range(rounds):
            right = chance.choice(sorted(gold))
            triples.append(Triple(entry["question"], texts[right], texts[chance.choice(wrong)]))
    return triples

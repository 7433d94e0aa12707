"""The texts that every system is given, and where they are handed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.model import Document
from indexer.passages import Unit, questions_of, short_title
from indexer.search import SearchIndex

Vectors = NDArray[np.float32]


class Wording(StrEnum):
    """What a clause is indexed by: its words, or with them the questions that people ask for it."""

    TEXTS = "texts"
    QUESTIONS = "texts+questions"


@dataclass(frozen=True, slots=True)
class Collection:
    """Clauses by id with their texts; ``terms`` are the words that a careful user adds to jieba."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    terms: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with the texts."""
        return hashlib.sha256("\0".join(self.texts).encode()).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Collection:
        """Read what :meth:`save` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(*(tuple(content[name]) for name in ("ids", "texts", "terms")))


def collection_of(index: SearchIndex, wording: Wording) -> Collection:
    """Every unit of an index with what search itself is given of it.

    That is the subject of its document, the headings above it, its text, the right readings of
    misprints, and with :attr:`Wording.QUESTIONS` its asked-as questions.
    """
    units = all_units(index)
    texts = [text_of(each, index.store.frame_by_id[each.document_id], wording) for each in units]
    terms = index.manifest.terms if index.manifest.dictionary else ()
    return Collection(tuple(unit.id for unit in units), tuple(texts), tuple(terms))


def all_units(index: SearchIndex) -> list[Unit]:
    """The units of an index in their order."""
    return index.store.units(range(index.manifest.counts["units"]))


def text_of(unit: Unit, document: Document, wording: Wording) -> str:
    """One unit as a text, a line for each part."""
    parts: Sequence[str] = (
        short_title(document.title),
        *unit.headings[-3:],
        unit.reading,
        *(erratum.reading for erratum in unit.errata),
    )
    asked = questions_of(unit) if wording is Wording.QUESTIONS else ()
    return "\n".join([*parts, *asked])

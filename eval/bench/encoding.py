"""What it costs to make the vectors of all texts, which is most of the time of an index.

Everybody's texts go through the same encoder, in a process of its own, and its time is added to the
index time of whoever needs the vectors. Those of the peers are made once and kept with what they
cost. Ours are longer in the making (passages, sentences and questions instead of whole clauses) and
are known from the build; what they cost is measured on a sample and scaled up.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.bench.collection import Collection, Wording, all_units
from eval.bench.processes import SystemProcess
from indexer.passages import passages_of, questions_of, sentence_texts
from indexer.search import SearchIndex

SAMPLE = 512
"""Texts of ours that are encoded to learn what all of them cost."""


@dataclass(frozen=True, slots=True)
class EncodingCost:
    """Seconds on the clock and of the CPU for ``texts`` texts, measured on ``measured`` of them.

    ``is_fresh`` is false where the vectors were made by an earlier run.
    """

    texts: int
    measured: int
    seconds: float
    cpu_seconds: float
    is_fresh: bool


def encode_collection(
    collection: Collection, model_fingerprint: str, folder: Path, process: SystemProcess
) -> tuple[Path, EncodingCost]:
    """The file with the vectors of a collection, and what making them costs or has cost."""
    vectors = folder / f"{collection.fingerprint}-{model_fingerprint[:16]}.npy"
    record = vectors.with_suffix(".json")
    if vectors.is_file() and record.is_file():
        known = json.loads(record.read_text(encoding="utf-8"))
        return vectors, EncodingCost(**known | {"is_fresh": False})
    cost = _measure(collection.texts, len(collection.texts), vectors, process)
    record.write_text(json.dumps(asdict(cost)), encoding="utf-8")
    return vectors, cost


def cost_of_ours(
    index: SearchIndex, wording: Wording, folder: Path, process: SystemProcess
) -> EncodingCost:
    """What the vectors of our index cost, from a sample of every kind of text and length."""
    texts = _texts_of_ours(index, wording)
    return _measure(_sample(texts), len(texts), folder / f"sample-{wording.name}.npy", process)


def _texts_of_ours(index: SearchIndex, wording: Wording) -> list[str]:
    units = all_units(index)
    passages = [p.text for at, unit in enumerate(units) for p in passages_of(unit, at)]
    sentences = [text for unit in units for text in sentence_texts(unit)]
    asked = [text for unit in units for text in questions_of(unit)]
    return [*passages, *sentences, *(asked if wording is Wording.QUESTIONS else ())]


def _sample(texts: Sequence[str]) -> list[str]:
    """At even distances in the order of length, so that lengths are as among all texts."""
    by_length = sorted(texts, key=len)
    places = np.linspace(0, len(texts) - 1, min(SAMPLE, len(texts))).astype(int)
    return [by_length[at] for at in places]


def _measure(
    texts: Sequence[str], stand_for: int, target: Path, process: SystemProcess
) -> EncodingCost:
    target.parent.mkdir(parents=True, exist_ok=True)
    source = target.with_suffix(".texts.json")
    source.write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")
    took = process.do("encode", texts=str(source), target=str(target))
    source.unlink()
    scale = stand_for / len(texts)
    return EncodingCost(
        texts=stand_for,
        measured=len(texts),
        seconds=took["seconds"] * scale,
        cpu_seconds=took["cpu_seconds"] * scale,
        is_fresh=True,
    )

"""Questions that the compilation does not answer (JSON Lines)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.question_files import read_question_file
from eval.questions import DATASETS

NEGATIVES = DATASETS / "negatives.jsonl"


class Kind(StrEnum):
    """How near a question is to the compilation."""

    FAR = "far"  # nothing to do with it
    NEAR = "near"  # its vocabulary, but no answer


class Split(StrEnum):
    """What a question is for; but for ``fresh`` the file names of ``datasets`` are the same.

    ``fresh`` are questions written before the signs of answerability were last revised and looked
    at only afterwards: ``test`` had been read by then.
    """

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Negative:
    """A question without an answer; ``why`` says what was checked in the text."""

    id: str
    kind: Kind
    split: Split
    topic: str
    question: str
    why: str


def read_negatives(path: Path) -> tuple[Negative, ...]:
    """All questions of a file; without ``split`` they are for testing.

    Raises:
        QuestionFileError: the file is missing, or a line isn't such a question.
    """
    return read_question_file(path, _read)


def _read(entry: Mapping[str, Any]) -> Negative:
    return Negative(
        id=str(entry["id"]),
        kind=Kind(entry["kind"]),
        split=Split(entry.get("split", Split.TEST)),
        topic=str(entry.get("topic", entry["id"])),
        question=str(entry["question"]),
        why=str(entry["why"]),
    )

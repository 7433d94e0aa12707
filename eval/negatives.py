"""Questions that the compilation does not answer (JSON Lines)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eval.questions import DATASETS, QuestionFileError

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
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"无法读取问题文件 {path}({error})。请检查路径和编码。") from None
    read = tuple(_read(line, f"{path}:{n}") for n, line in enumerate(lines, 1) if line.strip())
    if not read:
        raise QuestionFileError(f"问题文件 {path} 中没有问题。")
    return read


def _read(line: str, place: str) -> Negative:
    try:
        entry = json.loads(line)
        return Negative(
            id=str(entry["id"]),
            kind=Kind(entry["kind"]),
            split=Split(entry.get("split", Split.TEST)),
            topic=str(entry.get("topic", entry["id"])),
            question=str(entry["question"]),
            why=str(entry["why"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionFileError(
            f"{place} 不是有效的问题({error!r})。格式见 eval/README.md。"
        ) from None

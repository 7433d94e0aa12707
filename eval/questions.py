"""Question files (JSON Lines) and the judgement of a result against a gold quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.question_files import read_question_file
from indexer.search import Hit

DATASETS = Path(__file__).parent / "datasets"


@dataclass(frozen=True, slots=True)
class Gold:
    """A passage that answers (``rel`` 2) or helps (``rel`` 1): words of one source line."""

    doc: str
    quote: str
    rel: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything that counts as an answer.

    ``kind`` is what it asks for and ``answer`` what a person would reply; both may be empty.
    """

    id: str
    question: str
    style: str
    gold: tuple[Gold, ...]
    kind: str = ""
    answer: str = ""


def read_questions(path: Path) -> tuple[Question, ...]:
    """All questions of a file.

    Raises:
        QuestionFileError: the file is missing, or a line isn't a question.
    """
    return read_question_file(path, _read)


def _read(entry: Mapping[str, Any]) -> Question:
    gold = tuple(Gold(str(g["doc"]), str(g["quote"]), int(g["rel"])) for g in entry["gold"])
    if not any(g.rel == 2 and normalise(g.quote) for g in gold):
        raise ValueError("没有 rel 为 2 的答案出处")
    return Question(
        str(entry["id"]),
        str(entry["question"]),
        str(entry["style"]),
        gold,
        str(entry.get("kind", "")),
        str(entry.get("answer", "")),
    )


def normalise(text: str) -> str:
    """Without white space and ``*``, punctuation of both widths folded."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text))


def relevances(question: Question, hits: Sequence[Hit]) -> list[int]:
    """For each hit the index of the gold entry that it answers first, or -1.

    A hit answers an entry when its document (or the container) is the entry's and its text
    contains the quote. Of entries that one hit answers at once the most relevant counts; an entry
    counts for the first hit only, so that overlapping clauses gain nothing.
    """
    used: set[int] = set()
    found = []
    for hit in hits:
        text = normalise(hit.unit.text)
        names = {hit.document.doc_number, hit.document.title}
        if hit.container is not None:
            names.add(hit.container.doc_number)
        answered = [
            index
            for index, gold in enumerate(question.gold)
            if index not in used and gold.doc in names and normalise(gold.quote) in text
        ]
        best = max(answered, key=lambda index: question.gold[index].rel, default=-1)
        found.append(best)
        used.update(answered)
    return found

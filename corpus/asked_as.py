"""How people ask for a clause: questions and keywords, written by people who read the clause.

One file a document, ``annotations/questions/<document id>.jsonl``, one clause a line. They say
what the official words leave out (老板, 考证, 能领多少), and are checked: each id must exist.
What a model writes for documents of a user is kept elsewhere: ``corpus/generated_questions.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.model import Document

QUESTIONS_FOLDER = Path(__file__).parent / "annotations" / "questions"


class AskedAsError(ValueError):
    """A file of questions doesn't fit its document; the message (Chinese) says which line."""


@dataclass(frozen=True, slots=True)
class AskedAs:
    """Questions that a clause answers, and the keywords of somebody who searches for it.

    ``made_by`` names the model that wrote them; it is empty for those that people wrote.
    """

    questions: tuple[str, ...]
    keywords: str
    made_by: str = ""

    @property
    def machine_made(self) -> bool:
        """Whether a language model wrote them, and nobody has read them since."""
        return self.made_by != ""


def load_asked_as(
    documents: Iterable[Document], folder: Path = QUESTIONS_FOLDER
) -> Mapping[str, AskedAs]:
    """The questions for the clauses of ``documents``, by provision id.

    Documents without a file have none.

    Raises:
        AskedAsError: a line is malformed, or names a clause that doesn't exist or twice.
    """
    found: dict[str, AskedAs] = {}
    for document in documents:
        path = folder / f"{document.id}.jsonl"
        if not path.exists():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            name, asked_as = _read(path, number, line)
            if name not in document.by_id:
                raise AskedAsError(f"问法文件 {path} 第{number}行:没有条款 {name}。请核对编号。")
            if name in found:
                raise AskedAsError(f"问法文件 {path} 第{number}行:条款 {name} 重复。请合并。")
            found[name] = asked_as
    return found


def _read(path: Path, number: int, line: str) -> tuple[str, AskedAs]:
    try:
        entry = json.loads(line)
        questions = tuple(str(question).strip() for question in entry["asked_as"])
        asked_as = AskedAs(questions, str(entry["keywords"]).strip())
        name = str(entry["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise AskedAsError(
            f"问法文件 {path} 第{number}行的格式有误({error!r})。请改正后再试。"
        ) from None
    if not questions or not all(questions):
        raise AskedAsError(f"问法文件 {path} 第{number}行:没有问题,或有空的问题。请补全。")
    return name, asked_as

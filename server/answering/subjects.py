"""Subjects of public administration that questions name: 公积金, 加班费, 准考证.

The list (``corpus/annotations/lexicon/subjects.jsonl``) is of what people ask authorities for in
general, whatever a collection regulates; whether this one does is looked up in it each time.
"""

from __future__ import annotations

import json
from pathlib import Path

import corpus
from indexer.lexicon import any_of
from indexer.tokenizer import fold

SUBJECTS = Path(corpus.__file__).parent / "annotations" / "lexicon" / "subjects.jsonl"


class Subjects:
    """Finds subjects in a question; of names that overlap the longest counts."""

    def __init__(self, path: Path = SUBJECTS) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            names = tuple(map(fold, json.loads(line)["names"]))
            self._names |= dict.fromkeys(names, names)
        self._pattern = any_of(self._names)

    def named_in(self, question: str) -> tuple[tuple[str, ...], ...]:
        """The subjects of a question, each by all its names, the one that was typed first."""
        typed = dict.fromkeys(hit[0] for hit in self._pattern.finditer(fold(question)))
        return tuple(
            (name, *(other for other in self._names[name] if other != name)) for name in typed
        )

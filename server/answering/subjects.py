"""Subjects of public administration that questions name: 公积金, 加班费, 准考证.

The list (``corpus/annotations/lexicon/subjects.jsonl``) is of what people ask authorities for in
general, whatever a collection regulates; whether this one does is looked up in it each time.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import corpus
from indexer.lexicon import any_of
from indexer.tokenizer import fold

SUBJECTS = Path(corpus.__file__).parent / "annotations" / "lexicon" / "subjects.jsonl"

_STOP = re.compile(r"[,，。;；!！\s]+")
_ASKING = re.compile(
    r"[几吗么谁啥咋怎哪何?？]|多少|多久|多长|什么|如何|是否|能否|可否"
    r"|能不能|可不可|是不是|有没有|要不要|会不会|[算该行对]不[算该行对]|合不合"
)


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


def parts_of(question: str) -> tuple[str, str]:
    """What is asked and what is told beside it: 我六十多了没退休金, | 学门手艺还补不补?

    Keywords without any word that asks are all asked.
    """
    stretches = [stretch for stretch in _STOP.split(question) if stretch]
    asking = [stretch for stretch in stretches if _ASKING.search(stretch)] or stretches
    return ",".join(asking), ",".join(each for each in stretches if each not in asking)

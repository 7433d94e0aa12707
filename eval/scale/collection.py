"""Collections of any size out of a file of statutory articles.

Up to the number of articles in the file a collection holds whole laws as they are. Beyond, it goes
round again, and every further copy of a law is changed, as amended laws and those of other places
are: its title names a place, and of the stretches between its commas a third are replaced by
stretches of other laws, drawn at random from a fixed seed. So copies resemble each other without
being the same, and terms keep their frequencies. Two things stay smaller than in real life: the
vocabulary doesn't grow with the copies, and neither does the number of subjects.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.document_number import int_to_chinese
from corpus.sources import MANIFEST
from eval.question_files import QuestionFileError
from eval.reading import statute_text

_REPLACED = 1 / 3  # of the stretches of a copy
_STRETCH = re.compile(r"[^,，;；。:：\n]+[,，;；。:：\n]*")
_SEED = 20211027
_DATE_OF_UNDATED = "1999-01-01"  # by its date the head of a law is told from its body


@dataclass(frozen=True, slots=True)
class Statute:
    """A law with its articles, each as ``(第X条, text)``; ``date`` is in ISO form."""

    title: str
    date: str
    articles: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """As it is printed."""
        return statute_text(
            self.title,
            [{"article": n, "text": text, "date": self.date} for n, text in self.articles],
        )


def read_statutes(path: Path) -> tuple[Statute, ...]:
    """The laws of a file of articles ``{"law", "date", "article", "text"}``, JSON Lines, gzipped.

    Raises:
        QuestionFileError: it can't be read.
    """
    by_law: dict[str, list[tuple[str, str]]] = {}
    dates: dict[str, str] = {}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for entry in map(json.loads, lines):
                by_law.setdefault(entry["law"], []).append((entry["article"], entry["text"]))
                dates[entry["law"]] = entry["date"] or _DATE_OF_UNDATED
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(
            f"法条文件 {path} 无法读取({error!r})。请核对路径,格式见 eval/README.md。"
        ) from None
    return tuple(Statute(law, dates[law], tuple(own)) for law, own in by_law.items())


def grown(statutes: Sequence[Statute], size: int) -> Iterator[Statute]:
    """Statutes with ``size`` articles in all; the last one is cut, copies are changed."""
    stretches = [
        stretch
        for statute in statutes
        for _, text in statute.articles
        for stretch in _STRETCH.findall(text)
    ]
    left = size
    for copy in itertools.count():
        for at, statute in enumerate(statutes):
            kept = statute.articles[:left]
            if not kept:
                return
            left -= len(kept)
            chosen = replace(statute, articles=kept)
            yield chosen if copy == 0 else _changed(chosen, copy, f"{_SEED}.{copy}.{at}", stretches)


def _changed(statute: Statute, copy: int, seed: str, stretches: Sequence[str]) -> Statute:
    draw = random.Random(seed)

    def stretch_of(kept: str) -> str:
        return draw.choice(stretches).strip() if draw.random() < _REPLACED else kept

    return Statute(
        f"第{int_to_chinese(copy)}区{statute.title}",
        statute.date,
        tuple(
            (number, "".join(map(stretch_of, _STRETCH.findall(text))))
            for number, text in statute.articles
        ),
    )


def write_sources(folder: Path, statutes: Iterable[Statute]) -> int:
    """Write one source a law and their manifest; the number of laws."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for at, statute in enumerate(statutes):
        content = statute.text.encode()
        name = f"{at:06d}.txt"
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        described = {"title": statute.title, "publisher": "", "date": "", "sha256": digest}
        entries.append({"file": name, **described})
    manifest = json.dumps({"sources": entries}, ensure_ascii=False)
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    return len(entries)

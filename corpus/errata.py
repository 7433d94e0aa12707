"""Errata: misprints of a source as checked editorial data.

The source stays as it is. A file ``annotations/errata/<source>.json`` names the line, the words as
printed, the right reading and the reason; loading it checks that the words stand there, so that an
erratum can't speak of a text that isn't.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from corpus.model import Erratum, Span
from corpus.sources import Source

ERRATA_FOLDER = Path(__file__).parent / "annotations" / "errata"


class ErrataError(ValueError):
    """An errata file doesn't fit its source; the message (Chinese) says which entry and why."""


def load_errata(source: Source, folder: Path = ERRATA_FOLDER) -> tuple[Erratum, ...]:
    """The errata of a source in order of place; none if there is no file for it.

    Raises:
        ErrataError: the file is malformed, words don't stand where they are said to, or two
            entries overlap.
    """
    path = folder / f"{Path(source.file).stem}.json"
    if not path.exists():
        return ()
    starts = _line_starts(source.text)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("source", source.file) != source.file:  # another file of that name
            return ()
        entries = content["errata"]
        errata = sorted(
            (_resolve(source.text, starts, entry, path) for entry in entries),
            key=lambda erratum: erratum.span,
        )
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, ErrataError):
            raise
        raise ErrataError(f"勘误文件 {path} 的格式有误({error!r})。请改正后再试。") from None
    for before, after in itertools.pairwise(errata):
        if before.span.end > after.span.start:
            raise ErrataError(
                f"勘误文件 {path} 中“{before.printed}”与“{after.printed}”重叠。请合并。"
            )
    return tuple(errata)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _resolve(text: str, starts: list[int], entry: dict[str, Any], path: Path) -> Erratum:
    number, printed = int(entry["line"]), str(entry["printed"])
    if not 0 < number < len(starts):
        raise ErrataError(f"勘误文件 {path}:来源没有第{number}行。请核对行号。")
    start, end = starts[number - 1], starts[number]
    found = [at for at in range(start, end) if printed and text.startswith(printed, at)]
    which = entry.get("occurrence")
    if not found or (which is None and len(found) != 1):
        raise ErrataError(
            f"勘误文件 {path}:第{number}行中“{printed}”出现{len(found)}次,应为1次。请核对原文。"
        )
    if which is not None and not 0 < int(which) <= len(found):
        raise ErrataError(f"勘误文件 {path}:第{number}行中没有第{which}处“{printed}”。请核对原文。")
    at = found[int(which or 1) - 1]
    return Erratum(
        span=Span(at, at + len(printed)),
        printed=printed,
        reading=str(entry["reading"]),
        certain=bool(entry["certain"]),
        why=str(entry["why"]),
    )

"""Reading the files that measure: one entry a line (JSON Lines), or a list in YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from indexer.errors import DianceError

_Entry = TypeVar("_Entry")


class QuestionFileError(DianceError):
    """A question file can't be read; the message says which line and why."""


def read_question_file(path: Path, read: Callable[[Any], _Entry]) -> tuple[_Entry, ...]:
    """Every entry of a file (``.yaml`` or JSON Lines) as ``read`` makes it of the parsed one.

    Raises:
        QuestionFileError: the file is missing, has no entry or isn't well-formed, or ``read``
            raised a ValueError, KeyError, TypeError or AttributeError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"无法读取问题文件 {path}({error})。请检查路径和编码。") from None
    entries = []
    for number, raw in _raw_entries(path, text):
        try:
            entries.append(read(json.loads(raw) if isinstance(raw, str) else raw))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionFileError(
                f"{path}:{number} 不是有效的问题({error!r})。格式见 eval/README.md。"
            ) from None
    if not entries:
        raise QuestionFileError(f"问题文件 {path} 中没有问题。")
    return tuple(entries)


def _raw_entries(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Lines of JSON as they stand, or entries of YAML, which is parsed whole; with their number."""
    if path.suffix != ".yaml":
        yield from ((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip())
        return
    try:
        listed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise QuestionFileError(f"{path} 不是有效的 YAML({error})。") from None
    yield from enumerate(listed or (), 1)

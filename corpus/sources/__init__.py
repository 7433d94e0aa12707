"""The compilations as received, byte for byte, with a manifest that says what they are.

The package brings the first compilation; what a user adds lies in a folder of its own with a
manifest of the same form (:mod:`corpus.sources.added`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.model import Furniture, Page
from corpus.readers import read_file
from corpus.readers.limits import DEFAULT_LIMITS, ReadingLimits
from corpus.readers.reading import ReadingError
from corpus.sources.file_names import fault_of

SOURCES_FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"


class SourceError(ValueError):
    """A source or its manifest can't be used; the message (Chinese) says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source as received.

    ``text`` is the decoded file, character for character, or what the reader of its format makes
    of it; ``pages`` and ``furniture`` come from the reader. Documents named in ``qualified`` have
    a number that an earlier source has too: their ids carry the name of this source.
    """

    file: str
    title: str
    publisher: str
    date: str
    sha256: str
    running_heads: tuple[str, ...]
    text: str
    pages: tuple[Page, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    doubts: tuple[str, ...] = ()
    qualified: frozenset[str] = frozenset()


def load_sources(
    folder: Path = SOURCES_FOLDER,
    added_folder: Path | None = None,
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> tuple[Source, ...]:
    """Read every source that the manifests list, and check its SHA-256.

    Raises:
        SourceError: a manifest is missing or malformed, a file is missing, has other content
            than the manifest says, or can't be read.
    """
    sources = [_load(folder, entry, limits) for entry in read_manifest(folder)]
    if added_folder is not None and (added_folder / MANIFEST).exists():
        sources += [_load(added_folder, entry, limits) for entry in read_manifest(added_folder)]
    return tuple(sources)


def entries_of(folder: Path, added_folder: Path) -> list[dict[str, Any]]:
    """The entries of both manifests; there need not be one of added files.

    Raises:
        SourceError: a manifest is missing or malformed.
    """
    has_added = (added_folder / MANIFEST).exists()
    return [*read_manifest(folder), *(read_manifest(added_folder) if has_added else [])]


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    """The entries of a folder's manifest.

    Raises:
        SourceError: it is missing or malformed.
    """
    manifest = folder / MANIFEST
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["sources"]
        return [dict(entry) for entry in entries]
    except FileNotFoundError:
        raise SourceError(f"找不到来源清单 {manifest}。请恢复该文件(git checkout)。") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"来源清单 {manifest} 的格式有误({error})。请恢复或改正该文件。"
        ) from None


def _load(folder: Path, entry: dict[str, Any], limits: ReadingLimits) -> Source:
    missing = {"file", "title", "publisher", "date", "sha256"} - entry.keys()
    if missing:
        raise SourceError(f"来源清单的一项缺少字段 {'、'.join(sorted(missing))}。请补全后再试。")
    if fault := fault_of(str(entry["file"])):
        raise SourceError(f"来源清单的一项不能用:{fault}。请改正 {folder / MANIFEST}。")
    path = folder / str(entry["file"])
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"找不到来源文件 {path}。请恢复该文件,或从清单中删去它。") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry["sha256"]:
        raise SourceError(
            f"来源文件 {path} 的内容与清单不符(sha256 应为 {entry['sha256']},实为 {digest})。"
            "请恢复原文件;如果确要更换,请同时更新清单。"
        )
    return source_of(content, entry, path, limits)


def source_of(content: bytes, entry: dict[str, Any], path: Path, limits: ReadingLimits) -> Source:
    """A source from its file's content and its entry in a manifest.

    Raises:
        SourceError: the file can't be read.
    """
    try:
        reading = read_file(path.name, content, limits)
    except ReadingError as error:
        raise SourceError(f"来源文件 {path}:{error}") from None
    return Source(
        file=str(entry["file"]),
        title=str(entry["title"]),
        publisher=str(entry["publisher"]),
        date=str(entry["date"]),
        sha256=str(entry["sha256"]),
        running_heads=_words(entry.get("running_heads")),
        text=reading.text,
        pages=reading.pages,
        furniture=reading.furniture,
        doubts=reading.doubts,
        qualified=frozenset(_words(entry.get("qualified"))),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()

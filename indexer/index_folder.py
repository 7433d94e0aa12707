"""One folder a build, and a pointer to the current one.

    index/
      CURRENT                  name of the folder in use, replaced in one step
      20261123T001500-3f2a9c/  manifest.json, store.sqlite, lexical/, dense/, questions/,
                               sentences/, vocabulary.json

A build is written beside the current one, in a folder whose name begins with a dot, and becomes
visible only when it is whole and on the disk. Only who holds the lock (:mod:`indexer.build_lock`)
changes anything here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.durable import replace_file, sync, sync_all
from indexer.errors import IndexDamagedError, IndexIncompatibleError, IndexMissingError

FORMAT_VERSION = 10
"""Raised whenever an index of the version before can't be read any more."""

MANIFEST, STORE, LEXICAL = "manifest.json", "store.sqlite", "lexical"
DENSE, QUESTIONS, SENTENCES = "dense", "questions", "sentences"
VOCABULARY = "vocabulary.json"
CURRENT = "CURRENT"
_CHECKSUM = "checksum"  # of the manifest itself

_OpenedT = TypeVar("_OpenedT")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made of. ``fingerprint`` covers all inputs; ``files`` are SHA-256 sums.

    Queries are cut as the texts were: with ``terms`` and, if ``dictionary``, the one kept by hand.
    """

    format_version: int
    fingerprint: str
    created: str
    sources: dict[str, str]
    model: str
    model_fingerprint: str
    dimension: int
    terms: tuple[str, ...]
    dictionary: bool
    counts: dict[str, int]
    packages: dict[str, str]
    files: dict[str, str]


def current_build(index_folder: Path) -> Path:
    """Folder of the current build; whether it is whole is for :func:`read_manifest` to say.

    Raises:
        IndexMissingError: there is none, or the pointer leads nowhere.
    """
    name = pointed_at(index_folder)
    if name is None and not builds_in(index_folder):
        raise IndexMissingError(
            f"还没有建立索引({index_folder})。请先运行 diance build(或 make build)。"
        )
    build = index_folder / (name or CURRENT)
    if not (build / MANIFEST).is_file():
        raise IndexMissingError(
            f"索引 {build} 不完整或已被删除。请运行 diance build --force 重新建立。"
        )
    return build


def pointed_at(index_folder: Path) -> str | None:
    """Name of the build that the pointer names, whether there is one or not; cheap to ask."""
    try:
        return (index_folder / CURRENT).read_text(
            encoding="utf-8", errors="replace"
        ).strip() or None
    except OSError:
        return None


def builds_in(index_folder: Path) -> list[Path]:
    """All builds that were finished, from old to new; some may be damaged."""
    try:
        found = [path for path in index_folder.iterdir() if (path / MANIFEST).is_file()]
    except OSError:
        return []
    return sorted(path for path in found if not path.name.startswith("."))


def first_whole(
    index_folder: Path, open_build: Callable[[Path], _OpenedT]
) -> tuple[_OpenedT, str | None]:
    """The current build, or the newest other one that is whole, as ``open_build`` opens it.

    ``open_build`` has to verify what it opens. With it comes why it isn't the current one
    (Chinese), None if it is.

    Raises:
        IndexMissingError: nothing has been built.
        IndexDamagedError: no build is whole.
        IndexIncompatibleError: built by another version or with another model.
    """
    named: Path | None = None
    try:
        named = current_build(index_folder)
        return open_build(named), None
    except (IndexMissingError, IndexDamagedError) as error:
        for build in reversed(builds_in(index_folder)):
            try:
                if build != named:
                    return open_build(build), str(error)
            except IndexIncompatibleError:
                continue
        raise


def read_manifest(build: Path, *, verify: bool = False) -> Manifest:
    """The manifest of a build; ``verify`` checks every file against its checksum.

    Raises:
        IndexIncompatibleError: another format version.
        IndexDamagedError: files are missing or changed.
    """
    try:
        content: dict[str, Any] = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
        version, checksum = content["format_version"], content.pop(_CHECKSUM, None)
        # Formats before the tenth had none.
        if checksum != _checksum_of(content) and (checksum or version == FORMAT_VERSION):
            raise ValueError("checksum")
        if version != FORMAT_VERSION:
            raise IndexIncompatibleError(
                f"索引格式为第{version}版,本程序需要第{FORMAT_VERSION}版。"
                "请运行 diance build 重新建立索引。"
            )
        manifest = Manifest(**content | {"terms": tuple(content["terms"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(
            f"索引清单 {build / MANIFEST} 无法读取({type(error).__name__})。"
            "请运行 diance build --force 重新建立索引。"
        ) from None
    if verify:
        _verify(build, manifest.files)
    return manifest


def _verify(build: Path, files: Mapping[str, str]) -> None:
    for name, expected in files.items():
        try:
            is_whole = _sha256(build / name) == expected
        except OSError:  # missing, or the disk can't read it
            is_whole = False
        if not is_whole:
            raise IndexDamagedError(
                f"索引文件 {build / name} 缺失或已损坏。请运行 diance build --force 重新建立索引。"
            )


def seal(build: Path, manifest: Manifest) -> None:
    """Write the manifest with the checksums of all files, and bring the build to the disk."""
    files = {
        str(path.relative_to(build)): _sha256(path)
        for path in sorted(build.rglob("*"))
        if path.is_file()
    }
    content = asdict(manifest) | {"files": files}
    content[_CHECKSUM] = _checksum_of(content)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (build / MANIFEST).write_text(text, encoding="utf-8")
    sync_all(build)


def make_current(partial: Path, build: Path) -> None:
    """Give a sealed build its name and make it the current one, in a single step."""
    os.rename(partial, build)
    sync(build.parent)
    replace_file(build.parent / CURRENT, build.name.encode())


def _checksum_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""One folder a build, and a pointer to the current one.

    index/
      CURRENT                  name of the folder in use, replaced in one step
      20261123T001500-3f2a9c/  manifest.json, store.sqlite, lexical/, dense/, questions/,
                               sentences/, vocabulary.json

A build is written beside the current one and becomes visible only when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indexer.errors import IndexIncompatibleError, IndexMissingError

FORMAT_VERSION = 10
"""Raised whenever an index of the version before can't be read any more."""

MANIFEST, STORE, LEXICAL = "manifest.json", "store.sqlite", "lexical"
DENSE, QUESTIONS, SENTENCES = "dense", "questions", "sentences"
VOCABULARY = "vocabulary.json"
_CURRENT = "CURRENT"
_KEPT_BUILDS = 2  # the current one and the one before it


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
    """Folder of the current build.

    Raises:
        IndexMissingError: there is none.
    """
    try:
        name = (index_folder / _CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        raise IndexMissingError(
            f"还没有建立索引({index_folder})。请先运行 diance build(或 make build)。"
        ) from None
    build = index_folder / name
    if not name or not (build / MANIFEST).is_file():
        raise IndexMissingError(
            f"索引 {build} 不完整或已被删除。请运行 diance build --force 重新建立。"
        )
    return build


def read_manifest(build: Path, *, verify: bool = False) -> Manifest:
    """The manifest of a build; ``verify`` checks every file against its checksum.

    Raises:
        IndexIncompatibleError: another format version, or files missing or changed.
    """
    try:
        content: dict[str, Any] = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
        if content["format_version"] != FORMAT_VERSION:
            raise IndexIncompatibleError(
                f"索引格式为第{content['format_version']}版,本程序需要第{FORMAT_VERSION}版。"
                "请运行 diance build 重新建立索引。"
            )
        manifest = Manifest(**content | {"terms": tuple(content["terms"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexIncompatibleError(
            f"索引清单 {build / MANIFEST} 无法读取({type(error).__name__})。"
            "请运行 diance build --force 重新建立索引。"
        ) from None
    if verify:
        for name, expected in manifest.files.items():
            path = build / name
            if not path.is_file() or _sha256(path) != expected:
                raise IndexIncompatibleError(
                    f"索引文件 {path} 缺失或已损坏。请运行 diance build --force 重新建立索引。"
                )
    return manifest


def seal(build: Path, manifest: Manifest) -> None:
    """Write the manifest, with the checksums of all files, as the last file of a build."""
    files = {
        str(path.relative_to(build)): _sha256(path)
        for path in sorted(build.rglob("*"))
        if path.is_file()
    }
    content = asdict(manifest) | {"files": files}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (build / MANIFEST).write_text(text, encoding="utf-8")


def switch_to(index_folder: Path, build: Path) -> None:
    """Make ``build`` the current one in a single step, then drop builds older than the last."""
    pointer = index_folder / f".{_CURRENT}.{os.getpid()}"
    pointer.write_text(build.name, encoding="utf-8")
    os.replace(pointer, index_folder / _CURRENT)
    builds = sorted(path for path in index_folder.iterdir() if (path / MANIFEST).is_file())
    for old in [path for path in builds if path != build][: -(_KEPT_BUILDS - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Documents that a user adds beside the first compilation, and takes away again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.coverage import coverage_of
from corpus.generated_questions import questions_path
from corpus.model import Compilation
from corpus.parser import parse_source
from corpus.readers.limits import DEFAULT_LIMITS, MEGABYTE, ReadingLimits
from corpus.sources import MANIFEST, Source, SourceError, read_manifest, source_of


@dataclass(frozen=True, slots=True)
class Addition:
    """A file that was read and could be added; ``doubts`` (Chinese) are for a person to judge."""

    source: Source
    compilation: Compilation
    doubts: tuple[str, ...]
    content: bytes
    entry: dict[str, Any]


def examine_file(
    path: Path,
    title: str | None,
    known: Sequence[Compilation],
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> Addition:
    """Read a file, find its documents and say what is doubtful about them. Changes nothing.

    ``known`` are the compilations there already; ``title`` is that of the whole file, by default
    the title of its only document or else the file's name.

    Raises:
        SourceError: the file can't be read, holds nothing, or is there already.
    """
    try:
        if path.stat().st_size > limits.file_bytes:
            largest = limits.file_bytes // MEGABYTE
            raise SourceError(f"文件 {path} 超过了 {largest} MB。请拆分后再试。")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"无法打开文件 {path}({error.strerror or error})。请核对路径。") from None
    entry: dict[str, Any] = {
        "file": path.name,
        "title": title or path.stem,
        "publisher": "",
        "date": "",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if path.name in {compilation.source_file for compilation in known}:
        raise SourceError(
            f"已有同名来源 {path.name}。要更换它,请先运行 diance remove {path.name};"
            "如果是另一份文件,请改名后再试。"
        )
    taken = {document.id for compilation in known for document in compilation.documents}
    source = source_of(content, entry, path, limits)
    compilation = parse_source(source)
    qualified = [document.id for document in compilation.documents if document.id in taken]
    if qualified:
        entry["qualified"] = qualified
        source = replace(source, qualified=frozenset(qualified))
        compilation = parse_source(source)
    if title is None and len(compilation.documents) == 1:
        entry["title"] = compilation.documents[0].title
        source = replace(source, title=entry["title"])
        compilation = replace(compilation, title=entry["title"])
    if not any(document.provisions for document in compilation.documents):
        raise SourceError(f"文件 {path} 中没有找到任何文件或条款。请检查内容。")
    doubts = (*source.doubts, *_doubts(compilation, qualified))
    return Addition(source, compilation, doubts, content, entry)


def _doubts(compilation: Compilation, qualified: Collection[str]) -> list[str]:
    doubts = [f"文号与已有文件相同,编号后加来源名以示区别:{name}" for name in qualified]
    for document in compilation.documents:
        name = document.doc_number or document.title
        if document.doc_number is None:
            doubts.append(f"没有找到文号:{document.title}")
        if document.date is None:
            doubts.append(f"没有找到成文日期:{name}")
        if not document.issuers:
            doubts.append(f"没有找到发文单位:{name}")
        unprinted = [
            entry.title or entry.label
            for entry in document.attachments
            if entry.part is None and entry.document_id is None
        ]
        doubts += [f"提到的附件没有收录:{name} {title}" for title in unprinted]
    doubts += compilation.warnings
    if not coverage_of(compilation).is_exact:
        doubts.append("有字符没有归属,请运行 diance doctor 查看")
    return doubts


def add(folder: Path, addition: Addition) -> None:
    """Put an examined file into ``folder`` and its manifest.

    Raises:
        SourceError: the folder can't be written; nothing is changed then.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries = read_manifest(folder) if (folder / MANIFEST).exists() else []
        (folder / addition.source.file).write_bytes(addition.content)
        _write_manifest(folder, [*entries, addition.entry])
    except OSError as error:
        raise SourceError(
            f"无法写入 {folder}({error.strerror or error})。请检查磁盘空间和权限。"
        ) from None


def remove(folder: Path, name: str) -> None:
    """Take an added file away again, by its file name, with the questions generated for it.

    Raises:
        SourceError: no file of that name was added, or the folder can't be written.
    """
    entries = read_manifest(folder) if (folder / MANIFEST).exists() else []
    left = [entry for entry in entries if entry.get("file") != name]
    if len(left) == len(entries):
        added = "、".join(str(entry.get("file")) for entry in entries) or "(无)"
        raise SourceError(f"没有添加过名为 {name} 的文件。已添加的文件:{added}。")
    try:
        _write_manifest(folder, left)
        (folder / name).unlink(missing_ok=True)
        questions_path(folder, name).unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(
            f"无法写入 {folder}({error.strerror or error})。请检查磁盘空间和权限。"
        ) from None


def _write_manifest(folder: Path, entries: Sequence[dict[str, Any]]) -> None:
    """Replace the manifest in one step."""
    partial = folder / f".{MANIFEST}.{os.getpid()}"
    partial.write_text(
        json.dumps({"sources": list(entries)}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    os.replace(partial, folder / MANIFEST)

"""Documents that a user adds beside the first compilation, and takes away again.

What the manifest lists is in the collection, and nothing else: it is replaced in one step after the
files are on the disk, and before files are deleted. Whoever changes it has to be the only one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.coverage import coverage_of
from corpus.durable import partial_of, replace_file
from corpus.generated_questions import questions_path
from corpus.model import Compilation
from corpus.parser import parse_source
from corpus.readers.limits import DEFAULT_LIMITS, MEGABYTE, ReadingLimits
from corpus.sources import MANIFEST, Source, SourceError, read_manifest, source_of
from corpus.sources.file_names import fault_of


@dataclass(frozen=True, slots=True)
class Addition:
    """A file that was read and could be added; ``doubts`` (Chinese) are for a person to judge.

    ``beside`` are the files of the compilations that it was compared with, ``title`` what it was
    asked to be called.
    """

    source: Source
    compilation: Compilation
    doubts: tuple[str, ...]
    content: bytes
    entry: dict[str, Any]
    title: str | None
    beside: frozenset[str]


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
        SourceError: the file's name is unsafe, it can't be read, holds nothing, or is there
            already.
    """
    if fault := fault_of(path.name):
        raise SourceError(f"{fault}。请把文件改名后再试。")
    try:
        if path.stat().st_size > limits.file_bytes:
            largest = limits.file_bytes // MEGABYTE
            raise SourceError(f"文件 {path} 超过了 {largest} MB。请拆分后再试。")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"无法打开文件 {path}({error.strerror or error})。请核对路径。") from None
    return examine_content(path, content, title, known, limits)


def examine_content(
    path: Path,
    content: bytes,
    title: str | None,
    known: Sequence[Compilation],
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> Addition:
    """As :func:`examine_file`, of a file at ``path`` that was read before.

    Raises:
        SourceError: the file can't be understood, holds nothing, or is there already.
    """
    entry: dict[str, Any] = {
        "file": path.name,
        "title": title or path.stem,
        "publisher": "",
        "date": "",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    beside = frozenset(compilation.source_file for compilation in known)
    if path.name in beside:
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
    return Addition(source, compilation, doubts, content, entry, title, beside)


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


def add(folder: Path, additions: Sequence[Addition]) -> list[str]:
    """Put examined files into ``folder`` and its manifest; all of them or none.

    Returns:
        Names of the files that didn't lie in ``folder`` before, for :func:`discard`.

    Raises:
        SourceError: the folder can't be written; nothing is changed then.
    """
    new: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for addition in additions:
            path = folder / addition.source.file
            if not path.exists():
                new.append(path.name)
            replace_file(path, addition.content)
        _write_manifest(folder, [*_entries(folder), *(each.entry for each in additions)])
    except OSError as error:
        for name in new:
            discard(folder, name)
        raise _unwritable(folder, error) from None
    return new


def withdraw(folder: Path, names: Collection[str]) -> list[dict[str, Any]]:
    """Take files out of the manifest, by file name; they still lie in ``folder``.

    Returns:
        The manifest's entries as they were, for :func:`restore`.

    Raises:
        SourceError: no file of such a name was added, or the folder can't be written.
    """
    entries = _entries(folder)
    listed = [str(entry.get("file")) for entry in entries]
    for name in names:
        if name not in listed:
            added = "、".join(listed) or "(无)"
            raise SourceError(f"没有添加过名为 {name} 的文件。已添加的文件:{added}。")
    restore(folder, [entry for entry in entries if entry.get("file") not in names])
    return entries


def restore(folder: Path, entries: Sequence[dict[str, Any]]) -> None:
    """Put the manifest back.

    Raises:
        SourceError: the folder can't be written.
    """
    try:
        _write_manifest(folder, entries)
    except OSError as error:
        raise _unwritable(folder, error) from None


def discard(folder: Path, name: str) -> None:
    """Delete a file that was withdrawn, with the questions generated for it.

    Raises:
        SourceError: it can't be deleted.
    """
    try:
        (folder / name).unlink(missing_ok=True)
        questions_path(folder, name).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def drop_partial(folder: Path) -> None:
    """Delete what a killed :func:`add` had begun to write; whole files stay.

    Raises:
        OSError: the folder can't be written.
    """
    for path in folder.glob(partial_of(Path("*")).name):
        path.unlink(missing_ok=True)


def unlisted(folder: Path) -> list[str]:
    """Files in ``folder`` that the manifest doesn't list: put there by hand, or left by a kill.

    Raises:
        SourceError: the manifest is malformed.
    """
    if not folder.is_dir():
        return []
    listed = {str(entry.get("file")) for entry in _entries(folder)}
    there = {path.name for path in folder.iterdir() if path.is_file()}
    return sorted(name for name in there - listed - {MANIFEST} if not name.startswith("."))


def _entries(folder: Path) -> list[dict[str, Any]]:
    return read_manifest(folder) if (folder / MANIFEST).exists() else []


def _write_manifest(folder: Path, entries: Sequence[dict[str, Any]]) -> None:
    text = json.dumps({"sources": list(entries)}, ensure_ascii=False, indent=1) + "\n"
    replace_file(folder / MANIFEST, text.encode())


def _unwritable(folder: Path, error: OSError) -> SourceError:
    return SourceError(f"无法写入 {folder}({error.strerror or error})。请检查磁盘空间和权限。")

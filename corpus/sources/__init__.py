"""The compilations as received, byte for byte, with a manifest that says what they are."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from corpus.readers.pdf import PdfTextError, extract_text

SOURCES_FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"


class SourceError(ValueError):
    """A source or its manifest can't be used; the message (Chinese) says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source as received.

    ``text`` is the decoded file, character for character, or the text layer of a PDF.
    """

    file: str
    title: str
    publisher: str
    date: str
    sha256: str
    running_heads: tuple[str, ...]
    text: str


def load_sources(folder: Path = SOURCES_FOLDER) -> tuple[Source, ...]:
    """Read every source that the manifest in ``folder`` lists, and check its SHA-256.

    Raises:
        SourceError: the manifest is missing or malformed, a file is missing, has other content
            than the manifest says, isn't UTF-8, or is a PDF without text.
    """
    manifest = folder / MANIFEST
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["sources"]
    except FileNotFoundError:
        raise SourceError(f"找不到来源清单 {manifest}。请恢复该文件(git checkout)。") from None
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise SourceError(
            f"来源清单 {manifest} 的格式有误({error})。请恢复或改正该文件。"
        ) from None
    return tuple(_load(folder, entry) for entry in entries)


def _load(folder: Path, entry: dict[str, object]) -> Source:
    missing = {"file", "title", "publisher", "date", "sha256"} - entry.keys()
    if missing:
        raise SourceError(f"来源清单的一项缺少字段 {'、'.join(sorted(missing))}。请补全后再试。")
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
    try:
        is_pdf = path.suffix.lower() == ".pdf"
        text = extract_text(content) if is_pdf else content.decode("utf-8")
    except PdfTextError as error:
        raise SourceError(f"来源文件 {path}:{error}") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"来源文件 {path} 不是 UTF-8 文本({error.reason})。请转换编码后再试。"
        ) from None
    heads = entry.get("running_heads", [])
    return Source(
        file=str(entry["file"]),
        title=str(entry["title"]),
        publisher=str(entry["publisher"]),
        date=str(entry["date"]),
        sha256=digest,
        running_heads=tuple(str(head) for head in heads) if isinstance(heads, list) else (),
        text=text,
    )

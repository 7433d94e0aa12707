"""Readers: one file a format; each gives the text of a file and what its format tells about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from corpus.readers.reading import Reading, ReadingError
from corpus.readers.text import read_text


def _read_pdf(content: bytes) -> Reading:
    from corpus.readers.pdf import read_pdf  # noqa: PLC0415  (loads slowly; a server reads none)

    return read_pdf(content)


def _read_docx(content: bytes) -> Reading:
    from corpus.readers.docx import read_docx  # noqa: PLC0415  (likewise)

    return read_docx(content)


READERS: Mapping[str, Callable[[bytes], Reading]] = {
    ".txt": read_text,
    ".md": read_text,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
}
"""The reader of each format, by the ending of the file's name."""


def read_file(name: str, content: bytes) -> Reading:
    """Read a file by the reader that its name calls for.

    Raises:
        ReadingError: the format isn't known, or the file can't be read.
    """
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        known = "、".join(sorted(ending.lstrip(".") for ending in READERS))
        raise ReadingError(f"不认识这种格式。请转换成 {known} 之一(.doc 请另存为 .docx)。")
    return reader(content)

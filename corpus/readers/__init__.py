"""Readers: one file a format; each gives the text of a file and what its format tells about it."""

from __future__ import annotations

from pathlib import PurePath

from corpus.readers.confinement import read_confined
from corpus.readers.limits import DEFAULT_LIMITS, MEGABYTE, ReadingLimits
from corpus.readers.reading import Reading, ReadingError, check_length
from corpus.readers.text import read_text

_PLAIN = frozenset({".txt", ".md"})
_CONFINED = frozenset({".pdf", ".docx"})
ENDINGS = _PLAIN | _CONFINED
"""Of the names of files that can be read."""


def read_file(name: str, content: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    """Read a file by the reader that its name calls for; PDF and Word in a process of its own.

    Raises:
        ReadingError: the format isn't known, the file can't be read, or it is beyond the limits.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        known = "、".join(sorted(known.lstrip(".") for known in ENDINGS))
        raise ReadingError(f"不认识这种格式。请转换成 {known} 之一(.doc 请另存为 .docx)。")
    if len(content) > limits.file_bytes:
        raise ReadingError(f"文件超过了 {limits.file_bytes // MEGABYTE} MB。请拆分后再试。")
    if ending in _CONFINED:
        return read_confined(ending, content, limits)
    reading = read_text(content)
    check_length(reading.text, limits)
    return reading

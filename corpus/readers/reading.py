"""What every reader gives: the text of a file, and what its format tells about the text."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Furniture, Page


class ReadingError(ValueError):
    """A file can't be read; the message (Chinese) says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as text.

    ``furniture`` are running heads and page numbers; ``doubts`` (Chinese) are for whoever brings
    the file in. ``pages`` is empty for formats without pages.
    """

    text: str
    pages: tuple[Page, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    doubts: tuple[str, ...] = ()

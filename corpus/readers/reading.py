"""What every reader gives: the text of a file, and what its format tells about the text."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Furniture, Page
from corpus.readers.limits import ReadingLimits

TOO_BIG_FOR_MEMORY = (
    "读取文件所需的内存超过了 {} MB,已停止。请用原来的软件打开后另存一份,或拆分成几份再试。"
)
"""Why a file isn't read that unfolds beyond all measure; to be filled with the limit."""


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


def check_length(text: str, limits: ReadingLimits) -> None:
    """Refuse what is longer than a collection can take.

    Raises:
        ReadingError: ``text`` is beyond the limit.
    """
    if len(text) > limits.characters:
        raise ReadingError(
            f"文件有 {len(text)} 字,超过了 {limits.characters} 字的上限。请拆分成几份再试。"
        )

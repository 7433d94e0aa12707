"""PDF with a text layer (pypdf): what stands where on each page, put in reading order.

pypdf opens the file and decodes its strings; :mod:`corpus.readers.page_content` finds where each
stands, and :mod:`corpus.readers.page_layout` works out paragraphs, columns, tables, running heads
and page numbers. Spans count in the text that comes out here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import LimitReachedError

from corpus.readers.limits import DEFAULT_LIMITS, ReadingLimits
from corpus.readers.page_content import PageContent, content_of
from corpus.readers.page_layout import read_pages
from corpus.readers.reading import Reading, ReadingError


def read_pdf(content: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    """The text of a PDF with the place of its pages.

    Raises:
        ReadingError: it is damaged, locked by a password, a scan without a text layer, or has
            more pages or characters than it may.
        MemoryError: it unfolds to more than there is room for.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadingError("文件有密码保护。请先解除密码再试。")
        return _reading_of(list(_pages(reader, limits)))
    except (ReadingError, MemoryError):
        raise
    except (LimitReachedError, RecursionError):
        raise ReadingError(
            "文件内部层层嵌套,或展开后太大,不像正常的 PDF。请用原来的软件重新导出后再试。"
        ) from None
    except Exception as error:  # whatever a damaged file makes pypdf raise
        raise ReadingError(
            f"文件已损坏或不是 PDF({type(error).__name__})。请换一份再试。"
        ) from None


def _pages(reader: PdfReader, limits: ReadingLimits) -> Iterator[PageContent]:
    """The pages one by one, until there are too many or too much stands on them."""
    count = len(reader.pages)
    if count > limits.pages:
        raise ReadingError(f"文件有 {count} 页,超过了 {limits.pages} 页的上限。请拆分成几份再试。")
    characters = 0
    for page in reader.pages:
        content = content_of(page)
        characters += sum(len(fragment.text) for fragment in content.fragments)
        if characters > limits.characters:
            raise ReadingError(f"文件超过了 {limits.characters} 字的上限。请拆分成几份再试。")
        yield content


def _reading_of(pages: list[PageContent]) -> Reading:
    empty = [number for number, page in enumerate(pages, start=1) if not page.fragments]
    if len(empty) == len(pages):
        raise ReadingError("文件没有文字层(可能是扫描件)。请先做文字识别再试。")
    doubts = [f"第{number}页没有文字(可能是图片),没有读入" for number in empty]
    return read_pages(pages, doubts)

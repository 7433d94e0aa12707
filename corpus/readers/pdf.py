"""PDF with a text layer (pypdf): what stands where on each page, put in reading order.

pypdf opens the file and decodes its strings; :mod:`corpus.readers.page_content` finds where each
stands, and :mod:`corpus.readers.page_layout` works out paragraphs, columns, tables, running heads
and page numbers. Spans count in the text that comes out here.
"""

from __future__ import annotations

import io

from pypdf import PdfReader

from corpus.readers.page_content import content_of
from corpus.readers.page_layout import read_pages
from corpus.readers.reading import Reading, ReadingError


def read_pdf(content: bytes) -> Reading:
    """The text of a PDF with the place of its pages.

    Raises:
        ReadingError: it is damaged, locked by a password, or a scan without a text layer.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadingError("文件有密码保护。请先解除密码再试。")
        pages = [content_of(page) for page in reader.pages]
    except ReadingError:
        raise
    except Exception as error:  # whatever a damaged file makes pypdf raise
        raise ReadingError(
            f"文件已损坏或不是 PDF({type(error).__name__})。请换一份再试。"
        ) from None
    empty = [number for number, page in enumerate(pages, start=1) if not page.fragments]
    if len(empty) == len(pages):
        raise ReadingError("文件没有文字层(可能是扫描件)。请先做文字识别再试。")
    doubts = [f"第{number}页没有文字(可能是图片),没有读入" for number in empty]
    return read_pages(pages, doubts)

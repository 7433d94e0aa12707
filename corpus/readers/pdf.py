"""PDF with a text layer (pypdf): the text of all pages, a blank line between two pages.

A page break then looks like any other blank line, which is what the repair of cut paragraphs
expects. Spans count in the text that comes out here.
"""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

PAGE_BREAK = "\n\n"


class PdfTextError(ValueError):
    """A PDF gives no text; the message (Chinese) says why and what to do."""


def extract_text(content: bytes) -> str:
    """The text of a PDF, in the order of its pages.

    Raises:
        PdfTextError: it is damaged, locked by a password, or a scan without a text layer.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfTextError("文件有密码保护。请先解除密码再试。")
        pages = [page.extract_text().strip("\n") for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, OSError) as error:
        if isinstance(error, PdfTextError):
            raise
        raise PdfTextError(
            f"文件已损坏或不是 PDF({type(error).__name__})。请换一份再试。"
        ) from None
    text = PAGE_BREAK.join(pages)
    if not text.strip():
        raise PdfTextError("文件没有文字层(可能是扫描件)。请先做文字识别再试。")
    return text

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from pypdf import PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.readers.pdf import PdfTextError, extract_text
from corpus.sources import Source, SourceError, load_sources

PAGES = (
    (
        "云南省人民政府关于某事的通知",
        "云政发〔2030〕1号",
        "各州、市人民政府:",
        "一、总体要求",
        "(一)健全机制。各级各部门要认真贯彻落实有关要求,切实加强组织领导,压实工作责",
    ),
    ("任,确保任务完成。", "云南省人民政府", "2030年1月2日"),
)


def pdf_of(pages: Sequence[Sequence[str]]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    for lines in pages:
        page.setFont("STSong-Light", 11)
        for row, line in enumerate(lines):
            page.drawString(60, 780 - 24 * row, line)
        page.showPage()
    page.save()
    return buffer.getvalue()


def folder_with(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "b.pdf").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    entry = {
        "file": "b.pdf",
        "title": "下册",
        "publisher": "某办",
        "date": "2030",
        "sha256": digest,
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"sources": [entry]}), encoding="utf-8")
    return tmp_path


def test_a_document_in_a_pdf_is_read_like_any_other(tmp_path: Path) -> None:
    (source,) = load_sources(folder_with(tmp_path, pdf_of(PAGES)))
    (document,) = parse_source(source).documents
    assert document.doc_number == "云政发〔2030〕1号"
    assert document.addressee == "各州、市人民政府"
    clause = document.by_id["云政发-2030-1:一.(一)"]
    assert clause.text.endswith("压实工作责任,确保任务完成。")
    quotation = quote(source.text, [clause])
    assert len(quotation.spans) == 2
    assert quotation.quote == "".join(span.of(source.text) for span in quotation.spans)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nbroken", b"no pdf at all"])
def test_a_damaged_pdf_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="已损坏或不是 PDF"):
        load_sources(folder_with(tmp_path, content))


def test_a_pdf_without_text_says_so() -> None:
    buffer = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(buffer)
    with pytest.raises(PdfTextError, match="没有文字层"):
        extract_text(buffer.getvalue())


def test_a_locked_pdf_says_so() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf_of(PAGES)))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(PdfTextError, match="密码"):
        extract_text(buffer.getvalue())


def test_a_text_source_is_not_taken_for_a_pdf(source: Source) -> None:
    assert not source.file.endswith(".pdf")
    assert source.text.startswith("\n\n云南省产业工人队伍建设改革工作")

"""Files made to harm whoever reads them: small on disk, endless, or not what they claim."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from docx import Document
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MEGABYTE = 1024 * 1024


def notice_as_pdf(pages: int = 1) -> bytes:
    """A good PDF with text on each page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(pages):
        canvas.drawString(72, 720, f"Notice, page {number + 1}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def notice_as_docx() -> bytes:
    """A good Word file."""
    document = Document()
    document.add_paragraph("某省财政厅关于渔业补贴的通知")
    document.add_paragraph("一、总体要求")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "职业"
    table.cell(1, 1).text = "渔民"
    return _saved(document)


def _saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % (len(objects) + 1, len(body))


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
    b"/Resources << /Font << /F1 5 0 R >> /XObject << /X0 6 0 R >> >> >>"
)
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_TEXT = b"BT /F1 12 Tf 72 700 Td (text) Tj ET"


def _page_showing(content: bytes, *more: bytes) -> bytes:
    return pdf_of(_CATALOGUE, _PAGES, _PAGE, content, _FONT, *more)


def flate_bomb() -> bytes:
    """A content stream of 256 MB of blanks."""
    packed = zlib.compress(b" " * (256 * _MEGABYTE), 1)
    return _page_showing(_stream(packed, b"/Filter /FlateDecode"))


def flate_of_flate() -> bytes:
    """A stream that is packed five times."""
    packed = b" " * (256 * _MEGABYTE)
    for _ in range(5):
        packed = zlib.compress(packed, 1)
    return _page_showing(_stream(packed, b"/Filter [" + b"/FlateDecode " * 5 + b"]"))


def million_pages() -> bytes:
    """A page tree of six levels of ten, the same page at every leaf."""
    levels = [
        b"<< /Type /Pages /Kids [" + b"%d 0 R " % (number + 1) * 10 + b"] /Count 1000000 >>"
        for number in range(2, 8)
    ]
    page = b"<< /Type /Page /MediaBox [0 0 600 800] /Contents 9 0 R >>"
    return pdf_of(_CATALOGUE, *levels, page, _stream(_TEXT))


def endless_page_tree() -> bytes:
    """Pages whose only child is themselves."""
    return pdf_of(_CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")


def nested_objects() -> bytes:
    """An array in an array, a hundred thousand times."""
    return pdf_of(_CATALOGUE, b"[" * 100_000 + b"]" * 100_000)


def forms_in_forms() -> bytes:
    """Eight levels of drawings, each of which shows the next one twenty times."""
    forms = []
    for number in range(6, 14):
        resources = b"/Resources << /Font << /F1 5 0 R >> /XObject << /X0 %d 0 R >> >>" % (
            number + 1
        )
        forms.append(_stream(b"/X0 Do " * 20, b"/Type /XObject /Subtype /Form " + resources))
    last = _stream(_TEXT, b"/Type /XObject /Subtype /Form")
    return _page_showing(_stream(b"/X0 Do"), *forms, last)


def object_stream_in_itself() -> bytes:
    """An object stream that says it is packed in itself."""
    stream = _stream(b"1 0 << /Type /Catalog /Pages 2 0 R >>", b"/Type /ObjStm /N 1 /First 4")
    body = b"%PDF-1.5\n3 0 obj\n" + stream + b"\nendobj\n"
    places = b"".join(
        struct.pack(">BIB", *row) for row in ((0, 0, 255), (2, 3, 0), (2, 3, 1), (2, 3, 0))
    )
    entries = b"/Type /XRef /Size 4 /W [1 4 1] /Root 1 0 R"
    table = b"4 0 obj\n" + _stream(places, entries) + b"\nendobj\n"
    return body + table + b"startxref\n%d\n%%%%EOF\n" % len(body)


def huge_image() -> bytes:
    """An image that claims 100,000 by 100,000 points."""
    claim = b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 "
    image = _stream(zlib.compress(b"\0" * 1000), claim + b"/Filter /FlateDecode")
    return _page_showing(_stream(b"/X0 Do " + _TEXT), image)


def wide_font() -> bytes:
    """A font whose widths run from far below zero."""
    font = b"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /BaseFont /X /DescendantFonts "
    font += b"[<< /Type /Font /Subtype /CIDFontType2 /W [-2000000000 70000 500] >>] >>"
    return pdf_of(_CATALOGUE, _PAGES, _PAGE, _stream(_TEXT), font)


def places_beyond_numbers() -> bytes:
    """Text at 1e300, in letters of that size."""
    return _page_showing(
        _stream(b"BT /F1 %s Tf 1 0 0 1 %s %s Tm (text) Tj ET" % ((b"9" * 300,) * 3))
    )


def locked_pdf() -> bytes:
    """A PDF with a password."""
    writer = PdfWriter(io.BytesIO(notice_as_pdf()))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def docx_with(
    part: str, content: bytes | Callable[[zipfile.ZipFile], None], of: bytes | None = None
) -> bytes:
    """A good Word file (``of``) with one part replaced, or with whatever else is put into it."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(of or notice_as_docx())) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in good.infolist():
            if entry.filename != part:
                made.writestr(entry, good.read(entry))
        if callable(content):
            content(made)
        else:
            made.writestr(part, content)
    return buffer.getvalue()


def document_of(body: str, before: str = "") -> bytes:
    """A Word file with this body."""
    xml = f'{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return docx_with("word/document.xml", xml.encode())


def zip_bomb() -> bytes:
    """A part of 400 MB of blanks."""

    def put(package: zipfile.ZipFile) -> None:
        content = b" " * (400 * _MEGABYTE)
        package.writestr("word/media/blanks.bin", content, compresslevel=1)

    return docx_with("", put)


def packed_beyond_measure() -> bytes:
    """A text of 64 MB, which is within the limits, out of 64 kB."""
    return document_of("<w:p><w:r><w:t>" + "甲" * (21 * _MEGABYTE) + "</w:t></w:r></w:p>")


def zip_of_zips() -> bytes:
    """42.zip: a zip of zips of zips; nothing of Word in it."""
    content = b"\0" * (16 * _MEGABYTE)
    for level in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for number in range(16):
                package.writestr(f"{level}-{number}.zip", content)
        content = buffer.getvalue()
    return content


def zip_in_itself() -> bytes:
    """A Word file that holds a Word file that holds … (a quine's first levels)."""
    content = notice_as_docx()
    for _ in range(20):
        inner = content
        content = docx_with("word/embeddings/inner.docx", inner)
    return docx_with("word/document.xml", content)


def many_parts() -> bytes:
    """A hundred thousand empty parts."""

    def put(package: zipfile.ZipFile) -> None:
        for number in range(100_000):
            package.writestr(f"word/media/{number}.bin", b"")

    return docx_with("", put)


def billion_laughs() -> bytes:
    """Entities of entities."""
    entities = '<!ENTITY l0 "哈">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    return document_of(
        "<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>",
        f"<?xml version='1.0'?><!DOCTYPE w:document [{entities}]>",
    )


def external_entity() -> bytes:
    """An entity that stands for a file of the reader's."""
    return document_of(
        "<w:p><w:r><w:t>&secret;</w:t></w:r></w:p>",
        "<!DOCTYPE w:document [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]>",
    )


def deep_tables() -> bytes:
    """A table in a table, a thousand times."""
    opening, closing = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    return document_of(opening * 1000 + "<w:p/>" + closing * 1000)


def deep_controls() -> bytes:
    """Ninety controls in each other, below the limit of nesting, around an empty paragraph."""
    return document_of("<w:sdt>" * 90 + "<w:p/>" + "</w:sdt>" * 90)


def endless_columns() -> bytes:
    """A cell over two thousand million columns, and no words."""
    span = '<w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>'
    return document_of(f"<w:tbl><w:tr><w:tc>{span}<w:p/></w:tc></w:tr></w:tbl>")


def many_paragraphs() -> bytes:
    """Ten million letters, more than a collection may have."""
    return document_of("<w:p><w:r><w:t>甲乙丙丁戊己庚辛壬癸</w:t></w:r></w:p>" * 1_000_000)


REFUSED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "PDF: 256 MB of blanks in a stream": (".pdf", flate_bomb),
    "PDF: a stream packed five times": (".pdf", flate_of_flate),
    "PDF: a million pages in 1 kB": (".pdf", million_pages),
    "PDF: pages inside themselves": (".pdf", endless_page_tree),
    "PDF: 100,000 arrays inside each other": (".pdf", nested_objects),
    "PDF: drawings of drawings, 20 to the 8th": (".pdf", forms_in_forms),
    "PDF: object stream in itself": (".pdf", object_stream_in_itself),
    "PDF: widths from minus two thousand million": (".pdf", wide_font),
    "PDF: text at 1e300": (".pdf", places_beyond_numbers),
    "PDF: locked by a password": (".pdf", locked_pdf),
    "PDF: cut off in the middle": (".pdf", lambda: notice_as_pdf()[:500]),
    "PDF: is a Word file": (".pdf", notice_as_docx),
    "PDF: empty": (".pdf", bytes),
    "Word: 400 MB of blanks in a part": (".docx", zip_bomb),
    "Word: packed beyond measure": (".docx", packed_beyond_measure),
    "Word: a zip of zips (42.zip)": (".docx", zip_of_zips),
    "Word: Word files in each other": (".docx", zip_in_itself),
    "Word: 100,000 parts": (".docx", many_parts),
    "Word: billion laughs": (".docx", billion_laughs),
    "Word: a file of the reader's as entity": (".docx", external_entity),
    "Word: 1,000 tables in each other": (".docx", deep_tables),
    "Word: 90 controls in each other": (".docx", deep_controls),
    "Word: 2,000,000,000 columns": (".docx", endless_columns),
    "Word: ten million letters": (".docx", many_paragraphs),
    "Word: cut off in the middle": (".docx", lambda: notice_as_docx()[:5000]),
    "Word: is a PDF": (".docx", notice_as_pdf),
    "Word: an old .doc": (".docx", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 512),
    "Word: empty": (".docx", bytes),
}
"""What has to be refused: by its name the ending and what makes the file."""

READ: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "PDF: a good one": (".pdf", notice_as_pdf),
    "PDF: an image that claims 100,000 × 100,000": (".pdf", huge_image),
    "Word: a good one": (".docx", notice_as_docx),
}
"""What is read: good files, and what looks dangerous and is harmless."""

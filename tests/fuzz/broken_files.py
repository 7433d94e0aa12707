"""Good PDF and Word files with some of their bytes, or of the bytes packed in them, changed."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from docx import Document
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.fuzz.hostile_files import docx_with
from tests.fuzz.policy_text import real_lines

_LINES = 12  # on a page
_TELLING = (
    b"/Length 0", b"/Length 999999999", b"/Kids [3 0 R 3 0 R]", b"/Count -1", b"endobj", b"stream\n", b"<<", b">>", b"[", b"(",
    b"1 0 R", b"0 0 R", b"/Filter /FlateDecode", b"/Filter /LZWDecode", b"/Type /ObjStm", b"/W [0 65535 1]", b"\xff\xfe", b"\0" * 9,
    b"1e999 0 0 1 0 0 Tm ", b"nan Tz ", b"q " * 50, b"/F1 -1 Tf ", b"/X0 Do ", b"xref", b"startxref\n0\n%%EOF",
    b"<w:tbl>", b"</w:p>", b"<w:p/>", b'w:val="-1"', b'w:val="99999999999"', b'w:val=""', b"&#0;", b"&x;", b"<!--", b"<w:sdt><w:sdtContent>",
    b'<w:gridSpan w:val="4000000000"/>', b'<w:numPr><w:ilvl w:val="99"/><w:numId w:val="7"/></w:numPr>', b"]]>", b"PK\x03\x04", b"PK\x05\x06",
)  # fmt: skip


@cache
def _pdf(start: int, compressed: bool) -> bytes:
    """Two pages of the compilation from a line on, with a ruled table."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=int(compressed))
    for page in range(2):
        canvas.setFont("STSong-Light", 12)
        first = start + page * _LINES
        for number, line in enumerate(real_lines()[first : first + _LINES]):
            canvas.drawString(72, 750 - 20 * number, line[:40])
        canvas.grid([72, 172, 272], [400, 420, 440])
        canvas.drawString(75, 405, "电工")
        canvas.drawString(280, 30, f"— {page + 1} —")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@cache
def _docx(start: int) -> bytes:
    """Some lines of the compilation, a numbered list and a table."""
    document = Document()
    for line in real_lines()[start : start + _LINES]:
        kept = "".join(character for character in line if character.isprintable())
        document.add_paragraph(kept)
    document.add_paragraph("登记", style="List Number")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "职业"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@st.composite
def _damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """One place overwritten, cut out, said twice, or cut off from there."""
    at = draw(st.integers(0, max(len(content) - 1, 0)))
    length = draw(st.sampled_from((1, 4, 40)))
    match draw(st.integers(0, 5)):
        case 0:
            return content[:at] + draw(st.binary(min_size=1, max_size=8)) + content[at + length :]
        case 1:
            return content[:at] + content[at + length :]
        case 2:
            return content[:at] + content[at : at + length] * 20 + content[at:]
        case 3:
            return content[:at]
        case _:
            return content[:at] + draw(st.sampled_from(_TELLING)) + content[at:]


@st.composite
def _damaged_part(draw: st.DrawFn, content: bytes) -> bytes:
    """A Word file whose zip is whole and one of whose parts is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = sorted(name for name in package.namelist() if name.endswith((".xml", ".rels")))
        part = draw(st.sampled_from(("word/document.xml", *names)))
        damaged = draw(_damaged(package.read(part)))
    return docx_with(part, damaged, of=content)


@st.composite
def broken_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The ending of a file's name, and its bytes; some are whole, some have the other's ending."""
    start = draw(st.integers(0, 20)) * 50
    kind = draw(st.sampled_from(("pdf", "plain pdf", "docx", "docx part")))
    is_pdf = kind.endswith("pdf")
    content = _pdf(start, compressed=kind == "pdf") if is_pdf else _docx(start)
    for _ in range(draw(st.integers(0, 3))):
        content = draw(_damaged_part(content) if kind == "docx part" else _damaged(content))
    ending = ".pdf" if is_pdf else ".docx"
    other = ".docx" if is_pdf else ".pdf"
    return (other if draw(st.integers(0, 19)) == 0 else ending), content

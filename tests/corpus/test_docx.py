"""Word documents, written here with python-docx and read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from corpus.coverage import coverage_of
from corpus.parser import parse_source
from corpus.readers import read_file
from corpus.readers.docx import read_docx
from corpus.readers.reading import Reading, ReadingError
from corpus.readers.word_numbering import spelt
from corpus.sources import Source

W = nsdecls("w")
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
SHAPES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def saved(document: WordDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(document: WordDocument) -> Reading:
    return read_docx(saved(document))


def paragraphs(reading: Reading) -> list[str]:
    return reading.text.split("\n\n")


def define_list(
    document: WordDocument, levels: Sequence[tuple[str, str]], number: int = 50, extra: str = ""
) -> None:
    """A list of ``(format, text)`` by level; ``extra`` goes into every level."""
    numbering = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    abstract = f'<w:abstractNum {W} w:abstractNumId="{number}">{inner}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    add_instance(document, number, number)


def add_instance(document: WordDocument, number: int, abstract: int, override: str = "") -> None:
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'
        )
    )


def add_numbered(document: WordDocument, text: str, level: int = 0, number: int = 50) -> Paragraph:
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


def add_xml(paragraph: Paragraph, xml: str) -> None:
    paragraph._p.append(parse_xml(xml))


def test_paragraphs_are_parted_by_blank_lines_and_empty_ones_are_left_out() -> None:
    document = Document()
    for text in ("各州、市人民政府:", "", "  ", "现将有关事项通知如下。"):
        document.add_paragraph(text)
    reading = read(document)
    assert reading.text == "各州、市人民政府:\n\n现将有关事项通知如下。"
    assert reading.pages == ()
    assert reading.furniture == ()
    assert reading.doubts == ()


def test_centred_lines_of_one_title_stay_together() -> None:
    document = Document()
    title = document.styles.add_style("公文标题", WD_STYLE_TYPE.PARAGRAPH)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("云南省人民政府办公厅", style="公文标题")
    document.add_paragraph("关于印发某办法的通知", style="公文标题")
    document.add_paragraph("")
    document.add_paragraph("云政办发〔2030〕1号", style="公文标题")
    document.add_paragraph("各州、市人民政府:")
    assert paragraphs(read(document)) == [
        "云南省人民政府办公厅\n关于印发某办法的通知", "云政办发〔2030〕1号", "各州、市人民政府:"
    ]  # fmt: skip


def test_tabs_become_blanks_and_line_breaks_end_lines() -> None:
    document = Document()
    document.add_paragraph("姓名\t单位").add_run("\n第二行")
    assert read(document).text == "姓名 单位\n第二行"


def test_numbers_of_official_documents_are_counted_as_word_counts_them() -> None:
    document = Document()
    define_list(
        document,
        [("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3.")],
    )
    for text, level in (
        ("总体要求", 0), ("指导思想。坚持", 1), ("基本原则。坚持", 1), ("2030年前完成", 2),
        ("主要任务", 0), ("健全机制。要", 1), ("加大投入", 2),
    ):  # fmt: skip
        add_numbered(document, text, level)
    assert paragraphs(read(document)) == [
        "一、总体要求", "(一)指导思想。坚持", "(二)基本原则。坚持", "1. 2030年前完成",
        "二、主要任务", "(一)健全机制。要", "1. 加大投入",
    ]  # fmt: skip


def test_articles_are_numbered_and_text_between_them_does_not_count() -> None:
    document = Document()
    define_list(document, [("chineseCountingThousand", "第%1条")])
    add_numbered(document, "为了规范管理,制定本办法。")
    document.add_paragraph("本条第二款。")
    for _ in range(10):
        add_numbered(document, "有关规定。")
    found = paragraphs(read(document))
    assert found[:3] == ["第一条 为了规范管理,制定本办法。", "本条第二款。", "第二条 有关规定。"]
    assert found[-1] == "第十一条 有关规定。"


def test_levels_are_numbered_together() -> None:
    document = Document()
    define_list(document, [("chineseCounting", "%1"), ("decimal", "%1.%2")], extra="<w:isLgl/>")
    for level in (0, 1, 1, 0, 1):
        add_numbered(document, "内容", level)
    numbers = [text.removesuffix(" 内容") for text in paragraphs(read(document))]
    assert numbers == ["1", "1.1", "1.2", "2", "2.1"]


def test_a_level_that_never_restarts_goes_on() -> None:
    document = Document()
    levels = [("chineseCounting", "第%1章"), ("chineseCounting", "第%2条")]
    define_list(document, levels, extra='<w:lvlRestart w:val="0"/>')
    for level in (0, 1, 1, 0, 1):
        add_numbered(document, "内容", level)
    numbers = [text.removesuffix(" 内容") for text in paragraphs(read(document))]
    assert numbers == ["第一章", "第一条", "第二条", "第二章", "第三条"]


def test_a_list_may_begin_anew() -> None:
    document = Document()
    define_list(document, [("decimal", "%1.")])
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    add_instance(document, 51, 50, override)
    add_instance(document, 52, 50)
    for number in (50, 50, 51, 51, 52):
        add_numbered(document, "内容", number=number)
    assert [text[0] for text in paragraphs(read(document))] == ["1", "2", "1", "2", "3"]


def test_a_style_may_number_its_paragraphs() -> None:
    document = Document()
    define_list(document, [("chineseCounting", "%1、"), ("chineseCounting", "(%2)")])
    level = document.part.numbering_part.element.findall(f".//{qn('w:lvl')}")[1]
    level.append(parse_xml(f'<w:pStyle {W} w:val="Second"/>'))
    for name, base in (("First", None), ("Second", None), ("Based", "First")):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if base:
            style.base_style = document.styles[base]
        else:
            properties = style.element.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {W}><w:numId w:val="50"/></w:numPr>'))
    for text, name in (("总则", "First"), ("目的", "Second"), ("附则", "Based")):
        document.add_paragraph(text, style=name)
    unnumbered = document.add_paragraph("不编号", style="First")
    unnumbered._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {W}><w:numId w:val="0"/></w:numPr>'))
    assert paragraphs(read(document)) == ["一、总则", "(一)目的", "二、附则", "不编号"]


def test_bullets_are_not_numbers() -> None:
    document = Document()
    define_list(document, [("bullet", "")])
    add_numbered(document, "要点")
    assert read(document).text == "要点"


@pytest.mark.parametrize(
    ("form", "count", "expected"),
    [
        ("decimal", 12, "12"), ("chineseCounting", 21, "二十一"), ("upperRoman", 14, "XIV"),
        ("lowerRoman", 9, "ix"), ("lowerLetter", 27, "aa"), ("upperLetter", 2, "B"),
        ("decimalEnclosedCircleChinese", 3, "③"), ("decimalEnclosedCircle", 21, "21"),
        ("ideographTraditional", 2, "乙"), ("chineseLegalSimplified", 3, "叁"),
        ("decimalZero", 7, "07"), ("none", 1, ""), ("somethingNew", 5, "5"),
    ],
)  # fmt: skip
def test_numbers_are_spelt_as_word_spells_them(form: str, count: int, expected: str) -> None:
    assert spelt(form, count) == expected


def test_tables_give_a_line_a_row_and_merged_cells_stand_at_their_top_left() -> None:
    document = Document()
    document.add_paragraph("补贴标准如下:")
    table = document.add_table(4, 3)
    rows = (
        ("序号", "职业", "标准"),
        ("一、生产类", "", ""),
        ("1", "电工", "800元"),
        ("", "焊工\n(高级)", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(1, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(2, 2).merge(table.cell(3, 2))
    document.add_paragraph("以上标准自印发之日起执行。")
    assert paragraphs(read(document))[1] == (
        "序号\t职业\t标准\n一、生产类\t\t\n1\t电工\t800元\n\t焊工(高级)\t"
    )


def test_a_table_of_one_column_and_one_inside_a_cell_keep_their_text() -> None:
    document = Document()
    outer = document.add_table(2, 1)
    outer.cell(0, 0).text = "填表说明"
    inner = outer.cell(1, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    lines = read(document).text.split("\n")
    assert lines[0] == "填表说明\t"
    assert lines[1].replace(" ", "").strip() == "甲乙"


def test_tracked_insertions_are_text_and_deletions_are_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("补贴")
    add_xml(paragraph, f'<w:ins {W} w:id="1"><w:r><w:t>每人</w:t></w:r></w:ins>')
    add_xml(paragraph, f'<w:del {W} w:id="2"><w:r><w:delText>每天</w:delText></w:r></w:del>')
    add_xml(paragraph, f'<w:moveFrom {W} w:id="3"><w:r><w:t>旧处</w:t></w:r></w:moveFrom>')
    add_xml(paragraph, f'<w:moveTo {W} w:id="4"><w:r><w:t>800元</w:t></w:r></w:moveTo>')
    assert read(document).text == "补贴每人800元"


def test_a_deleted_paragraph_of_a_list_is_not_counted() -> None:
    document = Document()
    define_list(document, [("decimal", "%1.")])
    add_numbered(document, "甲")
    deleted = add_numbered(document, "")
    deleted._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {W}><w:del w:id="5"/></w:rPr>'))
    add_numbered(document, "乙")
    assert paragraphs(read(document)) == ["1. 甲", "2. 乙"]


def test_hidden_text_is_left_out_and_symbols_and_formulas_are_kept() -> None:
    document = Document()
    paragraph = document.add_paragraph("选择")
    add_xml(paragraph, f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>")
    add_xml(paragraph, f'<w:r {W}><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>')
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    add_xml(paragraph, f"<m:oMath {math}><m:r><m:t>a+b</m:t></m:r></m:oMath>")
    assert read(document).text == "选择□a+b"


def test_text_boxes_are_neither_lost_nor_doubled() -> None:
    document = Document()
    box = "<w:txbxContent><w:p><w:r><w:t>密级</w:t></w:r></w:p><w:p><w:r><w:t>特急</w:t></w:r></w:p></w:txbxContent>"
    add_xml(
        document.add_paragraph("正文。"),
        f"<w:r {W} {SHAPES} {VML}><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>",
    )
    old = document.add_paragraph("旧式。")
    add_xml(old, f"<w:r {W} {VML}><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>")
    assert paragraphs(read(document)) == ["正文。", "密级", "特急", "旧式。", "密级", "特急"]


def test_content_controls_around_paragraphs_are_opened() -> None:
    document = Document()
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>目 录</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    document.add_paragraph("正文。")
    assert paragraphs(read(document)) == ["目 录", "正文。"]


def test_running_heads_page_numbers_and_notes_belong_to_no_document() -> None:
    document = Document()
    document.add_paragraph("各州、市人民政府:")
    section = document.sections[0]
    section.header.paragraphs[0].text = "云南省人民政府文件"
    section.footer.paragraphs[0].text = "— 1 —"
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "首页页眉"
    note = f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    package = document.part.package
    part = Part(PackURI("/word/footnotes.xml"), "application/xml", note.encode(), package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    reading = read(document)
    found = {(item.kind, item.span.of(reading.text)) for item in reading.furniture}
    assert found == {
        ("running_head", "云南省人民政府文件"), ("running_head", "首页页眉"),
        ("page_number", "— 1 —"), ("note", "见附件。"),
    }  # fmt: skip
    assert reading.text.startswith("各州、市人民政府:\n\n")
    assert reading.doubts == ("有1条脚注或尾注,附在文末,不属于任何条款",)


def zipped(name: str, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "旧版 Word 格式,或有密码保护"),
        (b"", "已损坏或不是 Word 文档"),
        (b"PK\x03\x04 broken", "已损坏或不是 Word 文档"),
        (zipped("a.txt", "x"), "已损坏或不是 Word 文档"),
        (saved(Document())[:3000], "已损坏或不是 Word 文档"),
        (saved(Document()), "没有文字"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_docx(content)


def test_an_old_file_is_told_apart_by_its_name_too() -> None:
    with pytest.raises(ReadingError, match="另存为"):
        read_file("通知.doc", b"\xd0\xcf\x11\xe0")


@pytest.fixture
def notice() -> WordDocument:
    document = Document()
    document.sections[0].footer.paragraphs[0].text = "— 1 —"
    define_list(document, [("chineseCounting", "%1、"), ("chineseCounting", "(%2)")])
    for text in ("云南省人民政府关于健全某机制的通知", "", "云政发〔2030〕1号"):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("各州、市人民政府,省直各委、办、厅、局:")
    document.add_paragraph("为健全机制,现就有关事项通知如下。")
    add_numbered(document, "总体要求")
    add_numbered(document, "健全机制。各级各部门要认真贯彻落实有关要求。", 1)
    add_numbered(document, "工作措施")
    document.add_paragraph("云南省人民政府").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph("2030年1月2日").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document


def test_a_notice_written_in_word_is_understood(notice: WordDocument) -> None:
    reading = read(notice)
    source = Source("a.docx", "", "", "", "", (), reading.text, furniture=reading.furniture)
    compilation = parse_source(source)
    (document,) = compilation.documents
    assert document.title == "云南省人民政府关于健全某机制的通知"
    assert document.doc_number == "云政发〔2030〕1号"
    assert document.addressee == "各州、市人民政府,省直各委、办、厅、局"
    assert document.issuers == ("云南省人民政府",)
    assert document.date == date(2030, 1, 2)
    clause = document.by_id["云政发-2030-1:一.(一)"]
    assert clause.text == "健全机制。各级各部门要认真贯彻落实有关要求。"
    signed = {m.field: m.span.of(reading.text) for m in document.metadata_spans}
    assert (signed["signature"], signed["date"]) == ("云南省人民政府", "2030年1月2日")
    assert coverage_of(compilation).is_exact

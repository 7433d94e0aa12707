"""PDFs, typeset here with reportlab and read back."""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from corpus.parser import parse_source
from corpus.quotation import quote
from corpus.readers.page_content import content_of
from corpus.readers.pdf import read_pdf
from corpus.readers.reading import Reading, ReadingError
from corpus.sources import Source, SourceError, load_sources

FONT, SIZE, PITCH, LEFT, TOP = "STSong-Light", 12, 20, 72, 740
WIDTH = 38  # characters from margin to margin
SENTENCE = "各级各部门要认真贯彻落实有关要求,切实加强组织领导,压实工作责任,确保任务完成"

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class Press:
    """Sets lines on pages; a line is text, or (text, indent in characters, size)."""

    def __init__(self, pagesize: tuple[float, float] = A4) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=pagesize)
        self.y = float(TOP)
        self.canvas.setFont(FONT, SIZE)

    def put(self, text: str, x: float, y: float, size: float = SIZE) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, text)

    def line(self, text: str, indent: float = 0, size: float = SIZE) -> None:
        self.put(text, LEFT + indent * SIZE, self.y, size)
        self.y -= PITCH * size / SIZE

    def centred(self, text: str, size: float = SIZE) -> None:
        self.line(text, (WIDTH - len(text) * size / SIZE) / 2, size)

    def paragraph(self, text: str, lines: int | None = None) -> str:
        """Sets a paragraph, or its first ``lines`` lines; gives back what is left of it."""
        self.line(text[: WIDTH - 2], 2)
        return self.flush(text[WIDTH - 2 :], None if lines is None else lines - 1)

    def flush(self, text: str, lines: int | None = None) -> str:
        """Sets lines from the left margin on; gives back what is left."""
        while text and lines != 0:
            self.line(text[:WIDTH])
            text = text[WIDTH:]
            lines = None if lines is None else lines - 1
        return text

    def edges(self, head: str, number: str) -> None:
        self.put(head, LEFT, A4[1] - 40, 9)
        self.put(number, A4[0] / 2 - 15, 36, 9)

    def next_page(self) -> None:
        self.canvas.showPage()
        self.y = TOP

    def read(self) -> Reading:
        return read_pdf(self.done())

    def done(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def paragraphs(reading: Reading) -> list[str]:
    """The text without its furniture, paragraph by paragraph."""
    starts = {item.span.start for item in reading.furniture}
    found, at = [], 0
    for text in reading.text.split("\n\n"):
        if at not in starts:
            found.append(text)
        at += len(text) + 2
    return found


def furniture(reading: Reading) -> list[tuple[str, str]]:
    return [(item.kind, item.span.of(reading.text)) for item in reading.furniture]


def page_of(reading: Reading, words: str) -> int:
    at = reading.text.index(words)
    return [page.number for page in reading.pages if page.start <= at][-1]


def ruled(
    rows: Sequence[Sequence[str]], *style: tuple[object, ...], widths: object = None
) -> bytes:
    return bound(Table(rows, colWidths=widths or 100, style=ruling(*style)))


def ruling(*style: tuple[object, ...]) -> list[tuple[object, ...]]:
    return [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 10), *style]


def bound(*tables: Table) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4).build(list(tables))
    return buffer.getvalue()


# --- files that can and can't be read -------------------------------------------------------


def notice() -> bytes:
    press = Press()
    press.centred("云南省人民政府关于某事的通知", 16)
    press.y -= PITCH
    press.centred("云政发〔2030〕1号")
    press.line("各州、市人民政府:")
    press.line("一、总体要求", 2)
    rest = press.paragraph(f"(一)健全机制。{SENTENCE},{SENTENCE},{SENTENCE}。", 2)
    press.next_page()
    press.flush(rest)
    press.line("云南省人民政府", 28)
    press.line("2030年1月2日", 28)
    return press.done()


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
    (source,) = load_sources(folder_with(tmp_path, notice()))
    assert [page.number for page in source.pages] == [1, 2]
    (document,) = parse_source(source).documents
    assert document.title == "云南省人民政府关于某事的通知"
    assert document.doc_number == "云政发〔2030〕1号"
    assert document.addressee == "各州、市人民政府"
    clause = document.by_id["云政发-2030-1:一.(一)"]
    assert clause.text == f"健全机制。{SENTENCE},{SENTENCE},{SENTENCE}。"
    quotation = quote(source.text, [clause])
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
    with pytest.raises(ReadingError, match="没有文字层"):
        read_pdf(buffer.getvalue())


def test_a_locked_pdf_says_so() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(notice()))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ReadingError, match="密码"):
        read_pdf(buffer.getvalue())


def test_a_text_source_is_not_taken_for_a_pdf(source: Source) -> None:
    assert not source.file.endswith(".pdf")
    assert source.text.startswith("\n\n云南省产业工人队伍建设改革工作")


def test_pages_without_text_are_named_and_counted() -> None:
    press = Press()
    press.next_page()
    rest = press.paragraph(f"{SENTENCE},{SENTENCE},{SENTENCE}。", 1)
    press.next_page()
    press.next_page()
    press.flush(rest)
    press.next_page()
    press.canvas.showPage()
    reading = press.read()
    assert reading.text == f"{SENTENCE},{SENTENCE},{SENTENCE}。"
    assert [page.number for page in reading.pages] == [1, 2, 3, 4, 5]
    starts = [page.start for page in reading.pages]
    assert starts == sorted(starts)
    assert reading.pages[-1].start == len(reading.text)
    assert [doubt[:3] for doubt in reading.doubts] == ["第1页", "第3页", "第5页"]


# --- paragraphs -----------------------------------------------------------------------------


def test_lines_of_a_paragraph_become_one_and_an_indented_line_begins_another() -> None:
    press = Press()
    texts = [f"一是{SENTENCE},{SENTENCE}。", f"二是{SENTENCE}。", "三是完成。"]
    for text in texts:
        press.paragraph(text)
    assert paragraphs(press.read()) == texts


def test_paragraphs_set_apart_by_space_need_no_indent() -> None:
    press = Press()
    full = "一" * WIDTH
    for _ in range(3):
        press.line(full)
        press.line(full)
        press.y -= PITCH * 0.7
    assert paragraphs(press.read()) == [full * 2] * 3


def test_words_of_other_scripts_keep_their_blanks_across_lines() -> None:
    press = Press()
    press.line("推进" * 16 + " Policy", 2)
    press.line("Framework 工作机制," + "健全" * 14)
    press.line("制度。")
    (text,) = paragraphs(press.read())
    assert "Policy Framework 工作机制" in text


def test_a_paragraph_cut_by_a_page_break_is_joined_and_both_pages_are_known() -> None:
    press = Press()
    press.edges("文件汇编", "— 12 —")
    rest = press.paragraph(f"{SENTENCE},{SENTENCE},{SENTENCE},到此为止。", 2)
    press.next_page()
    press.edges("文件汇编", "— 13 —")
    press.flush(rest)
    press.line("第二段。", 2)
    reading = press.read()
    assert paragraphs(reading) == [f"{SENTENCE},{SENTENCE},{SENTENCE},到此为止。", "第二段。"]
    assert [page.number for page in reading.pages] == [12, 13]
    assert reading.text[reading.pages[1].start :].startswith(rest)


def test_a_page_that_begins_with_a_new_paragraph_is_not_joined() -> None:
    press = Press()
    full = SENTENCE[:36] + "一。"
    press.line(full[:36], 2)
    press.next_page()
    press.line("另起一段。", 2)
    press.line("一" * WIDTH)
    assert paragraphs(press.read())[1] == "另起一段。"


def test_the_label_of_an_attachment_is_never_the_end_of_a_paragraph() -> None:
    press = Press()
    text = "一" * (WIDTH - 3) + "。"
    press.line(text, 2)
    press.line("附件2")
    press.line(text, 2)
    press.next_page()
    press.line("附件3")
    assert paragraphs(press.read()) == [text, "附件2", text, "附件3"]


def test_lines_of_a_centred_title_stay_together() -> None:
    press = Press()
    press.centred("云南省人民政府办公厅关于印发", 18)
    press.centred("某管理办法的通知", 18)
    press.y -= PITCH
    press.centred("云政办发〔2030〕1号")
    press.paragraph(f"{SENTENCE},{SENTENCE}。")
    found = paragraphs(press.read())
    assert found[0] == "云南省人民政府办公厅关于印发\n某管理办法的通知"
    assert found[1] == "云政办发〔2030〕1号"


@pytest.mark.parametrize("leaders", ["……", "." * 40, "   "])
def test_entries_of_a_contents_list_stay_apart(leaders: str) -> None:
    press = Press()
    entries = [f"关于第{n}件事的通知{leaders}({n})" for n in "123"]
    press.centred("目 录", 16)
    for entry in entries:
        text = entry.replace(leaders, "…" * (WIDTH - len(entry) + len(leaders)))
        press.line(text if leaders == "……" else entry)
    found = "\n\n".join(paragraphs(press.read())).split("\n\n")
    assert [entry[:9] for entry in found[1:]] == [
        "关于第1件事的通知",
        "关于第2件事的通知",
        "关于第3件事的通知",
    ]


def test_joint_signatures_on_one_line_can_be_told_apart() -> None:
    press = Press()
    press.paragraph(f"{SENTENCE},{SENTENCE}。")
    press.put("云南省财政厅", LEFT + 60, press.y)
    press.put("云南省教育厅", LEFT + 260, press.y)
    assert paragraphs(press.read())[-1].split("  ") == ["云南省财政厅", "云南省教育厅"]


def test_blanks_come_from_the_text_not_from_justification() -> None:
    press = Press()
    for at, sign in enumerate("切实加强组织领导"):
        press.put(sign, LEFT + at * SIZE * 1.4, press.y)
    press.y -= PITCH
    press.canvas.setFont(FONT, SIZE)
    text = press.canvas.beginText(LEFT, press.y)
    text.setCharSpace(4)
    text.textOut("压实工作责任")
    press.canvas.drawText(text)
    press.line("")
    press.line("第一条 为了规范", 2)
    assert paragraphs(press.read()) == ["切实加强组织领导", "压实工作责任", "第一条 为了规范"]


def test_letters_set_twice_to_be_bold_are_read_once() -> None:
    press = Press()
    press.put("特急", LEFT, 700)
    press.put("特急", LEFT + 0.4, 700)
    assert press.read().text == "特急"


def test_radicals_that_look_like_characters_are_read_as_these() -> None:
    radicals = "⼀⽅⾯⻔⻅⺠"
    content = Press()
    content.line("一方面门见民")
    page = PdfReader(io.BytesIO(content.done())).pages[0]
    assert content_of(page).fragments[0].text == "一方面门见民"
    from corpus.readers.pdf_fonts import plain  # noqa: PLC0415

    assert plain(radicals) == "一方面门见民"


# --- columns --------------------------------------------------------------------------------


def test_two_columns_are_read_one_after_the_other_under_a_title_over_both() -> None:
    press = Press()
    press.centred("云南省人民政府公报", 18)
    left = ["左栏" * 8] * 9 + ["左栏到此。"]
    right = ["右栏" * 8] * 9 + ["右栏到此。"]
    for a, b in zip(left, right, strict=True):
        press.put(a, LEFT, press.y)
        press.put(b, LEFT + 18 * SIZE, press.y - 3)
        press.y -= PITCH
    assert paragraphs(press.read()) == ["云南省人民政府公报", "".join(left), "".join(right)]


def test_entries_side_by_side_are_not_columns() -> None:
    press = Press()
    for name in ("张三", "李四某", "王五", "赵六某", "钱七", "孙八某"):
        press.put(f"组长:{name}", LEFT, press.y)
        press.put("省财政厅", LEFT + 200, press.y)
        press.y -= PITCH
    assert paragraphs(press.read())[0] == "组长:张三  省财政厅"


# --- running heads and page numbers ---------------------------------------------------------


def book(
    number: str, heads: Sequence[str] = ("文件汇编(上册)", "一、省级文件"), first: int = 12
) -> Reading:
    press = Press()
    for index in range(6):
        press.edges(heads[index % len(heads)], number.format(first + index))
        press.paragraph(f"第{index}页。{SENTENCE},{SENTENCE}。")
        press.paragraph("短段。")
        press.next_page()
    return press.read()


@pytest.mark.parametrize(
    "number", ["— {} —", "{}", "第 {} 页 共 90 页", "第{}页", "- {} -", "{}/90"]
)
def test_running_heads_and_page_numbers_leave_the_text(number: str) -> None:
    reading = book(number)
    assert Counter(kind for kind, _ in furniture(reading)) == {"running_head": 6, "page_number": 6}
    assert {words for kind, words in furniture(reading) if kind == "running_head"} == {
        "文件汇编(上册)", "一、省级文件"
    }  # fmt: skip
    assert len(paragraphs(reading)) == 12
    assert all(text.startswith(("第", "短段")) for text in paragraphs(reading))


def test_printed_page_numbers_are_the_ones_given() -> None:
    reading = book("— {} —", first=101)
    assert [page.number for page in reading.pages] == [101, 102, 103, 104, 105, 106]
    assert page_of(reading, "第3页。") == 104


def test_a_number_beside_the_running_head_counts() -> None:
    press = Press()
    for index in range(5):
        press.edges("云南省人民政府公报", "")
        press.put(str(30 + index), LEFT + 400, A4[1] - 40, 9)
        press.paragraph(f"{SENTENCE}。")
        press.next_page()
    assert [page.number for page in press.read().pages] == [30, 31, 32, 33, 34]


def test_numbers_may_begin_anew_after_pages_without_a_number() -> None:
    press = Press()
    for number in ("", "", "1", "2", "3", "4"):
        press.edges("文件汇编", number)
        press.paragraph(f"{SENTENCE}。")
        press.next_page()
    assert [page.number for page in press.read().pages] == [0, 0, 1, 2, 3, 4]


def test_pages_without_printed_numbers_are_counted() -> None:
    press = Press()
    for _ in range(3):
        press.paragraph(f"{SENTENCE}。")
        press.next_page()
    assert [page.number for page in press.read().pages] == [1, 2, 3]


def test_first_lines_that_repeat_are_text_where_no_running_head_is() -> None:
    press = Press()
    for number in "1234":
        press.y = 780
        press.line(f"附件{number}")
        press.line("序号  职业  备注")
        press.paragraph(f"{SENTENCE}。")
        press.next_page()
    reading = press.read()
    assert reading.furniture == ()
    assert [text for text in paragraphs(reading) if text.startswith("附件")] == [
        "附件1", "附件2", "附件3", "附件4"
    ]  # fmt: skip


# --- tables ---------------------------------------------------------------------------------


def test_merged_cells_stand_at_their_top_left() -> None:
    rows = [
        ["序号", "职业", "标准"], ["一、生产类", "", ""], ["1", "电工", "800元"], ["", "焊工\n(高级)", ""],
    ]  # fmt: skip
    spans = [("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 2), (0, 3)), ("SPAN", (2, 2), (2, 3))]
    assert read_pdf(ruled(rows, *spans)).text == (
        "序号\t职业\t标准\n一、生产类\t\t\n1\t电工\t800元\n\t焊工(高级)\t"
    )


def test_text_around_a_table_stays_in_its_place() -> None:
    press = Press()
    press.line("上文。", 2)
    table = Table([["甲", "乙"], ["丙", "丁"]], colWidths=80, style=ruling())
    table.wrapOn(press.canvas, 400, 400)
    table.drawOn(press.canvas, LEFT, press.y - 30)
    press.y -= 70
    press.line("下文。", 2)
    assert paragraphs(press.read()) == ["上文。", "甲\t乙\n丙\t丁", "下文。"]


def test_tables_of_different_columns_that_touch_keep_their_own() -> None:
    upper = Table([["甲", "乙", "丙"], ["1", "2", "3"]], colWidths=100, style=ruling())
    lower = Table([["丁", "戊"], ["4", "5"]], colWidths=150, style=ruling())
    lines = read_pdf(bound(upper, lower)).text.split("\n")
    assert [line for line in lines if line] == ["甲\t乙\t丙", "1\t2\t3", "丁\t戊", "4\t5"]


def test_a_box_around_text_is_no_table_and_a_column_of_boxes_is() -> None:
    assert read_pdf(ruled([["只有一格"]])).text == "只有一格"
    assert read_pdf(ruled([["第一格"], ["第二格"]])).text == "第一格\t\n第二格\t"


def test_a_table_open_at_its_sides_keeps_its_outer_columns() -> None:
    style = [("LINEABOVE", (0, 0), (-1, -1), 0.5, "black"), ("LINEBELOW", (0, 0), (-1, -1), 0.5, "black"),
             ("LINEAFTER", (0, 0), (-2, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 10)]  # fmt: skip
    table = Table([["甲", "乙", "丙"], ["1", "2", "3"]], colWidths=100, style=style)
    assert read_pdf(bound(table)).text == "甲\t乙\t丙\n1\t2\t3"


def broken_table(upper: Sequence[Sequence[str]], lower: Sequence[Sequence[str]]) -> Reading:
    press = Press()
    for rows in (upper, lower):
        table = Table(rows, colWidths=[40, 160, 160], style=ruling())
        _, height = table.wrapOn(press.canvas, 400, 400)
        table.drawOn(press.canvas, LEFT, 700 - height)
        press.next_page()
    return press.read()


HEAD = ["序号", "条件", "标准"]


def test_a_table_goes_on_on_the_next_page() -> None:
    reading = broken_table([HEAD, ["1", "甲", "800元"]], [HEAD, ["2", "乙", "900元"]])
    assert paragraphs(reading) == [
        "序号\t条件\t标准\n1\t甲\t800元", "序号\t条件\t标准\n2\t乙\t900元"
    ]  # fmt: skip
    assert page_of(reading, "900元") == 2


@pytest.mark.parametrize("repeated", [[], [HEAD]])
def test_a_row_cut_by_a_page_break_is_put_together(repeated: list[list[str]]) -> None:
    reading = broken_table(
        [HEAD, ["1", "甲", "800元"], ["2", "具备下列条件之", "每人"]],
        [*repeated, ["", "一的人员", "900元"], ["3", "丙", "700元"]],
    )
    assert "2\t具备下列条件之一的人员\t每人900元" in reading.text.split("\n")
    assert "3\t丙\t700元" in reading.text.split("\n")
    assert page_of(reading, "3\t丙") == 2
    assert page_of(reading, "2\t具备") == 1


def test_a_blank_first_cell_of_a_merged_column_is_a_row_of_its_own() -> None:
    reading = broken_table(
        [HEAD, ["一", "甲", "800元"], ["", "乙", "900元"], ["二", "丙", "700元"]],
        [["", "丁", "600元"], ["三", "戊", "500元"]],
    )
    assert "\t丁\t600元" in reading.text
    assert "二\t丙\t700元" in reading.text.split("\n")


def test_a_row_that_breaks_off_in_mid_sentence_goes_on() -> None:
    reading = broken_table(
        [["项目", "条件", "标准"], ["培训", "在职人员、", "800元"]],
        [["", "退休人员", ""], ["鉴定", "丙", "700元"]],
    )
    assert "培训\t在职人员、退休人员\t800元" in reading.text.split("\n")


# --- pages of all kinds ---------------------------------------------------------------------


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_that_runs_sideways_is_turned(angle: int) -> None:
    press = Press()
    press.canvas.translate(A4[0] / 2, A4[1] / 2)
    press.canvas.rotate(angle)
    press.put("第一行", -100, 50)
    press.put("第二行", -100, 20)
    assert press.read().text == "第一行\n\n第二行"


def test_text_in_a_form_is_read_where_it_is_shown() -> None:
    press = Press()
    press.canvas.beginForm("stamp")
    press.canvas.setFont(FONT, SIZE)
    press.canvas.drawString(0, 0, "附注")
    press.canvas.endForm()
    press.put("上行", LEFT, 700)
    press.put("下行", LEFT, 500)
    press.canvas.translate(LEFT, 600)
    press.canvas.doForm("stamp")
    assert press.read().text == "上行\n\n附注\n\n下行"


def test_operators_that_are_wrong_are_passed_over() -> None:
    press = Press()
    press.line("上文。")
    press.canvas._code += ["BT 1 Td (x) TJ /None 12 Tf ET", "1 2 l 3 re S Q Q", "/Missing Do"]
    press.line("下文。", 2)
    assert press.read().text == "上文。\n\n下文。"


GLYPHS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5).filter(
    lambda sign: len(sign.encode("gb2312", "ignore")) == 2
)
PAGES = st.lists(
    st.lists(
        st.one_of(st.text(GLYPHS, min_size=1, max_size=30), st.sampled_from(["附件1", "— 3 —", "目 录", "一、总则", "12", "a b"])),
        max_size=12,
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(PAGES, st.data())
@settings(max_examples=60, deadline=None)
def test_every_character_comes_back_exactly_once(
    pages: list[list[str]], data: st.DataObject
) -> None:
    press = Press()
    for lines in pages:
        press.y = data.draw(st.sampled_from([800, 740, 300]))
        for line in lines:
            press.line(line, data.draw(st.sampled_from([0, 2, 10])))
        press.next_page()
    set_signs = Counter("".join("".join(lines) for lines in pages).replace(" ", ""))
    if not set_signs:
        return
    reading = press.read()
    read_signs = Counter("".join(reading.text.split()))
    assert read_signs == Counter(unicodedata.normalize("NFKC", "".join(set_signs.elements())))
    starts = [page.start for page in reading.pages]
    assert len(starts) == len(pages)
    assert starts == sorted(starts)
    for item in reading.furniture:
        assert "\n" not in item.span.of(reading.text)

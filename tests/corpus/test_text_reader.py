"""Plain text in the encodings that Chinese files come in."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers import read_file
from corpus.readers.reading import ReadingError
from corpus.readers.text import read_lines, read_text

TEXT = "云南省人民政府\n\n各州、市人民政府:①㈠𠀀\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        codecs.BOM_UTF8 + TEXT.encode("utf-8"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-le", "utf-16-be", "gb18030"],
)
def test_the_encoding_is_found_and_no_mark_is_left(content: bytes) -> None:
    reading = read_text(content)
    assert reading.text == TEXT
    assert (reading.pages, reading.furniture, reading.doubts) == ((), (), ())


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_utf8_is_never_taken_for_gb18030(text: str) -> None:
    assert read_text(text.encode("utf-8")).text == text


def test_lines_end_as_well_in_files_from_windows() -> None:
    text = read_text("一、总体要求\r\n\r\n序号\t职业\t\r\n".encode("gb18030")).text
    lines = read_lines(text)
    assert [line.text for line in lines] == ["一、总体要求", "序号\t职业"]
    assert [line.span.of(text) for line in lines] == [line.text for line in lines]
    assert lines[1].after_gap
    assert lines[1].is_table_row


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xff\xff",
        codecs.BOM_UTF16_LE + b"\x00\xd8",
        "没有标记".encode("utf-16-le"),
        "中文 abc".encode("utf-32"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(ReadingError, match="不是 UTF-8 或 GB18030"):
        read_text(content)


@pytest.mark.parametrize("content", [b"", b" \r\n\t", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(ReadingError, match="文件是空的"):
        read_text(content)


def test_the_name_tells_the_format_in_any_case() -> None:
    assert read_file("通知.TXT", b"a").text == "a"
    with pytest.raises(ReadingError, match="不认识这种格式") as refused:
        read_file("通知.wps", b"a")
    assert "docx、md、pdf、txt" in str(refused.value)

"""Files that do harm: the process that reads them ends, with a reason, and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from corpus.readers import read_file
from corpus.readers.docx import read_docx
from corpus.readers.limits import DEFAULT_LIMITS, MEGABYTE, ReadingLimits
from corpus.readers.pdf import read_pdf
from corpus.readers.pdf_fonts import plain
from corpus.readers.reading import Reading, ReadingError
from corpus.readers.word_numbering import spelt
from tests.fuzz import hostile_files
from tests.fuzz.hostile_files import notice_as_docx, notice_as_pdf


@pytest.mark.parametrize(
    ("ending", "content", "read"),
    [(".pdf", notice_as_pdf(2), read_pdf), (".docx", notice_as_docx(), read_docx)],
    ids=["pdf", "docx"],
)
def test_a_good_file_reads_the_same_in_a_process_of_its_own(
    ending: str, content: bytes, read: Callable[[bytes], Reading]
) -> None:
    assert read_file("通知" + ending, content) == read(content)


def test_what_takes_too_long_is_stopped() -> None:
    limits = replace(DEFAULT_LIMITS, cpu_seconds=1)
    with pytest.raises(ReadingError, match=r"处理器时间超过了 1 秒.*拆分"):
        read_file("x.pdf", hostile_files.forms_in_forms(), limits)


def test_a_process_that_waits_is_stopped_by_the_clock() -> None:
    limits = replace(DEFAULT_LIMITS, wall_seconds=1)
    with pytest.raises(ReadingError, match="超过了 1 秒"):
        read_file("x.pdf", hostile_files.forms_in_forms(), limits)


def test_what_takes_too_much_memory_is_stopped() -> None:
    limits = replace(DEFAULT_LIMITS, memory_bytes=128 * MEGABYTE, compression_ratio=10_000)
    with pytest.raises(ReadingError, match=r"内存超过了 128 MB|崩溃|损坏"):
        read_file("x.docx", hostile_files.packed_beyond_measure(), limits)


def test_a_file_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PYTHONSTARTUP", "/nonexistent")
    monkeypatch.setitem(os.environ, "LD_PRELOAD", "/nonexistent.so")
    assert "Notice" in read_file("x.pdf", notice_as_pdf()).text


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (hostile_files.million_pages, "嵌套|页的上限"),
        (hostile_files.endless_page_tree, "损坏"),
        (hostile_files.nested_objects, "嵌套"),
        (hostile_files.object_stream_in_itself, "损坏"),
        (hostile_files.locked_pdf, "密码"),
        (lambda: notice_as_pdf()[:500], "损坏"),
    ],
)
def test_a_harmful_pdf_is_refused(make: Callable[[], bytes], message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_pdf(make())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (hostile_files.packed_beyond_measure, "压缩率"),
        (hostile_files.billion_laughs, "实体"),
        (hostile_files.external_entity, "实体"),
        (hostile_files.deep_tables, "嵌套"),
        (hostile_files.deep_controls, "没有文字"),
        (hostile_files.endless_columns, "没有文字"),
        (lambda: notice_as_docx()[:5000], "损坏"),
    ],
)
def test_a_harmful_word_file_is_refused(make: Callable[[], bytes], message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_docx(make())


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (replace(DEFAULT_LIMITS, pages=1), "有 2 页,超过了 1 页"),
        (replace(DEFAULT_LIMITS, characters=20), "超过了 20 字"),
    ],
)
def test_limits_of_a_pdf_are_settings(limits: ReadingLimits, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_pdf(notice_as_pdf(2), limits)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (replace(DEFAULT_LIMITS, entries=3), "超过了 3 个"),
        (replace(DEFAULT_LIMITS, unzipped_bytes=1000), "解压后超过"),
        (replace(DEFAULT_LIMITS, nesting=2), "超过了 2 层"),
    ],
)
def test_limits_of_a_word_file_are_settings(limits: ReadingLimits, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_docx(notice_as_docx(), limits)


def test_no_file_of_any_kind_may_be_larger_than_the_limit() -> None:
    with pytest.raises(ReadingError, match="超过了 0 MB"):
        read_file("x.txt", b"text", replace(DEFAULT_LIMITS, file_bytes=3))
    with pytest.raises(ReadingError, match="超过了 3 字"):
        read_file("x.txt", b"text", replace(DEFAULT_LIMITS, characters=3))


def test_half_a_character_becomes_one_that_can_be_stored() -> None:
    assert plain("甲\ud800乙\udfff") == "甲\ufffd乙\ufffd"


@pytest.mark.parametrize("form", ["upperRoman", "lowerLetter", "chineseCounting"])
def test_numbers_beyond_those_of_word_stay_figures(form: str) -> None:
    assert spelt(form, 10**12) == str(10**12)
    assert spelt(form, -3) == "-3"

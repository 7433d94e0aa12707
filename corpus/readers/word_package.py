"""Whether a Word file is one that a word processor would write, before it is unfolded.

What is checked are the ways in which a small zip of XML becomes large: entries that are huge,
very many or packed beyond measure, entities (which Office Open XML forbids, ECMA-376 part 2, 8.3.2)
and elements inside elements.
"""

from __future__ import annotations

import io
import zipfile
from typing import IO

from lxml import etree

from corpus.readers.limits import MEGABYTE, ReadingLimits
from corpus.readers.reading import ReadingError

_SMALL = 10 * MEGABYTE  # an entry that unfolds to less may be packed as tightly as it likes
_XML_BEGINS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_AS_WORD_WRITES = "请用 Word 打开后另存一份再试。"


def check_package(content: bytes, limits: ReadingLimits) -> None:
    """Refuse what no word processor writes.

    Raises:
        ReadingError: an entry or all of them are beyond the limits, or the XML declares entities.
        zipfile.BadZipFile, etree.LxmlError: it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        _check_sizes(entries, limits)
        for entry in entries:
            with package.open(entry) as part:
                head = part.read(64).lstrip()
            if head.startswith(_XML_BEGINS):
                with package.open(entry) as part:
                    _check_xml(part, limits)


def _check_sizes(entries: list[zipfile.ZipInfo], limits: ReadingLimits) -> None:
    if len(entries) > limits.entries:
        raise ReadingError(
            f"文件内有 {len(entries)} 个部分,超过了 {limits.entries} 个的上限。{_AS_WORD_WRITES}"
        )
    # No entry gives more bytes than it declares: zipfile stops there.
    if sum(entry.file_size for entry in entries) > limits.unzipped_bytes:
        raise ReadingError(
            f"文件解压后超过了 {limits.unzipped_bytes // MEGABYTE} MB。"
            "请压缩其中的图片或拆分后再试。"
        )
    for entry in entries:
        most = max(_SMALL, entry.compress_size * limits.compression_ratio)
        if entry.file_size > most:
            raise ReadingError(
                f"文件的压缩率异常(解压后大了 {limits.compression_ratio} 倍以上)。{_AS_WORD_WRITES}"
            )


def _check_xml(part: IO[bytes], limits: ReadingLimits) -> None:
    depth = 0
    steps = etree.iterparse(part, events=("start", "end"), resolve_entities=False, huge_tree=False)
    for event, element in steps:
        if event == "end":
            depth -= 1
            element.clear()
            continue
        if depth == 0 and element.getroottree().docinfo.doctype:
            raise ReadingError(f"文件中有 Word 不会写入的实体声明。{_AS_WORD_WRITES}")
        depth += 1
        if depth > limits.nesting:
            raise ReadingError(f"文件内部嵌套超过了 {limits.nesting} 层。{_AS_WORD_WRITES}")

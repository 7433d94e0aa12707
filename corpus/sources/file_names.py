"""Names of sources: each one plain file name, so that no name leads out of its folder."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

LONGEST_NAME = 120
"""Characters; Chinese ones take three of the 255 bytes that file systems allow."""

_LONGEST_IN_BYTES = 240
# Controls, bidirectional and other format marks, surrogates: a terminal or a list would be fooled.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def fault_of(name: str) -> str | None:
    """What is wrong (Chinese) with a source's file name, None if nothing is.

    Wrong are separators of any system, drives, names that begin with a dot, controls and format
    marks, and what no file system takes.
    """
    if not name.strip() or name != name.strip():
        return "文件名不能为空,首尾不能有空格"
    if (
        name.startswith(".")
        or PurePosixPath(name).name != name
        or PureWindowsPath(name).name != name
    ):
        return "文件名不能含有路径,也不能以点开头"
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        return "文件名含有不可见的字符"
    if len(name) > LONGEST_NAME or len(name.encode()) > _LONGEST_IN_BYTES:
        return f"文件名太长(最多 {LONGEST_NAME} 字,汉字 {_LONGEST_IN_BYTES // 3} 个)"
    return None

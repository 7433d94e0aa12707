"""Uploads: a plain file name, a known ending, a size that is counted while the bytes arrive."""

from __future__ import annotations

from collections.abc import AsyncIterable
from pathlib import Path, PurePath

import anyio

from corpus.readers import ENDINGS
from corpus.sources.file_names import fault_of
from indexer.errors import DianceError, IngestError


class UploadTooLargeError(DianceError):
    """More bytes arrive than are allowed."""


class UploadNotKeptError(DianceError):
    """The upload can't be written."""


def require_file_name(name: str) -> str:
    """``name``, if it can be that of an added document.

    Raises:
        IngestError: it leads elsewhere, can't be a file's name, or has an unknown ending.
    """
    if fault := fault_of(name):
        raise IngestError(f"{fault}。请改名后再试。")
    if PurePath(name).suffix.lower() not in ENDINGS:
        known = "、".join(sorted(ending.lstrip(".") for ending in ENDINGS))
        raise IngestError(f"不认识这种格式。文件名请以 {known} 之一结尾。")
    return name


async def keep_upload(chunks: AsyncIterable[bytes], file: Path, largest: int) -> None:
    """Write what arrives to ``file``, at most ``largest`` bytes.

    Raises:
        UploadTooLargeError: there is more; nothing further is read.
        UploadNotKeptError: the file can't be written.
    """
    size = 0
    try:
        async with await anyio.open_file(file, "xb") as kept:
            async for chunk in chunks:
                size += len(chunk)
                if size > largest:
                    raise UploadTooLargeError(
                        f"文件超过 {largest // 1024 // 1024} MB。请拆分后再试。"
                    )
                await kept.write(chunk)
    except OSError as error:
        raise UploadNotKeptError(f"文件没有保存下来({error.strerror or error})。") from None

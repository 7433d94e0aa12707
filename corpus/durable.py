"""Writing files so that neither a kill nor a power failure leaves half of one.

POSIX promises no order between what a program writes and what reaches the disk; only ``fsync`` of
a file and of the folder that names it does (Pillai et al., "All File Systems Are Not Created
Equal", OSDI 2014).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``path`` in one step when the block ends.

    At any moment ``path`` has its old or its new content, whole.

    Raises:
        OSError: it can't be written; ``path`` is as before.
    """
    partial = partial_of(path)
    try:
        with partial.open("wb") as file:
            yield file
        sync(partial)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Give ``path`` this content, as :func:`replacing` does."""
    with replacing(path) as file:
        file.write(content)


def partial_of(path: Path) -> Path:
    """Where ``path`` is written before it takes its place; one a path, so that none pile up."""
    return path.with_name(f".{path.name}.partial")


def sync_all(folder: Path) -> None:
    """Bring a folder and everything below it to the disk.

    Raises:
        OSError: the disk refuses something that was written before.
    """
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk.

    Raises:
        OSError: the disk refuses what was written.
    """
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

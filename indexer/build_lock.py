"""One at a time may change the index or the documents that were added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from indexer.errors import BuildError
from indexer.settings import IndexSettings


@contextmanager
def only_one_changes(settings: IndexSettings, say: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock of the index; true if somebody else had it before, who may have changed all.

    It goes when the process ends, however it does. Who holds it may take it again in the same
    thread.

    Raises:
        BuildError: another process has it for longer than ``settings.build_wait`` seconds.
        OSError: the data folder can't be written.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data_folder / "index.lock", is_singleton=True)
    waited = False
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waited = True
        _wait(lock, settings.build_wait, say)
    try:
        yield waited
    finally:
        lock.release()


def _wait(lock: FileLock, seconds: float, say: Callable[[str], None]) -> None:
    if seconds:
        say(f"另一个进程正在建立索引或增减文件,等待它结束(最多 {seconds:.0f} 秒)")
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        raise BuildError(
            f"另一个进程正在建立索引或增减文件(锁文件 {lock.lock_file})。"
            "请等它结束后再试;用 DIANCE_BUILD_WAIT 可以设置等待的秒数。"
            "正在使用的索引没有受到影响。"
        ) from None

"""Files in formats that can hide anything are read by a process of its own.

PDF and Word files are programs in all but name: small ones unfold without end, nest without end,
or crash the libraries that read them. The process that reads one has limits (setrlimit(2)), none of
our environment, and may write no file. Whatever becomes of it, the caller gets a reading or a
reason.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

import corpus
from corpus.readers.limits import MEGABYTE, ReadingLimits
from corpus.readers.reading import TOO_BIG_FOR_MEMORY, Reading, ReadingError

_ROOT = Path(corpus.__file__).resolve().parent.parent
_OUTCOME: TypeAdapter[Reading | str] = TypeAdapter(Reading | str)
_MOST_OPEN_FILES = 64
_SPLIT = "请用原来的软件打开后另存一份,或拆分成几份再试。"


def read_confined(ending: str, content: bytes, limits: ReadingLimits) -> Reading:
    """Read ``content`` in a process that has ``limits``; ``ending`` (``.pdf``) tells the format.

    Raises:
        ReadingError: the file can't be read, or reading it takes more than it may.
    """
    command = [sys.executable, "-P", "-m", "corpus.readers", ending, json.dumps(asdict(limits))]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])},
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(content, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            raise ReadingError(
                f"读取文件超过了 {limits.wall_seconds} 秒,已停止。{_SPLIT}"
            ) from None
        finally:
            process.kill()
    if process.returncode != 0:
        raise ReadingError(_reason(process.returncode, limits))
    try:
        outcome = _OUTCOME.validate_json(said)
    except ValidationError:
        raise ReadingError(f"读取文件时出了意外,没有结果。{_SPLIT}") from None
    if isinstance(outcome, str):
        raise ReadingError(outcome)
    return outcome


def _reason(returncode: int, limits: ReadingLimits) -> str:
    """Why a process ended without saying anything itself."""
    if returncode == -signal.SIGXCPU:
        return f"读取文件用去的处理器时间超过了 {limits.cpu_seconds} 秒,已停止。{_SPLIT}"
    if returncode == -signal.SIGKILL:  # by the system, which does so when memory runs out
        return TOO_BIG_FOR_MEMORY.format(limits.memory_bytes // MEGABYTE)
    return f"读取文件的程序中途崩溃(代码 {returncode}),文件可能已损坏。{_SPLIT}"


def confine_this_process(limits: ReadingLimits) -> None:
    """Put the limits on the running process for good.

    The alarm ends it also when nobody is left to wait for it.
    """
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    signal.alarm(limits.wall_seconds + 1)

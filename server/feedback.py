"""Whether an answer helped, as visitors say: one JSON Lines record each, if a file is set.

A record has what was asked and said, the index that answered, and the time; nothing of who said
it. Its text is written to that file alone, never to a log.
"""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StringConstraints

from indexer.errors import DianceError
from indexer.query import LONGEST_QUERY
from server.client_limit import ClientLimit
from server.refusals import TooManyRequestsError

LONGEST_COMMENT = 1000


class FeedbackNotKeptError(DianceError):
    """The file can't be written; nothing of the record is in it."""


def _with_plain_line_ends(text: object) -> object:
    """Forms send CRLF for what the visitor sees, and the field counts, as one character."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


class FeedbackIn(BaseModel):
    """What a visitor says of the answer to ``question``."""

    question: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=LONGEST_QUERY, pattern=r"\S"
        ),
    ]
    helpful: StrictBool
    comment: Annotated[
        str,
        BeforeValidator(_with_plain_line_ends),
        StringConstraints(strip_whitespace=True, max_length=LONGEST_COMMENT),
    ] = Field(default="", description="想补充的话,可不填")


class FeedbackBox:
    """Keeps feedback in ``file``; takes ``per_minute`` records a minute from one client."""

    def __init__(self, file: Path, per_minute: int) -> None:
        self._file = file
        self._limit = ClientLimit(per_minute)

    def put(self, feedback: FeedbackIn, index: str, client: str) -> None:
        """Append a record; ``index`` is the fingerprint of the index that answered.

        Raises:
            TooManyRequestsError: this client has sent enough for now.
            FeedbackNotKeptError: the file can't be written.
        """
        share = self._limit.take(client)
        if not share.granted:
            raise TooManyRequestsError(share.seconds, sent="提交")
        record = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "index": index,
            **feedback.model_dump(),
        }
        line = json.dumps(record, ensure_ascii=False) + "\n"
        try:
            _append(self._file, line.encode())
        except OSError as error:
            raise FeedbackNotKeptError(f"意见没有保存下来({error.strerror}),请稍后再试。") from None


def _append(file: Path, line: bytes) -> None:
    """Append a whole line or nothing; the lock holds for other processes, too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        length = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(None, "磁盘空间不足")
        except OSError:
            os.ftruncate(descriptor, length)
            raise
    finally:
        os.close(descriptor)  # gives the lock back

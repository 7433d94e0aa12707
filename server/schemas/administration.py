"""The JSON of the administration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from server.security.jobs import JobKind, JobRecord, JobState


class JobOut(BaseModel):
    """One job; ``result`` is what the command prints with ``--json``."""

    id: str
    kind: JobKind
    subject: str = Field(description="文件名;重建索引时为空")
    state: JobState
    created: datetime
    finished: datetime | None
    result: dict[str, Any] | None
    error: str | None

    @classmethod
    def of(cls, record: JobRecord) -> JobOut:
        """The JSON of a job."""
        return cls.model_validate(record.model_dump(exclude={"server"}))


class JobsOut(BaseModel):
    """The last jobs, the newest first."""

    jobs: list[JobOut]


class AddedFileOut(BaseModel):
    """A document that was added."""

    file: str
    title: str


class StateOut(BaseModel):
    """The index in use (null where none is open), what was added, jobs that aren't done."""

    index: str | None
    added: list[AddedFileOut]
    unfinished: list[JobOut]


class FeedbackRecordOut(BaseModel):
    """What one visitor said of an answer."""

    time: datetime
    index: str
    question: str
    helpful: bool
    comment: str


class FeedbackOut(BaseModel):
    """The last records, the newest first; ``unreadable`` of the lines read are no records."""

    records: list[FeedbackRecordOut]
    unreadable: int

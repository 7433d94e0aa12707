"""What an administrator sets going: one command of ``diance`` at a time, in its own process.

A job is a JSON file in ``jobs/`` of the data folder, so that every process of the server knows it.
Whatever a hostile document does to the process that reads it, the server goes on.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel, Field, ValidationError

from indexer.errors import NotFoundError
from indexer.settings import IndexSettings
from server.refusals import TooManyRequestsError

JOB_ID = r"^[0-9a-f]{16}$"
"""The form of a job's id, which is a file name, too."""

_DIANCE = (sys.executable, "-m", "server.commands.main")
_MOST_UNFINISHED = 4
_MOST_KEPT = 50
_LONGEST = 3600  # seconds
_RETRY_AFTER = 60  # seconds


class JobKind(StrEnum):
    """What is done."""

    INGEST = "ingest"
    REMOVE = "remove"
    BUILD = "build"


class JobState(StrEnum):
    """How far a job is; ``interrupted`` if the server that ran it is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


_UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class JobRecord(BaseModel):
    """One job; ``server`` is the process that runs it."""

    id: str = Field(pattern=JOB_ID)
    kind: JobKind
    subject: str = Field(description="文件名;重建索引时为空")
    state: JobState = JobState.QUEUED
    created: datetime
    finished: datetime | None = None
    result: dict[str, Any] | None = Field(default=None, description="与命令的 --json 相同")
    error: str | None = None
    server: int

    def as_it_is(self) -> JobRecord:
        """The record, with what became of it if nobody could write that down."""
        if self.state in _UNFINISHED and not _runs(self.server):
            return self.model_copy(update={"state": JobState.INTERRUPTED})
        return self


class JobQueue:
    """Runs jobs on the collection of ``settings``; ``command`` is how ``diance`` is started."""

    def __init__(self, settings: IndexSettings, command: Sequence[str] = _DIANCE) -> None:
        self._folder = settings.data_folder / "jobs"
        self._command = tuple(command)
        given = settings.model_dump(
            mode="json", include=set(IndexSettings.model_fields), exclude_none=True
        )
        self._environment = {f"DIANCE_{name.upper()}": str(value) for name, value in given.items()}

    def new_id(self) -> str:
        """An id that no job has."""
        return secrets.token_hex(8)

    def upload_folder(self, job_id: str) -> Path:
        """Made anew: where the upload of a job lies until the job is done."""
        folder = self._folder / f"{job_id}.upload"
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def discard_upload(self, job_id: str) -> None:
        """Take away the upload of a job that won't run or has run."""
        shutil.rmtree(self._folder / f"{job_id}.upload", ignore_errors=True)

    def ingest(self, job_id: str, file: Path, title: str | None) -> JobRecord:
        """Add an uploaded file to the collection, see :func:`start` for errors."""
        titled = [f"--title={title}"] if title else []
        return self._start(job_id, JobKind.INGEST, file.name, [*titled, "--", str(file)])

    def remove(self, name: str) -> JobRecord:
        """Take an added file away."""
        return self._start(self.new_id(), JobKind.REMOVE, name, ["--", name])

    def rebuild(self) -> JobRecord:
        """Build the index, whether or not its inputs have changed."""
        return self._start(self.new_id(), JobKind.BUILD, "", ["--force"])

    def listed(self) -> list[JobRecord]:
        """The last jobs, the newest first."""
        found = [record for path in self._folder.glob("*.json") if (record := _read(path))]
        return sorted(found, key=lambda record: (record.created, record.id), reverse=True)

    def find(self, job_id: str) -> JobRecord:
        """One job.

        Raises:
            NotFoundError: there is none of that id.
        """
        record = _read(self._folder / f"{job_id}.json")
        if record is None:
            raise NotFoundError(f"没有任务 {job_id}。")
        return record

    def _start(
        self, job_id: str, kind: JobKind, subject: str, arguments: Sequence[str]
    ) -> JobRecord:
        jobs = self.listed()
        if sum(job.state in _UNFINISHED for job in jobs) >= _MOST_UNFINISHED:
            raise TooManyRequestsError(_RETRY_AFTER)
        for old in jobs[_MOST_KEPT - 1 :]:
            (self._folder / f"{old.id}.json").unlink(missing_ok=True)
        record = JobRecord(
            id=job_id, kind=kind, subject=subject, created=datetime.now(UTC), server=os.getpid()
        )
        self._write(record)
        threading.Thread(target=self._run, args=(record, arguments), daemon=True).start()
        return record

    def _run(self, record: JobRecord, arguments: Sequence[str]) -> None:
        with FileLock(self._folder / "running.lock"):
            self._write(record.model_copy(update={"state": JobState.RUNNING}))
            try:
                outcome = self._outcome([*self._command, record.kind, "--json", *arguments])
            finally:
                self.discard_upload(record.id)
            self._write(record.model_copy(update=outcome | {"finished": datetime.now(UTC)}))

    def _outcome(self, command: Sequence[str]) -> dict[str, object]:
        """What to note of a finished process."""
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired:
            return {"state": JobState.FAILED, "error": f"超过 {_LONGEST} 秒,已中止。"}
        except OSError as error:
            return {"state": JobState.FAILED, "error": f"无法启动({error.strerror})。"}
        if done.returncode == 0:
            try:
                return {"state": JobState.SUCCEEDED, "result": json.loads(done.stdout)}
            except ValueError:
                return {"state": JobState.FAILED, "error": "进程没有说明结果。"}
        said = [line for line in done.stderr.splitlines() if line.startswith("错误:")]
        why = said[-1].removeprefix("错误:") if said else f"进程中止({done.returncode})。"
        return {"state": JobState.FAILED, "error": why}

    def _write(self, record: JobRecord) -> None:
        """Replace a record in one step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f".{record.id}.{os.getpid()}"
        partial.write_text(record.model_dump_json(), encoding="utf-8")
        os.replace(partial, self._folder / f"{record.id}.json")


def _read(path: Path) -> JobRecord | None:
    try:
        return JobRecord.model_validate_json(path.read_text(encoding="utf-8")).as_it_is()
    except (OSError, ValidationError):
        return None


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""What an administrator may do, ``/api/v1/admin``; there only if a token is set."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError

from corpus.sources import MANIFEST, SourceError, read_manifest
from corpus.sources.file_names import LONGEST_NAME
from indexer.errors import BuildError, DianceError, NotFoundError
from server.routes.dependencies import ClientOf
from server.routes.problem_responses import problem_responses
from server.schemas.administration import (
    AddedFileOut,
    FeedbackOut,
    FeedbackRecordOut,
    JobOut,
    JobsOut,
    StateOut,
)
from server.schemas.search import ProblemOut
from server.security.admin_token import AdminDoor
from server.security.jobs import JOB_ID, JobQueue, JobState
from server.security.uploads import keep_upload, require_file_name
from server.settings import ServerSettings

_bearer = HTTPBearer(auto_error=False, description="diance token 生成的令牌")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def require_admin(request: Request, client: ClientOf, credentials: Credentials) -> None:
    """Let only the administrator on.

    Raises:
        NotFoundError: no token is set.
        UnauthorizedError: the token is missing or wrong.
        TooManyRequestsError: this address failed too often.
    """
    door: AdminDoor | None = request.app.state.admin_door
    if door is None:
        raise NotFoundError("没有这个地址。")
    door.let_in(credentials.credentials if credentials else None, client)


def require_admin_for_metrics(request: Request, client: ClientOf, credentials: Credentials) -> None:
    """As :func:`require_admin` where ``DIANCE_METRICS_PROTECTED`` says so, else let anybody on."""
    settings: ServerSettings = request.app.state.settings
    if settings.metrics_protected:
        require_admin(request, client, credentials)


def job_queue(request: Request) -> JobQueue:
    """The jobs of the server's collection."""
    queue: JobQueue = request.app.state.jobs
    return queue


def server_settings(request: Request) -> ServerSettings:
    """The settings that the server was started with."""
    settings: ServerSettings = request.app.state.settings
    return settings


JobsOf = Annotated[JobQueue, Depends(job_queue)]
SettingsOf = Annotated[ServerSettings, Depends(server_settings)]
FileName = Annotated[
    str,
    Query(min_length=1, max_length=LONGEST_NAME, description="文件名,以 txt、md、pdf、docx 结尾"),
]

_PROBLEMS = problem_responses(
    (401, "没有令牌或令牌不对"),
    (404, "没有找到"),
    (422, "参数有误"),
    (429, "失败次数或排队的任务太多,见 Retry-After"),
)
_UPLOAD = {
    "requestBody": {
        "description": "文件本身",
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

_PREFIX = "/api/v1/admin"
UPLOADS = f"{_PREFIX}/documents"
"""Where documents are sent to: larger than any other request."""

router = APIRouter(
    prefix=_PREFIX,
    tags=["admin"],
    dependencies=[Depends(require_admin)],
    responses=_PROBLEMS,
)


@router.post(
    "/documents",
    summary="添加文件",
    status_code=202,
    openapi_extra=_UPLOAD,
    responses={413: {"model": ProblemOut, "description": "文件太大"}},
)
async def add_document(
    request: Request,
    jobs: JobsOf,
    settings: SettingsOf,
    file: FileName,
    title: Annotated[str | None, Query(max_length=200, description="来源名称")] = None,
) -> JobOut:
    """Add a document: the body is the file. What is in it is found by a job of its own."""
    name, job_id = require_file_name(file), jobs.new_id()
    upload = jobs.upload_folder(job_id) / name
    try:
        await keep_upload(request.stream(), upload, settings.admin_largest_upload * 1024 * 1024)
        return JobOut.of(await run_in_threadpool(jobs.ingest, job_id, upload, title))
    except BaseException:
        jobs.discard_upload(job_id)
        raise


@router.delete("/documents/{file}", summary="移去添加的文件", status_code=202)
def remove_document(
    jobs: JobsOf, settings: SettingsOf, file: Annotated[str, InPath(max_length=LONGEST_NAME)]
) -> JobOut:
    """Take away a document that was added."""
    if require_file_name(file) not in {added.file for added in _added(settings.added_folder)}:
        raise NotFoundError(f"没有添加过名为 {file} 的文件。")
    return JobOut.of(jobs.remove(file))


@router.post("/rebuild", summary="重建索引", status_code=202)
def rebuild(jobs: JobsOf) -> JobOut:
    """Build the index again from the same sources."""
    return JobOut.of(jobs.rebuild())


@router.get("/jobs", summary="最近的任务")
def list_jobs(jobs: JobsOf) -> JobsOut:
    """The last jobs, the newest first."""
    return JobsOut(jobs=[JobOut.of(record) for record in jobs.listed()])


@router.get("/jobs/{job_id}", summary="一个任务")
def show_job(jobs: JobsOf, job_id: Annotated[str, InPath(pattern=JOB_ID)]) -> JobOut:
    """How far a job is, and what it found."""
    return JobOut.of(jobs.find(job_id))


@router.get("/state", summary="索引和添加的文件")
def show_state(request: Request, jobs: JobsOf, settings: SettingsOf) -> StateOut:
    """The index in use, the documents that were added, the jobs that aren't done."""
    try:
        index = request.state.holding.knowledge_base().index.build.name
    except DianceError:
        index = None
    return StateOut(
        index=index,
        added=_added(settings.added_folder),
        unfinished=[
            JobOut.of(record)
            for record in jobs.listed()
            if record.state in (JobState.QUEUED, JobState.RUNNING)
        ],
    )


@router.get("/feedback", summary="读者的评价")
def read_feedback(
    settings: SettingsOf, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> FeedbackOut:
    """What visitors said of answers, the newest first."""
    if settings.feedback is None:
        raise NotFoundError("这里没有开启评价。")
    records, unreadable = [], 0
    for line in reversed(_last_lines(settings.feedback, limit)):
        try:
            records.append(FeedbackRecordOut.model_validate_json(line))
        except ValidationError:
            unreadable += 1
    return FeedbackOut(records=records, unreadable=unreadable)


def _added(folder: Path) -> list[AddedFileOut]:
    if not (folder / MANIFEST).exists():
        return []
    try:
        return [AddedFileOut.model_validate(entry) for entry in read_manifest(folder)]
    except SourceError as error:
        raise BuildError(str(error)) from None


def _last_lines(file: Path, count: int) -> list[bytes]:
    try:
        with file.open("rb") as lines:
            return list(deque(lines, maxlen=count))
    except FileNotFoundError:  # nobody has said anything yet
        return []

"""Settings of the server, each an environment variable: ``DIANCE_HOST`` and so on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from indexer.generation.settings import GeneratorSettings
from indexer.settings import IndexSettings
from server.answering.wording_settings import WordingSettings
from server.security.admin_token import TOKEN_HASH


class LogForm(StrEnum):
    """How a line of the log is written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """What is logged: this and what is more serious."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ServerSettings(IndexSettings, GeneratorSettings, WordingSettings):
    """Where to listen, beside the settings of the index and of the language models.

    ``feedback`` (``DIANCE_FEEDBACK``) names a JSON Lines file, made if it is missing: under an
    answer visitors are then asked whether it helped, and each reply is appended as ``time``,
    ``index`` (fingerprint), ``question``, ``helpful`` and ``comment``. Without it nobody is asked.
    ``feedback_per_minute`` is how many replies one address may send.

    ``watch_interval`` is how many seconds pass between two looks at whether a new index was built,
    which then takes the place of the one that is served; 0 keeps the one of the start.

    Work is shared out by ``workers`` (processes; each has the whole index in memory). Each of them
    works on ``requests_at_once`` and lets ``requests_waiting`` wait for ``waiting_seconds``; beyond
    that it answers 503. ``requests_per_minute`` is for one client and one process, 0 for no limit;
    clients on the same machine have none. Probes and static files have no limits.

    A request is answered within ``request_seconds`` (504). Its body has at most ``largest_body``
    bytes (413) and arrives within ``body_seconds`` (408); a connection is closed that sends no
    whole header, or takes nothing of a response, for ``idle_seconds``.

    On SIGTERM ``/readyz`` says 503 for ``stop_notice_seconds`` while all else goes on, so that a
    load balancer can look elsewhere; then no connection is taken any more, and running requests
    have ``stop_seconds`` to end.

    ``log_form`` is for people (``console``) or programs (``json``). A request is one line without
    what was asked and by whom; ``log_questions`` adds query string and body, ``log_clients`` the
    address.

    ``admin_token_hash`` is what ``diance token`` prints; without it there is no administration.
    ``admin_failures_per_minute`` is how many wrong tokens one address may send,
    ``admin_largest_upload`` the size of a document in MB. With ``metrics_protected`` metrics want
    the token, too.

    ``behind_tls`` says that a proxy before the server speaks HTTPS: browsers are then told to keep
    to it.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    watch_interval: float = Field(default=2.0, ge=0, le=3600)
    feedback: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    feedback_per_minute: int = Field(default=6, ge=1)
    workers: int = Field(default=1, ge=1, le=64)
    requests_at_once: int = Field(default=8, ge=1)
    requests_waiting: int = Field(default=64, ge=0)
    waiting_seconds: float = Field(default=10, gt=0)
    requests_per_minute: int = Field(default=600, ge=0)
    request_seconds: float = Field(default=30, gt=0)
    largest_body: int = Field(default=64 * 1024, ge=16 * 1024)
    body_seconds: float = Field(default=10, gt=0)
    idle_seconds: float = Field(default=15, gt=0)
    stop_notice_seconds: float = Field(default=0, ge=0)
    stop_seconds: int = Field(default=30, ge=1)
    log_form: LogForm = LogForm.CONSOLE
    log_level: LogLevel = LogLevel.INFO
    log_questions: bool = False
    log_clients: bool = False
    admin_token_hash: Annotated[
        Annotated[str, Field(pattern=TOKEN_HASH)] | None,
        BeforeValidator(lambda given: given or None),
    ] = None
    admin_failures_per_minute: int = Field(default=10, ge=1)
    admin_largest_upload: int = Field(default=50, ge=1, le=200)
    metrics_protected: bool = False
    behind_tls: bool = False

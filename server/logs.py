"""Logs as data: what the service and its libraries report, one line each, JSON or for people."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from server.request_id import current_request_id
from server.settings import LogForm, LogLevel

_Event = MutableMapping[str, Any]


def configure_logs(form: LogForm, level: LogLevel) -> None:
    """Write the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _add_request_id,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Of libraries only what is wrong; of ourselves what the operator wants.
    root.setLevel(max(logging.WARNING, _number(level)))
    for ours in ("diance", "corpus", "indexer", "server"):
        logging.getLogger(ours).setLevel(_number(level))
    # What the application raised it has logged itself.
    logging.getLogger("uvicorn.error").addFilter(_is_of_the_server)


def _number(level: LogLevel) -> int:
    return logging.getLevelNamesMapping()[level.value.upper()]


def _renderers(form: LogForm) -> list[structlog.typing.Processor]:
    if form is LogForm.CONSOLE:
        # The renderer's own traceback shows local variables, questions among them.
        plain = structlog.dev.plain_traceback
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
        ]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _add_request_id(_logger: object, _method: str, event: _Event) -> _Event:
    request_id = current_request_id()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def _is_of_the_server(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Exception in ASGI application")

"""The id of the request that is being worked on, for its response, log and problem document."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"
# What proxies make: UUIDs, hexadecimal and base64 of any common length. Nothing that breaks a log.
_SANE = re.compile(r"[A-Za-z0-9_\-.:+/=]{8,128}", re.ASCII)

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """The id of the request being worked on, None outside of one."""
    return _current.get()


def begin_request(given: str | None) -> str:
    """The id of a new request: the one that was sent along if it is sane, else one of our own."""
    request_id = given if given and _SANE.fullmatch(given) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id

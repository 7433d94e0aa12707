"""What a request is for, in words that are few: the route's template, never what was typed."""

from __future__ import annotations

from starlette.types import Scope

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_STATIC = "/static/"
UNMATCHED = "(none)"
"""Requests for no route of ours, and those that were refused before one was looked for."""


def route_of(scope: Scope) -> str:
    """The template of the route that answered, such as ``/api/v1/documents/{document_id}``."""
    if scope["path"].startswith(_STATIC):
        return _STATIC
    return getattr(scope.get("route"), "path", None) or UNMATCHED


def method_of(scope: Scope) -> str:
    """The method; those that HTTP doesn't have are one."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def is_exempt(scope: Scope) -> bool:
    """Whether no limit holds: what an operator asks under load, and files that cost nothing."""
    path: str = scope["path"]
    return path in _PROBES or path.startswith(_STATIC)

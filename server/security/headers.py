"""Headers on every response that forbid a browser what our pages don't need.

After the OWASP Secure Headers Project and Content Security Policy Level 3 (W3C).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "Content-Security-Policy"


def _policy(**sources: str) -> str:
    directives = {name.replace("_", "-"): value for name, value in sources.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


PAGE_POLICY = _policy(
    default_src="'none'",
    script_src="'self'",
    style_src="'self'",
    img_src="'self'",
    connect_src="'self'",
    form_action="'self'",
    base_uri="'none'",
    frame_ancestors="'none'",
    require_trusted_types_for="'script'",
    trusted_types="'none'",
)
"""A page: its own files, its own API, no script that is written as text."""

API_PAGE_POLICY = _policy(
    default_src="'none'",
    script_src="'self'",
    style_src="'self'",
    img_src="'self' data:",  # Swagger UI's arrows and locks are data: addresses in its style sheet
    connect_src="'self'",
    form_action="'none'",
    base_uri="'none'",
    frame_ancestors="'none'",
)
"""The page with Swagger UI, which renders Markdown as HTML and so can't do with trusted types."""

DATA_POLICY = _policy(default_src="'none'", frame_ancestors="'none'")
"""What isn't a page and is opened as one all the same: it may do nothing."""

_EVERYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
_TLS_ONLY = "max-age=31536000"  # seconds; one year

# What people ask stands in addresses: no cache that others share may keep the answer.
_ANSWER_CACHE = "private, no-cache"
_STATIC_CACHE = "public, max-age=300"
_VERSIONED_CACHE = "public, max-age=31536000, immutable"
_NO_CACHE = "no-store"
_VERSIONED = re.compile(r"/static/vendor/[^/]+-\d")


class SecurityHeaders:
    """ASGI middleware; a header that the route has set itself stays.

    ``behind_tls`` says that visitors come by HTTPS, which browsers are then told to keep to (HSTS).
    """

    def __init__(self, app: ASGIApp, *, behind_tls: bool = False) -> None:
        self._app = app
        tls = {"Strict-Transport-Security": _TLS_ONLY} if behind_tls else {}
        self._everywhere = {**_EVERYWHERE, **tls}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the response starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._everywhere.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault(POLICY, PAGE_POLICY if is_page else DATA_POLICY)
                headers.setdefault("Cache-Control", _cache(scope, message["status"]))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _cache(scope: Scope, status: int) -> str:
    """How long a response may be kept: a file for a while, an answer not, an error never."""
    if status >= 400 or scope["method"] not in ("GET", "HEAD"):
        return _NO_CACHE
    path: str = scope["path"]
    if not path.startswith("/static/"):
        return _ANSWER_CACHE
    return _VERSIONED_CACHE if _VERSIONED.match(path) else _STATIC_CACHE


def install(app: FastAPI, *, behind_tls: bool) -> None:
    """Put the headers around everything else.

    A middleware that is added in the usual way lies within Starlette's handler of unexpected
    errors, whose response would go without them.
    """
    build = app.build_middleware_stack

    def build_with_headers() -> ASGIApp:
        return SecurityHeaders(build(), behind_tls=behind_tls)

    app.build_middleware_stack = build_with_headers  # type: ignore[method-assign]

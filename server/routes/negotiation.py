"""Content negotiation (RFC 9110, 12.5.1): one address, a page for people, data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from fastapi import Request

VARY = {"Vary": "Accept"}
"""What one address gives depends on what the client accepts; caches must know."""


class MediaType(StrEnum):
    """What a document or clause can be had as."""

    HTML = "text/html"
    JSON = "application/json"
    AKOMA_NTOSO = "application/akn+xml"  # Akoma Ntoso 3.0 (IANA)


def preferred(request: Request, *offered: MediaType) -> MediaType:
    """The one of ``offered`` that the client likes best; among equals the one that it names.

    Of those that are still equal the first is given. ``application/json, */*``, which programs
    send, thus means JSON, and ``*/*`` the first. The first also where the client names none of
    them: a page is better than nothing.
    """
    ranges = list(_ranges(",".join(request.headers.getlist("accept")) or "*/*"))
    return max(offered, key=lambda media_type: _liking(media_type, ranges))


def _liking(media_type: MediaType, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Quality and specificity of the most specific range that covers a type, (0, 0) if none."""
    names = ("*/*", media_type.value.split("/")[0] + "/*", media_type.value)
    for specificity, name in reversed(list(enumerate(names))):
        found = [quality for accepted, quality in ranges if accepted == name]
        if found:
            return max(found), specificity if max(found) else 0
    return 0.0, 0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Media ranges with their quality; a malformed quality counts as 0."""
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            yield name, min(max(float(quality), 0.0), 1.0)
        except ValueError:
            yield name, 0.0

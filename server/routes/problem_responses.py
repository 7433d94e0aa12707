"""How routes describe in OpenAPI what they may refuse (RFC 9457)."""

from __future__ import annotations

from server.problems import MEDIA_TYPE
from server.schemas.search import ProblemOut

Responses = dict[int | str, dict[str, object]]


def problem_responses(*refusals: tuple[int, str]) -> Responses:
    """Problem documents by status, each with the words (Chinese) that say what it means."""
    return {
        status: {"model": ProblemOut, "description": description, "content": {MEDIA_TYPE: {}}}
        for status, description in refusals
    }

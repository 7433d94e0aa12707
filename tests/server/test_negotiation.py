"""What a client likes best."""

from __future__ import annotations

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from server.routes.negotiation import MediaType, preferred

_OFFERED = (MediaType.HTML, MediaType.JSON, MediaType.AKOMA_NTOSO)
_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def choice(*accept: str) -> MediaType:
    headers = [(b"accept", value.encode("latin-1")) for value in accept]
    return preferred(Request({"type": "http", "headers": headers}), *_OFFERED)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (_BROWSER, MediaType.HTML),
        ("*/*", MediaType.HTML),
        ("application/json", MediaType.JSON),
        ("application/json, text/plain, */*", MediaType.JSON),
        ("text/html;q=0.5, application/json", MediaType.JSON),
        ("application/akn+xml", MediaType.AKOMA_NTOSO),
        ("application/*", MediaType.JSON),
        ("application/*, application/json;q=0", MediaType.AKOMA_NTOSO),
        ("TEXT/HTML; charset=utf-8", MediaType.HTML),
        ("application/json;q=quite", MediaType.HTML),
        ("image/png", MediaType.HTML),
        ("", MediaType.HTML),
    ],
)
def test_the_most_liked_form_is_given(accept: str, wanted: MediaType) -> None:
    assert choice(accept) is wanted


def test_several_headers_count_as_one() -> None:
    assert choice("text/html;q=0.1", "application/json") is MediaType.JSON
    assert choice() is MediaType.HTML


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0")))
def test_any_header_leads_to_something_offered(accept: str) -> None:
    assert choice(accept) in _OFFERED

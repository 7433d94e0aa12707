"""Halves of characters (lone surrogates), which Python's strings hold and UTF-8 can't."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_half_characters(text: str) -> str:
    """The text with U+FFFD, the replacement character, for each; as long as it was."""
    return _SURROGATE.sub("\ufffd", text)

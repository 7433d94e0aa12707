"""How a Chinese character is read, by itself."""

from __future__ import annotations

import os
from functools import cache

# Its 47,000 phrases take 30 MB and a third of a second, and a single character is in none of them.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import lazy_pinyin  # reads these when it is imported


@cache
def syllable(character: str) -> str:
    """Its most usual reading without the tone; what isn't Chinese stays."""
    return lazy_pinyin(character)[0]

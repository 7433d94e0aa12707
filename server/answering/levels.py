"""A level that is asked for where the clause has sums for other levels only."""

from __future__ import annotations

import re

from corpus.skill_levels import levels_in
from indexer.tokenizer import fold

_LISTED = re.compile(r"\d[\d.,]*\s*万?元")


def missing_level(asked: str, clause: str) -> str | None:
    """The level asked for where a clause has sums for several levels, but none for this one."""
    wanted, listed = levels_in(fold(asked)), levels_in(fold(clause))
    has_list = len(listed) >= 2 and len(_LISTED.findall(clause)) >= len(listed)
    if not wanted or not has_list or set(wanted) & set(listed):
        return None
    return wanted[0].title

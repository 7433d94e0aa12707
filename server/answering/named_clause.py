"""Questions for a clause itself: 云财规〔2019〕3号第四条说什么."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.lookup import LookupMatch, look_up
from indexer.search import Hit, SearchIndex, SearchResult

_FOR_ITSELF = re.compile(
    r"(?:(?:说|讲|写|规定|内容|原文|全文)[了的是]{0,2}(?:些)?(?:什么|啥|哪些)?(?:内容)?"
    r"|[条款项、)）]|是什么|怎么[说讲写]的?|怎么规定的?)[?？吗呢]?$"
)


@dataclass(frozen=True, slots=True)
class NamedClause:
    """``hit`` is the clause with all below it; without one ``absent`` says so (Chinese)."""

    hit: Hit | None
    absent: str | None = None


def named_clause(index: SearchIndex, result: SearchResult) -> NamedClause | None:
    """The clause that a question is for as a whole; None if it asks for something else.

    Raises:
        InvalidQueryError: the query is empty or too long.
    """
    understood, query = result.understood, result.query.strip()
    if not (understood.doc_numbers or understood.titles) or not _FOR_ITSELF.search(query):
        return None
    found = look_up(index, query)
    if found.clause is not None:
        return NamedClause(found.clause)
    is_known = found.match in (LookupMatch.EXACT, LookupMatch.VARIANT)
    return NamedClause(None, found.notice) if is_known and found.notice else None

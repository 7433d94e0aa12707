"""The JSON of suggestions."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from corpus.readers.half_characters import without_half_characters
from server.suggestions import Suggestion, SuggestionKind

MOST_SUGGESTIONS = 20


class SuggestionOut(BaseModel):
    """``text`` is shown and searched for; a number or a title may be opened as ``document``."""

    kind: SuggestionKind
    text: str
    note: str | None = Field(description="文号对应的标题,或标题对应的文号")
    document: str | None = Field(description="文件编号,见 /api/v1/documents/{document_id}")


class SuggestionsOut(BaseModel):
    """What somebody who typed ``query`` may be after, the nearest first."""

    query: str
    suggestions: list[SuggestionOut]

    @classmethod
    def of(cls, query: str, suggestions: Iterable[Suggestion]) -> SuggestionsOut:
        """The JSON of suggestions."""
        return cls(
            query=without_half_characters(query),
            suggestions=[
                SuggestionOut(
                    kind=each.kind,
                    text=each.text,
                    note=each.note or None,
                    document=each.document_id or None,
                )
                for each in suggestions
            ],
        )

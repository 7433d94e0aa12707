"""Nothing lost: which place every character of a source went to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.model import Compilation, ProvisionKind, Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """Non-blank characters by place, and the offsets of those with none or more than one.

    Keys of ``characters`` are ``provision:clause``, ``provision:number``, ``metadata:addressee``,
    ``furniture:running_head`` and the like.
    """

    characters: Mapping[str, int]
    unplaced: tuple[int, ...]
    doubled: tuple[int, ...]

    @property
    def is_exact(self) -> bool:
        """Whether each character has exactly one place."""
        return not self.unplaced and not self.doubled


def coverage_of(compilation: Compilation) -> Coverage:
    """Count where the characters of a parsed source went."""
    text = compilation.text
    times = bytearray(len(text))
    characters: Counter[str] = Counter()
    for place, span in _places(compilation):
        for at in range(span.start, span.end):
            if not text[at].isspace():
                times[at] = min(times[at] + 1, 2)
                characters[place] += 1
    return Coverage(
        characters=dict(characters.most_common()),
        unplaced=tuple(i for i, c in enumerate(text) if not times[i] and not c.isspace()),
        doubled=tuple(i for i, count in enumerate(times) if count > 1),
    )


def _places(compilation: Compilation) -> Iterator[tuple[str, Span]]:
    for item in compilation.furniture:
        yield f"furniture:{item.kind}", item.span
    for document in compilation.documents:
        for field in document.metadata_spans:
            yield f"metadata:{field.field}", field.span
        for provision in document.provisions:
            if provision.marker_segment is not None:
                yield "provision:number", provision.marker_segment.span
            is_head = provision.kind is ProvisionKind.TABLE_ROW and not provision.cells
            kind = "table_head" if is_head else provision.kind.value
            for segment in provision.segments:
                yield f"provision:{kind}", segment.span

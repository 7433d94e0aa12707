"""A provision as it is printed, piece by piece beside how it is read.

The reading differs from the source by recorded repairs and errata only; here each of them is a
piece of its own, so that a reader sees what was changed, where, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Erratum, Provision, RepairKind, Segment, Span


class Change(StrEnum):
    """What happened to a piece of the source."""

    NONE = "none"
    REPAIR = "repair"  # lay-out undone, no words changed
    ERRATUM = "erratum"  # a misprint put right
    DOUBT = "doubt"  # perhaps a misprint; read as printed
    BREAK = "break"  # the sentence goes on behind a page or line break


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """``reading`` stands where the source prints ``printed``; ``why`` (Chinese) if they differ.

    Of a doubt ``reading`` is what may be meant.
    """

    printed: str
    reading: str
    change: Change = Change.NONE
    why: str = ""


_WHY: Mapping[RepairKind, str] = {
    RepairKind.MARKUP: "扫描时混入的标记",
    RepairKind.LETTER_SPACING: "字间空格",
    RepairKind.REPEATED_AT_PAGE_BREAK: "换页处重复的字",
    RepairKind.LINE_BREAK: "排版换行",
    RepairKind.MERGED_CELL: "合并的单元格,补上所属的内容",
    RepairKind.WRAPPED_CELL: "单元格内换行留下的空格",
}


def printed_pieces(
    source: str, provision: Provision, errata: Sequence[Erratum]
) -> tuple[PrintedPiece, ...]:
    """The own words of a provision as printed, its number first; ``errata`` are of its source.

    All ``printed`` together are the characters of its segments.
    """
    segments = list(provision.segments)
    if provision.marker_segment is not None:
        segments.insert(0, provision.marker_segment)
    pieces: list[PrintedPiece] = []
    for segment in segments:
        if segment.joined:
            pieces.append(PrintedPiece("", "", Change.BREAK, "此处换页或换行,下文相接"))
        pieces += _of_segment(source, segment, errata)
    return tuple(pieces)


def _of_segment(source: str, segment: Segment, errata: Sequence[Erratum]) -> Iterator[PrintedPiece]:
    at = segment.span.start
    for place, piece in _changes(source, segment, errata):
        if at < place.start:
            kept = source[at : place.start]
            yield PrintedPiece(kept, kept)
        yield piece
        at = place.end
    if at < segment.span.end:
        kept = source[at : segment.span.end]
        yield PrintedPiece(kept, kept)


def _changes(
    source: str, segment: Segment, errata: Sequence[Erratum]
) -> list[tuple[Span, PrintedPiece]]:
    """Repairs and errata in order of place; a repair within an erratum is part of it."""
    span = segment.span
    changes = []
    for erratum in errata:
        if span.start <= erratum.span.start and erratum.span.end <= span.end:
            change = Change.ERRATUM if erratum.certain else Change.DOUBT
            piece = PrintedPiece(erratum.printed, erratum.reading, change, erratum.why)
            changes.append((erratum.span, piece))
    taken = [place for place, _ in changes]
    for repair in segment.repairs:
        if not any(p.start < repair.span.end and repair.span.start < p.end for p in taken):
            printed = repair.span.of(source)
            piece = PrintedPiece(printed, repair.replacement, Change.REPAIR, _WHY[repair.kind])
            changes.append((repair.span, piece))
    return sorted(changes, key=lambda change: change[0])

"""Exact quotations: the characters of the source for one clause, and the same made readable.

A quotation is the concatenation of its spans, nothing else: whoever has the source file can check
it. Paragraphs that follow each other in the source share one span (the blank line between them
included); where a page break or running head cut the text, a new span begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.model import Document, Erratum, Provision, ProvisionKind, Segment, Span


@dataclass(frozen=True, slots=True)
class Run:
    """Source characters that stand unchanged in the text, from ``text_start`` on."""

    source: Span
    text_start: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """``text`` is for reading; ``quote`` is verbatim: ``"".join(s.of(source) for s in spans)``.

    ``runs`` align the two, in order of the source.
    """

    text: str
    quote: str
    spans: tuple[Span, ...]
    runs: tuple[Run, ...]

    def locate(self, span: Span) -> tuple[int, int] | None:
        """Where source characters stand in ``text``; None if not all of them do."""
        ends = []
        for at in (span.start, span.end - 1):
            index = bisect_right(self.runs, at, key=lambda run: run.source.start) - 1
            if index < 0 or at >= self.runs[index].source.end:
                return None
            run = self.runs[index]
            ends.append(run.text_start + at - run.source.start)
        return ends[0], ends[1] + 1

    def places(self, start: int, end: int) -> tuple[Span, ...]:
        """Where ``text[start:end]`` stands in the source, without what repairs put in."""
        found: list[Span] = []
        for run in self.runs:
            first = max(start - run.text_start, 0)
            last = min(end - run.text_start, run.source.end - run.source.start)
            if first >= last:
                continue
            place = Span(run.source.start + first, run.source.start + last)
            if found and found[-1].end == place.start:
                place = Span(found.pop().start, place.end)
            found.append(place)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PlacedErratum:
    """An erratum at ``start``…``end`` of a quotation's text."""

    start: int
    end: int
    printed: str
    reading: str
    certain: bool
    why: str


def quote(source: str, provisions: Iterable[Provision]) -> Quotation:
    """Quote consecutive provisions. The number of the first is left to the citation's label."""
    pieces: list[str] = []
    length = 0
    spans: list[Span] = []
    runs: list[Run] = []
    for index, provision in enumerate(provisions):
        segments = provision.segments
        if index:
            pieces.append("\n")
            length += 1
            if provision.marker_segment is not None:
                segments = (provision.marker_segment, *segments)
        for segment in segments:
            _extend(spans, source, segment)
            for piece, place in segment.pieces(source):
                if place is not None:
                    runs.append(Run(place, length))
                pieces.append(piece)
                length += len(piece)
    verbatim = "".join(span.of(source) for span in spans)
    return Quotation("".join(pieces), verbatim, tuple(spans), tuple(runs))


def place_errata(quotation: Quotation, errata: Sequence[Erratum]) -> tuple[PlacedErratum, ...]:
    """The errata that lie within a quotation; ``errata`` are in order of place."""
    if not quotation.spans:
        return ()
    first = bisect_right(errata, quotation.spans[0].start - 1, key=lambda e: e.span.start)
    placed = []
    for erratum in errata[first:]:
        if erratum.span.start >= quotation.spans[-1].end:
            break
        if (place := quotation.locate(erratum.span)) is not None:
            start, end = place
            placed.append(
                PlacedErratum(
                    start, end, erratum.printed, erratum.reading, erratum.certain, erratum.why
                )
            )
    return tuple(placed)


def with_errata(text: str, errata: Sequence[PlacedErratum]) -> str:
    """``text`` with the right reading of each certain erratum; they are in order of place."""
    corrected, at = "", 0
    for erratum in errata:
        if erratum.certain and erratum.start >= at:
            corrected += text[at : erratum.start] + erratum.reading
            at = erratum.end
    return corrected + text[at:]


def corrected_text(source: str, provision: Provision, errata: Sequence[Erratum]) -> str:
    """A provision's own words with certain misprints put right."""
    quotation = quote(source, [provision])
    return with_errata(quotation.text, place_errata(quotation, errata))


def _extend(spans: list[Span], source: str, segment: Segment) -> None:
    if spans and not segment.joined:
        between = source[spans[-1].end : segment.span.start]
        if not between.strip() and segment.span.start >= spans[-1].end:
            spans[-1] = Span(spans[-1].start, segment.span.end)
            return
    spans.append(segment.span)


def citation_text(document: Document, provision: Provision) -> str:
    """The usual form: ``《标题》(文号)三、(二)1.``; the title alone for a hit on the title."""
    label = "" if provision.kind is ProvisionKind.TITLE else provision.label
    return document_citation(document) + label


def document_citation(document: Document) -> str:
    """The usual form for a whole document: ``《标题》(文号)``."""
    number = f"({document.doc_number})" if document.doc_number else ""
    return f"《{_nested(document.title)}》{number}"


def _nested(title: str) -> str:
    """Title marks inside title marks are single ones (GB/T 15834-2011, 4.15.3.4)."""
    return title.replace("《", "〈").replace("》", "〉")

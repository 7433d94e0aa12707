"""Exact quotations: the characters of the source for one clause, and the same made readable.

A quotation is the concatenation of its spans, nothing else: whoever has the source file can check
it. Paragraphs that follow each other in the source share one span (the blank line between them
included); where a page break or running head cut the text, a new span begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import Document, Provision, ProvisionKind, Segment, Span


@dataclass(frozen=True, slots=True)
class Quotation:
    """``text`` is for reading; ``quote`` is verbatim: ``"".join(s.of(source) for s in spans)``."""

    text: str
    quote: str
    spans: tuple[Span, ...]


def quote(source: str, provisions: Iterable[Provision]) -> Quotation:
    """Quote consecutive provisions. The number of the first is left to the citation's label."""
    lines: list[str] = []
    spans: list[Span] = []
    for index, provision in enumerate(provisions):
        segments = provision.segments
        if index and provision.marker_segment is not None:
            segments = (provision.marker_segment, *segments)
        lines.append("".join(segment.read(source) for segment in segments))
        for segment in segments:
            _extend(spans, source, segment)
    return Quotation("\n".join(lines), "".join(span.of(source) for span in spans), tuple(spans))


def _extend(spans: list[Span], source: str, segment: Segment) -> None:
    if spans and not segment.joined:
        between = source[spans[-1].end : segment.span.start]
        if not between.strip() and segment.span.start >= spans[-1].end:
            spans[-1] = Span(spans[-1].start, segment.span.end)
            return
    spans.append(segment.span)


def citation_text(document: Document, provision: Provision) -> str:
    """The usual form: ``《标题》(文号)三、(二)1.``; the title alone for a hit on the title."""
    number = f"({document.doc_number})" if document.doc_number else ""
    label = "" if provision.kind is ProvisionKind.TITLE else provision.label
    return f"《{_nested(document.title)}》{number}{label}"


def _nested(title: str) -> str:
    """Title marks inside title marks are single ones (GB/T 15834-2011, 4.15.3.4)."""
    return title.replace("《", "〈").replace("》", "〉")

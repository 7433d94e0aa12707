"""Provisions as printed, piece by piece beside how they are read."""

from __future__ import annotations

from corpus.edition import Edition
from corpus.model import Erratum, Provision, ProvisionKind, Repair, RepairKind, Segment, Span
from corpus.printed import Change, PrintedPiece, printed_pieces


def _segments(provision: Provision) -> list[Segment]:
    marker = [provision.marker_segment] if provision.marker_segment else []
    return [*marker, *provision.segments]


def test_the_pieces_are_the_source_and_read_as_the_text_does(edition: Edition) -> None:
    (compilation,) = edition.compilations
    source = compilation.text
    errata = edition.apparatus[compilation.source_file].errata
    for document in compilation.documents:
        for provision in document.provisions:
            pieces = printed_pieces(source, provision, errata)
            segments = _segments(provision)
            assert "".join(p.printed for p in pieces) == "".join(
                s.span.of(source) for s in segments
            )
            read = "".join(p.reading if p.change is Change.REPAIR else p.printed for p in pieces)
            assert read == "".join(segment.read(source) for segment in segments)


def provision_of(*segments: Segment) -> Provision:
    return Provision(
        id="d:一",
        document_id="d",
        part=0,
        parent_id=None,
        kind=ProvisionKind.PARAGRAPH,
        path=("一",),
        label="一、",
        marker="",
        marker_segment=None,
        heading="",
        text="",
        segments=segments,
    )


def test_misprints_doubts_repairs_and_breaks_are_told_apart() -> None:
    source = "总 则补帖\n\n标谁"
    blank = Repair(RepairKind.LETTER_SPACING, Span(1, 2), "")
    errata = (
        Erratum(Span(3, 5), "补帖", "补贴", certain=True, why="形近"),
        Erratum(Span(7, 9), "标谁", "标准", certain=False, why="形近"),
    )
    first, second = Segment(Span(0, 5), (blank,)), Segment(Span(7, 9), joined=True)
    assert printed_pieces(source, provision_of(first, second), errata) == (
        PrintedPiece("总", "总"),
        PrintedPiece(" ", "", Change.REPAIR, "字间空格"),
        PrintedPiece("则", "则"),
        PrintedPiece("补帖", "补贴", Change.ERRATUM, "形近"),
        PrintedPiece("", "", Change.BREAK, "此处换页或换行,下文相接"),
        PrintedPiece("标谁", "标准", Change.DOUBT, "形近"),
    )


def test_a_repair_within_a_misprint_is_part_of_it() -> None:
    blank = Repair(RepairKind.LETTER_SPACING, Span(1, 2), "")
    erratum = Erratum(Span(0, 3), "补 帖", "补贴", certain=True, why="形近")
    (piece,) = printed_pieces("补 帖", provision_of(Segment(Span(0, 3), (blank,))), (erratum,))
    assert piece == PrintedPiece("补 帖", "补贴", Change.ERRATUM, "形近")

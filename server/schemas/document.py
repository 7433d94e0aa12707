"""The JSON of whole documents and single clauses: parts, outline, tables, relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import BaseModel, Field

from corpus.citation_forms import CitationForm
from corpus.citations import Relation
from corpus.model import Document, Part, Provision, ProvisionKind
from corpus.printed import PrintedPiece
from corpus.quotation import PlacedErratum
from indexer.passages import Unit
from server.schemas.search import CellOut, DocumentOut, ErratumOut, HitOut


class PartOut(BaseModel):
    """The notice, the issued text or an attachment."""

    kind: str
    label: str
    title: str

    @classmethod
    def of(cls, part: Part) -> PartOut:
        """The JSON of one part."""
        return cls(kind=part.kind.value, label=part.label, title=part.title)


class OutlineOut(BaseModel):
    """A numbered unit and those below it."""

    id: str
    label: str
    heading: str
    children: list[OutlineOut]


class ProvisionOut(BaseModel):
    """A provision with its own words only; ``marker`` is its printed number.

    ``cells`` is empty except for table rows below a head; ``page`` is the one on which it begins,
    null where the source has no pages.
    """

    id: str
    parent: str | None
    part: int
    kind: str
    path: list[str]
    label: str
    marker: str
    heading: str
    text: str
    cells: list[CellOut]
    page: int | None
    spans: list[tuple[int, int]]
    errata: list[ErratumOut]

    @classmethod
    def of(
        cls, provision: Provision, errata: Sequence[PlacedErratum], page: int | None
    ) -> ProvisionOut:
        """The JSON of one provision with the errata in its text."""
        return cls(
            id=provision.id,
            parent=provision.parent_id,
            part=provision.part,
            kind=provision.kind.value,
            path=list(provision.path),
            label=provision.label,
            marker=provision.marker,
            heading=provision.heading,
            text=provision.text,
            cells=[CellOut(head=cell.head, value=cell.value) for cell in provision.cells],
            page=page,
            spans=[(s.span.start, s.span.end) for s in provision.segments],
            errata=[ErratumOut(**asdict(erratum)) for erratum in errata],
        )


class ClauseLineOut(ProvisionOut):
    """One line of an export: a provision with the document it stands in."""

    document: str
    doc_number: str | None
    document_title: str
    citation: str
    source: str = Field(description="file in which the spans count")


class TableOut(BaseModel):
    """Rows of one part's tables: heads of the columns and cells as they are read."""

    part: int
    heads: list[str]
    rows: list[list[str]]
    clause_ids: list[str]


class AttachmentOut(BaseModel):
    """An attachment; ``printed`` is false when it is announced but missing."""

    label: str
    title: str
    printed: bool
    document: str | None


class ReferenceOut(BaseModel):
    """A clause says something of another document.

    ``document`` is the id of that document, or of the one that says it when asked from the other
    side, null if it isn't in the collection. ``printed`` is a misprinted number.
    """

    kind: str = Field(
        description="cites | forwards | implements | repeals | overrides | promulgates"
    )
    clause_id: str
    doc_number: str | None
    title: str | None
    document: str | None
    words: str = Field(description="the sentence that says it")
    printed: str | None

    @classmethod
    def of(cls, relation: Relation, document_id: str | None) -> ReferenceOut:
        """The JSON of a relation."""
        return cls(
            kind=relation.kind.value,
            clause_id=relation.provision_id,
            doc_number=relation.number,
            title=relation.title,
            document=document_id,
            words=relation.words,
            printed=relation.printed_number,
        )


class CitationFormOut(BaseModel):
    """A citation ready to be copied."""

    style: str = Field(description="official | gb_t_7714 | bibtex | csl_json")
    name: str
    text: str

    @classmethod
    def of(cls, form: CitationForm) -> CitationFormOut:
        """The JSON of one form."""
        return cls(style=form.style.value, name=form.name, text=form.text)


class PrintedPieceOut(BaseModel):
    """``reading`` is read where the source prints ``printed``; ``why`` if they differ.

    Of a doubt ``reading`` is what may be meant; a break stands where a sentence goes on behind the
    end of a page or line.
    """

    printed: str
    reading: str
    change: str = Field(description="none | repair | erratum | doubt | break")
    why: str

    @classmethod
    def of(cls, piece: PrintedPiece) -> PrintedPieceOut:
        """The JSON of one piece."""
        return cls(**(asdict(piece) | {"change": piece.change.value}))


class PrintedProvisionOut(BaseModel):
    """A provision as it is printed, its number included, piece by piece."""

    id: str
    label: str
    kind: str
    page: int | None
    pieces: list[PrintedPieceOut]


class OriginalOut(BaseModel):
    """A document as it is printed; ``page_start`` is its first page where only that is known."""

    id: str
    file: str
    page_start: int | None
    provisions: list[PrintedProvisionOut]


class RelatedClauseOut(BaseModel):
    """A clause that is near in meaning."""

    id: str
    citation: str
    document: str
    doc_number: str | None
    title: str
    headings: list[str]
    text: str

    @classmethod
    def of(cls, unit: Unit, document: Document, citation: str) -> RelatedClauseOut:
        """The JSON of one related clause."""
        return cls(
            id=unit.id,
            citation=citation,
            document=document.id,
            doc_number=document.doc_number,
            title=document.title,
            headings=list(unit.headings),
            text=unit.text,
        )


class DocumentDetailOut(DocumentOut):
    """One document, whole."""

    addressee: str | None
    publicity: str | None
    contact: str | None
    parts: list[PartOut]
    outline: list[OutlineOut]
    clauses: list[ProvisionOut]
    tables: list[TableOut]
    attachments: list[AttachmentOut]
    embedded: list[str]
    cites: list[ReferenceOut] = Field(description="all that it names, of any kind")
    cited_by: list[ReferenceOut] = Field(description="all that name it, of any kind")
    forwards: list[ReferenceOut]
    implements: list[ReferenceOut]
    repeals: list[ReferenceOut]
    overrides: list[ReferenceOut]
    citation_forms: list[CitationFormOut]


class ClauseDetailOut(BaseModel):
    """One clause with all below it, its neighbours, and what it says of other documents.

    ``related`` are nearest in meaning, nearest first; ``original`` is the clause and what stands
    below it as printed; ``document_cited_by`` names clauses that name its document.
    """

    hit: HitOut
    own_text: str
    cites: list[ReferenceOut]
    parents: list[ProvisionOut]
    children: list[ProvisionOut]
    previous: ProvisionOut | None
    next: ProvisionOut | None
    citation_forms: list[CitationFormOut]
    related: list[RelatedClauseOut]
    document_cited_by: list[ReferenceOut]
    original: list[PrintedProvisionOut]


def outline_of(document: Document, parent_id: str | None = None) -> list[OutlineOut]:
    """The numbered units of a document as a tree, paragraphs and rows left out."""
    return [
        OutlineOut(
            id=provision.id,
            label=provision.label,
            heading=provision.heading,
            children=outline_of(document, provision.id),
        )
        for provision in document.children(parent_id)
        if provision.marker
    ]


def tables_of(document: Document) -> list[TableOut]:
    """The tables of a document, one entry a run of rows with the same heads."""
    tables: list[TableOut] = []
    for provision in document.provisions:
        if provision.kind is not ProvisionKind.TABLE_ROW or not provision.cells:
            continue
        heads = [cell.head for cell in provision.cells]
        last = tables[-1] if tables else None
        if last is None or last.part != provision.part or last.heads[: len(heads)] != heads:
            if (
                last is not None
                and last.part == provision.part
                and heads[: len(last.heads)] == last.heads
            ):
                last.heads[:] = heads  # a fuller row shows more columns
            else:
                tables.append(TableOut(part=provision.part, heads=heads, rows=[], clause_ids=[]))
        tables[-1].rows.append([cell.value for cell in provision.cells])
        tables[-1].clause_ids.append(provision.id)
    return tables

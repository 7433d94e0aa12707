"""A document or clause as others cite it: for letters, for a list of references, for software.

Four forms, each made of what the source says of itself and nothing else:

* the usual one of official writing, ``《标题》(文号)第四条第(二)项``;
* GB/T 7714—2015 《信息与文献 参考文献著录规则》: a document that stands in a printed compilation is
  an 析出文献 (4.2), ``责任者. 题名: 文号[G]//编者. 汇编题名. 出版地: 出版者, 年: 页码.``. The type
  is that of the host, G for 汇编 (appendix B, table B.1); the number follows the title after a
  colon as that of a standard or patent does (4.1.2). More than three bodies become the first three
  and 等 (8.1.2); a place or publisher that isn't named is said to be unknown (8.4). A document that
  came as a file of its own has the type Z for 其他: the standard has none for official documents,
  and A (档案) is for what an archive holds. It has no place for articles; the page stands for them.
* BibTeX (``@incollection`` or ``@misc``) and CSL-JSON 1.0.2 (type ``legislation``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.model import Document, Imprint, Provision
from corpus.quotation import citation_text, document_citation

_LISTED_AUTHORS = 3  # GB/T 7714—2015, 8.1.2
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {character: f"\\{character}" for character in "%&#_$"}


class CitationStyle(StrEnum):
    """Where a form is used."""

    OFFICIAL = "official"
    GB_T_7714 = "gb_t_7714"
    BIBTEX = "bibtex"
    CSL_JSON = "csl_json"


STYLE_NAMES: Mapping[CitationStyle, str] = {
    CitationStyle.OFFICIAL: "公文写法",
    CitationStyle.GB_T_7714: "参考文献(GB/T 7714—2015)",
    CitationStyle.BIBTEX: "BibTeX",
    CitationStyle.CSL_JSON: "CSL-JSON",
}
"""What readers call the styles."""


@dataclass(frozen=True, slots=True)
class CitationForm:
    """``text`` is ready to be copied; ``name`` says in Chinese which form it is."""

    style: CitationStyle
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Cited:
    """What all forms are made of; ``page`` is the first one, where known."""

    document: Document
    provision: Provision | None
    imprint: Imprint
    page: int | None

    @property
    def official(self) -> str:
        if self.provision is None:
            return document_citation(self.document)
        return citation_text(self.document, self.provision)

    @property
    def in_compilation(self) -> bool:
        """Whether the document stands in a book; a file added alone bears its own title."""
        return self.imprint.title not in ("", self.document.title)


def citation_forms(
    document: Document, provision: Provision | None, imprint: Imprint, page: int | None
) -> tuple[CitationForm, ...]:
    """All forms for a clause, or for the whole document without ``provision``.

    ``imprint`` is that of the source; ``page`` is where the clause begins in it, if known.
    """
    cited = _Cited(document, provision, imprint, page)
    texts = {
        CitationStyle.OFFICIAL: cited.official,
        CitationStyle.GB_T_7714: _reference(cited),
        CitationStyle.BIBTEX: _bibtex(cited),
        CitationStyle.CSL_JSON: _csl_json(cited),
    }
    return tuple(CitationForm(style, STYLE_NAMES[style], text) for style, text in texts.items())


def _reference(cited: _Cited) -> str:
    document, imprint = cited.document, cited.imprint
    bodies = ", ".join(document.issuers[:_LISTED_AUTHORS])
    if len(document.issuers) > _LISTED_AUTHORS:
        bodies += ", 等"
    title = f"{document.title}: {document.doc_number}" if document.doc_number else document.title
    lead = f"{bodies}. {title}" if bodies else title
    if not cited.in_compilation:
        return f"{lead}[Z]. {document.date}." if document.date else f"{lead}[Z]."
    editor = f"{imprint.publisher}. " if imprint.publisher else ""
    publisher = imprint.publisher or "[出版者不详]"
    year = f", {_year(imprint.date)}" if _year(imprint.date) else ""
    page = f": {cited.page}" if cited.page else ""
    return f"{lead}[G]//{editor}{imprint.title}. [出版地不详]: {publisher}{year}{page}."


def _bibtex(cited: _Cited) -> str:
    document, imprint = cited.document, cited.imprint
    fields = {
        "author": " and ".join(f"{{{_tex(body)}}}" for body in document.issuers),
        "title": f"{{{_tex(document.title)}}}",
        "number": _tex(document.doc_number or ""),
        "year": str(document.date.year) if document.date else "",
        "note": _tex(cited.provision.label if cited.provision else ""),
        "language": "chinese",
    }
    if cited.in_compilation:
        fields |= {
            "booktitle": f"{{{_tex(imprint.title)}}}",
            "editor": f"{{{_tex(imprint.publisher)}}}" if imprint.publisher else "",
            "year": _year(imprint.date),
            "pages": str(cited.page or ""),
        }
    kind = "incollection" if cited.in_compilation else "misc"
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{_key(document)},\n" + ",\n".join(lines) + "\n}"


def _csl_json(cited: _Cited) -> str:
    document, imprint = cited.document, cited.imprint
    day = document.date
    item: dict[str, object] = {
        "id": cited.provision.id if cited.provision else document.id,
        "type": "legislation",
        "title": document.title,
        "number": document.doc_number,
        "authority": "、".join(document.issuers),
        "author": [{"literal": body} for body in document.issuers],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "section": cited.provision.label if cited.provision else None,
        "language": "zh-CN",
    }
    if cited.in_compilation:
        item |= {
            "container-title": imprint.title,
            "publisher": imprint.publisher,
            "page": str(cited.page) if cited.page else None,
        }
    given = {name: value for name, value in item.items() if value}
    return json.dumps([given], ensure_ascii=False)


def _key(document: Document) -> str:
    """A key that BibTeX accepts: no blanks, commas, braces and the like."""
    return re.sub(r"[^\w-]+", "-", document.id)


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)


def _year(day: str) -> str:
    found = re.match(r"\d{4}", day)
    return found[0] if found else ""

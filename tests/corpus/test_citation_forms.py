"""A document or clause as others cite it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from corpus.citation_forms import CitationStyle, citation_forms
from corpus.edition import Edition
from corpus.model import Document, Imprint


@pytest.fixture
def document(edition: Edition) -> Document:
    return next(d for d in edition.documents if d.doc_number == "云财规〔2019〕3号")


@pytest.fixture
def imprint(edition: Edition, document: Document) -> Imprint:
    return edition.apparatus[document.source_file].imprint


def forms(
    document: Document, clause: str | None, imprint: Imprint, page: int | None = 142
) -> dict[CitationStyle, str]:
    provision = document.by_id[clause] if clause else None
    return {form.style: form.text for form in citation_forms(document, provision, imprint, page)}


def test_official_writing_names_the_clause(document: Document, imprint: Imprint) -> None:
    text = forms(document, "云财规-2019-3:第四条.(二)", imprint)[CitationStyle.OFFICIAL]
    assert text == f"《{document.title}》(云财规〔2019〕3号)第四条第(二)项"
    whole = forms(document, None, imprint)[CitationStyle.OFFICIAL]
    assert whole == f"《{document.title}》(云财规〔2019〕3号)"


def test_the_reference_is_an_item_of_the_compilation(document: Document, imprint: Imprint) -> None:
    reference = forms(document, None, imprint)[CitationStyle.GB_T_7714]
    assert reference.startswith("云南省财政厅, 云南省人力资源和社会保障厅. ")
    assert f"{document.title}: 云财规〔2019〕3号[G]//{imprint.publisher}. " in reference
    assert reference.endswith(f"[出版地不详]: {imprint.publisher}, 2021: 142.")


def test_of_more_than_three_bodies_three_are_named(edition: Edition, imprint: Imprint) -> None:
    many = next(d for d in edition.documents if len(d.issuers) > 3)
    reference = forms(many, None, imprint)[CitationStyle.GB_T_7714]
    assert reference.startswith(", ".join(many.issuers[:3]) + ", 等. ")
    assert many.issuers[3] not in reference.split("[G]")[0].removesuffix(many.title)


def test_a_document_in_a_file_of_its_own_is_no_item_of_a_compilation(document: Document) -> None:
    alone = forms(document, None, Imprint(title=document.title), None)
    assert alone[CitationStyle.GB_T_7714].endswith("云财规〔2019〕3号[Z]. 2019-08-30.")
    assert alone[CitationStyle.BIBTEX].startswith("@misc{")


def test_an_unknown_publisher_is_said_to_be_unknown(document: Document) -> None:
    reference = forms(document, None, Imprint("某汇编"), None)[CitationStyle.GB_T_7714]
    assert reference.endswith("[G]//某汇编. [出版地不详]: [出版者不详].")


def test_csl_json_is_an_item_with_what_is_known(document: Document, imprint: Imprint) -> None:
    clause = "云财规-2019-3:第四条.(二)"
    (item,) = json.loads(forms(document, clause, imprint)[CitationStyle.CSL_JSON])
    assert item["type"] == "legislation"
    assert item["issued"] == {"date-parts": [[2019, 8, 30]]}
    assert item["section"] == "第四条第(二)项"
    assert item["page"] == "142"
    (undated,) = json.loads(
        forms(replace(document, date=None), None, imprint, None)[CitationStyle.CSL_JSON]
    )
    assert not {"issued", "page", "section"} & undated.keys()


def test_what_bibtex_gives_a_meaning_is_escaped(document: Document, imprint: Imprint) -> None:
    hostile = replace(document, title="100%的{补贴}_#1 & 其他", id="a, b{c}")
    entry = forms(hostile, None, imprint)[CitationStyle.BIBTEX]
    assert entry.startswith("@incollection{a-b-c-,")
    assert r"title = {{100\%的\{补贴\}\_\#1 \& 其他}}" in entry

"""What documents say of each other, against what a person read in all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.citations import RelationKind, relations_of
from corpus.edition import Edition
from corpus.parser import parse_source
from corpus.quotation import citation_text
from corpus.sources import Source
from eval.questions import DATASETS

READ_BY_HAND: list[dict[str, Any]] = json.loads(
    (DATASETS / "reading" / "documents.json").read_text(encoding="utf-8")
)


def relations_by_document(edition: Edition, kind: RelationKind) -> dict[str, list[str | None]]:
    names = {document.id: document.doc_number or document.title for document in edition.documents}
    found: dict[str, list[str | None]] = {}
    for relation in edition.relations:
        if relation.kind is kind:
            found.setdefault(names[relation.document_id], []).append(relation.number)
    return found


@pytest.mark.parametrize("expected", READ_BY_HAND, ids=lambda d: d["doc"] or d["title"])
def test_every_number_that_a_document_names_is_found(
    edition: Edition, expected: dict[str, Any]
) -> None:
    names = (expected["doc"], expected["title"])
    document = next(d for d in edition.documents if d.doc_number in names or d.title in names)
    named = {r.number for r in edition.relations if r.document_id == document.id and r.number}
    assert named == {*expected["cites"], *expected["cites_orders"]}


def test_forwarding_notices_are_told_from_citing_ones(edition: Edition) -> None:
    expected = {d["doc"]: [d["forwards"]] for d in READ_BY_HAND if d["forwards"]}
    assert relations_by_document(edition, RelationKind.FORWARDS) == expected


def test_repeals_name_the_repealed_document(edition: Edition) -> None:
    expected = {
        d["doc"] or d["title"]: [r["doc"] for r in d["repeals"]]
        for d in READ_BY_HAND
        if d["repeals"]
    }
    assert relations_by_document(edition, RelationKind.REPEALS) == expected


def test_no_document_repeals_itself(edition: Edition) -> None:
    """The 条例 of 2021 repeals that of 2008, which has the same title."""
    assert all(relation.target_id != relation.document_id for relation in edition.relations)
    assert not any(validity.repealed_by for validity in edition.validity.values())


def test_rules_that_prevail_over_earlier_ones_are_found(edition: Edition) -> None:
    expected = {d["doc"] for d in READ_BY_HAND if d["overrides"]}
    assert set(relations_by_document(edition, RelationKind.OVERRIDES)) == expected


def test_the_announcement_leads_to_the_statute(edition: Edition) -> None:
    (found,) = [r for r in edition.relations if r.kind is RelationKind.PROMULGATES]
    assert found.target_id == "云南省中小企业促进条例"


def test_a_title_without_a_number_leads_to_the_document(edition: Edition) -> None:
    found = [r for r in edition.relations if r.target_id == "云政发-2017-40"]
    assert {r.provision_id for r in found} == {"云发-2018-4:二.(二).11", "云发-2018-4:附件.第16行"}


def test_a_misprinted_number_is_put_right_and_kept(edition: Edition) -> None:
    found = {r.number: r.printed_number for r in edition.relations if r.printed_number}
    assert found["人社部令第21号"] == "人社部分令第21号"


def test_a_document_of_the_collection_that_is_repealed_is_known_to_be() -> None:
    text = (
        "某省财政厅关于旧事的通知\n某财〔2019〕1号\n各市财政局:\n正文。\n某省财政厅\n2019年1月1日\n"
        "某省财政厅关于新事的通知\n某财〔2021〕2号\n各市财政局:\n"
        "一、本通知自印发之日起施行。《某省财政厅关于旧事的通知》(某财〔2019〕1号)同时废止。\n"
        "某省财政厅\n2021年1月1日\n"
    )
    compilation = parse_source(Source("x.txt", "汇编", "", "", "", (), text))
    (relation,) = relations_of([(compilation, ())])
    assert (relation.kind, relation.target_id) == (RelationKind.REPEALS, "某财-2019-1")


def test_a_citation_reads_as_officials_write_it(edition: Edition) -> None:
    document = edition.compilations[0].by_id["云教发-2018-181"]
    provision = document.by_id["云教发-2018-181:第七条.(三)"]
    assert citation_text(document, provision) == (
        "《云南省教育厅等六部门关于印发〈云南省职业学校校企合作促进办法〉的通知》"
        "(云教发〔2018〕181号)第七条第(三)项"
    )

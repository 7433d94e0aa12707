"""Every document as a person read it, and the round trips through PDF and rebuilt statutes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from corpus.edition import Edition
from corpus.sources import Source
from eval.questions import DATASETS
from eval.reading import (
    document_cases,
    join_cases,
    joined_lines,
    parse_statutes,
    pdf_round_trip,
    read_cases,
)

CASES = DATASETS / "reading"


def test_every_document_is_read_as_a_person_read_it(edition: Edition) -> None:
    cited: dict[str, set[str]] = {}
    for relation in edition.relations:
        if relation.number:
            cited.setdefault(relation.document_id, set()).add(relation.number)
    cases = read_cases(CASES / "documents.json")
    results = list(document_cases(cases, edition.compilations[0], cited))
    assert len(results) == 42 * 11
    assert [case for case in results if not case.is_met] == []


def test_exactly_the_cut_paragraphs_are_joined(edition: Edition) -> None:
    """The list is complete: what is not on it must stay apart."""
    cases = read_cases(CASES / "joins.jsonl")
    results = list(join_cases(cases, edition.compilations[0]))
    assert [case for case in results if not case.is_met] == []
    assert len(joined_lines(edition.compilations[0])) == len(cases)


def test_the_compilation_comes_back_from_a_pdf(source: Source) -> None:
    trip = pdf_round_trip(source)
    assert trip.pages > 150
    assert trip.documents_back == trip.documents
    assert trip.different == ()
    assert trip.pages_wrong == ()


def test_a_statute_is_rebuilt_article_by_article(tmp_path: Path) -> None:
    texts = [
        "为了规范某事,制定本法。",
        "本法所称某事,是指下列事项:\n(一)甲;\n(二)乙。\n前款规定以外的事项,适用第一条规定。",
        "违反第二条规定的,处一千元以下罚款。",
    ]
    articles = [
        {"law": "某事法", "date": "2020-05-28", "article": f"第{n}条", "text": text}
        for n, text in zip("一二三", texts, strict=True)
    ]
    path = tmp_path / "statutes.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    run = parse_statutes(path, None)
    assert (run.laws, run.articles, run.same, run.different) == (1, 3, 3, ())

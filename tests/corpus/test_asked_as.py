"""Asked-as questions: each belongs to a clause that exists; a false one is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.asked_as import AskedAsError, load_asked_as
from corpus.edition import Edition
from corpus.model import Compilation, PartKind
from indexer.passages import units_of


def line(name: str, *questions: str, keywords: str = "词") -> str:
    return json.dumps({"id": name, "asked_as": questions, "keywords": keywords})


def test_every_document_has_questions(edition: Edition) -> None:
    (apparatus,) = edition.apparatus.values()
    asked = {name.split(":")[0] for name in apparatus.asked_as}
    assert asked == {document.id for document in edition.documents}
    assert sum(len(a.questions) for a in apparatus.asked_as.values()) > 4000


def test_every_unit_of_running_text_has_questions(edition: Edition) -> None:
    """But for a few fields of forms; entries of catalogues are asked for by their section."""
    documents = {document.id: document for document in edition.documents}
    bare = [
        unit.id
        for unit in units_of(edition)
        if unit.asked_as is None
        and not unit.provision.cells
        and documents[unit.document_id].parts[unit.provision.part].kind is not PartKind.ATTACHMENT
    ]
    assert bare == []


def test_no_question_is_the_clause_itself(edition: Edition) -> None:
    for unit in units_of(edition):
        if unit.asked_as is not None:
            assert all(question != unit.text for question in unit.asked_as.questions)
            assert len(set(unit.asked_as.questions)) == len(unit.asked_as.questions)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([line("云财规-2019-3:第九十九条", "问")], "没有条款"),
        ([line("云财规-2019-3:第四条", "问"), line("云财规-2019-3:第四条", "问")], "重复"),
        ([line("云财规-2019-3:第四条")], "没有问题"),
        (["{"], "格式有误"),
        ([json.dumps({"id": "云财规-2019-3:第四条"})], "格式有误"),
    ],
)
def test_a_false_line_is_named(
    tmp_path: Path, compilation: Compilation, lines: list[str], words: str
) -> None:
    (tmp_path / "云财规-2019-3.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AskedAsError, match=words):
        load_asked_as(compilation.documents, tmp_path)


def test_a_document_without_a_file_has_none(tmp_path: Path, compilation: Compilation) -> None:
    assert load_asked_as(compilation.documents, tmp_path) == {}

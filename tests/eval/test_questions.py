from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from eval.question_files import QuestionFileError
from eval.questions import (
    DATASETS,
    Question,
    normalise,
    read_questions,
    relevances,
)
from eval.run import OVERALL, evaluate_mode
from indexer.search import Mode, SearchIndex

SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def own() -> tuple[Question, ...]:
    return tuple(q for split in SPLITS for q in read_questions(DATASETS / f"{split}.jsonl"))


def test_the_set_covers_all_documents_in_four_styles(
    own: tuple[Question, ...], index: SearchIndex
) -> None:
    assert len(own) >= 150
    styles = Counter(question.style for question in own)
    assert set(styles) == {"colloquial", "formal", "keyword", "typo"}
    assert min(styles.values()) >= 20
    asked = {gold.doc for question in own for gold in question.gold}
    assert {frame.doc_number or frame.title for frame in index.store.frames} == asked


def test_ids_and_questions_are_unique_over_the_splits(own: tuple[Question, ...]) -> None:
    assert len({question.id for question in own}) == len(own)
    assert len({question.question for question in own}) == len(own)


def test_every_gold_quote_stands_in_a_unit_of_its_document(
    own: tuple[Question, ...], index: SearchIndex
) -> None:
    size = len(index.store.unit_documents)
    texts: dict[str, list[str]] = {}
    for unit in index.store.units(range(size)):
        document = index.store.frame_by_id[unit.document_id]
        container = index.container_of(document)
        for name in {document.doc_number, document.title, container and container.doc_number}:
            texts.setdefault(name or "", []).append(normalise(unit.text))
    for question in own:
        for gold in question.gold:
            quote = normalise(gold.quote)
            assert any(quote in text for text in texts[gold.doc]), (question.id, gold.quote)


def test_a_hit_answers_an_entry_once(index: SearchIndex) -> None:
    question = read_questions(DATASETS / "dev.jsonl")[0]
    hit = next(
        hit
        for hit in index.search(question.gold[0].quote, mode=Mode.LEXICAL).hits
        if normalise(question.gold[0].quote) in normalise(hit.unit.text)
    )
    assert relevances(question, [hit, hit])[0] >= 0
    assert relevances(question, [hit, hit])[1] == -1
    elsewhere = replace(
        hit,
        document=replace(hit.document, doc_number="云发〔1999〕1号", title="另一份"),
        container=None,
    )
    assert relevances(question, [elsewhere]) == [-1]


def test_evaluation_measures_every_style(index: SearchIndex) -> None:
    questions = read_questions(DATASETS / "dev.jsonl")[:12]
    report = evaluate_mode(index, questions, Mode.LEXICAL)
    assert report.questions[OVERALL] == 12
    assert set(report.measures) == {OVERALL, *(q.style for q in questions)}
    assert 0 <= report.measures[OVERALL]["success@1"].mean <= 1
    assert report.p50_ms <= report.p99_ms


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "{}", json.dumps({"id": "1", "question": "?", "style": "formal", "gold": []}),
     json.dumps({"id": "1", "question": "?", "style": "formal", "gold": [{"doc": "d", "quote": "q", "rel": 1}]})],
)  # fmt: skip
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"q\.jsonl:1"):
        read_questions(path)


def test_a_missing_or_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="无法读取"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(QuestionFileError, match="没有问题"):
        read_questions(tmp_path / "empty.jsonl")

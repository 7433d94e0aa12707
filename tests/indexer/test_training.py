"""The training recipe: its examples, the cutting down of a model, and that a step of it runs."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from corpus.edition import Edition
from indexer.embedding.encoder import SHIPPED_MODEL, Vectors
from indexer.passages import Unit, passages_of, questions_of, units_of
from indexer.training.examples import (
    AskedClauses,
    Triple,
    question_triples,
    read_lay_questions,
    read_statutes,
    statute_triples,
)
from indexer.training.fine_tune import fine_tune
from indexer.training.student import cut_down, distil, tokens_to_keep

CLAUSES = 60
SIZE = 9000  # tokens; the characters of GB 2312 and what the texts need are fewer


@pytest.fixture(scope="module")
def asked(edition: Edition) -> list[Unit]:
    return [unit for unit in units_of(edition) if unit.asked_as][:CLAUSES]


@pytest.fixture(scope="module")
def clauses(asked: list[Unit]) -> AskedClauses:
    """Vectors of characters: near is what shares words, good enough to mine negatives with."""

    def by_characters(texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), 512), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            np.add.at(row, [ord(character) % 512 for character in text], 1.0)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return AskedClauses.of(asked, by_characters, by_characters)


def owner_of(text: str, asked: list[Unit]) -> set[str]:
    return {unit.id for unit in asked if text in questions_of(unit)}


def test_positives_ask_for_the_same_clause_and_negatives_for_another(
    clauses: AskedClauses, asked: list[Unit]
) -> None:
    to_question, to_passage = question_triples(clauses, 1, random.Random(1))
    assert len(to_question) > 3 * CLAUSES
    for triple in to_question:
        assert owner_of(triple.anchor, asked) & owner_of(triple.positive, asked)
        assert triple.anchor != triple.positive
        assert not owner_of(triple.anchor, asked) & owner_of(triple.negative, asked)
    own_passages = {unit.id: {passage.text for passage in passages_of(unit, 0)} for unit in asked}
    for triple in to_passage:
        owners = owner_of(triple.anchor, asked)
        assert any(triple.positive in own_passages[owner] for owner in owners)
        assert not any(triple.negative in own_passages[owner] for owner in owners)


def test_the_same_seed_makes_the_same_examples(clauses: AskedClauses) -> None:
    first = question_triples(clauses, 1, random.Random(7))
    assert first == question_triples(clauses, 1, random.Random(7))


def test_statute_examples_come_from_the_train_split_alone(tmp_path: Path) -> None:
    articles = [
        {"id": n, "law": "某法", "article": f"第{n}条", "text": f"工资应当按月支付,第{n}款。"}
        for n in range(12)
    ]
    asked = [
        {"id": 1, "split": "train", "question": "老板几个月才发一次工资", "gold": [[3], [5, 6]]},
        {"id": 2, "split": "dev", "question": "不许读的问题", "gold": [[4]]},
    ]
    with gzip.open(tmp_path / "statutes.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(article) + "\n" for article in articles)
    (tmp_path / "lay_questions.jsonl").write_text("\n".join(map(json.dumps, asked)))
    triples = statute_triples(
        read_statutes(tmp_path), read_lay_questions(tmp_path), 8, random.Random(1)
    )
    gold = {f"某法 第{n}条" for n in (3, 5, 6)}
    assert len(triples) == 8
    assert {triple.anchor for triple in triples} == {"老板几个月才发一次工资"}
    assert {triple.positive.partition("\n")[0] for triple in triples} <= gold
    assert not {triple.negative.partition("\n")[0] for triple in triples} & gold


@pytest.fixture(scope="module")
def small(asked: list[Unit], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model with two layers and fewer tokens."""
    texts = [unit.text for unit in asked]
    kept = tokens_to_keep(SHIPPED_MODEL / "tokenizer.json", texts, SIZE)
    assert len(kept) == SIZE
    target = tmp_path_factory.mktemp("training") / "small"
    cut_down(SHIPPED_MODEL, target, (0, 3), kept)
    return target


def test_a_model_cut_down_reads_known_texts_as_before(small: Path, asked: list[Unit]) -> None:
    whole = Tokenizer.from_file(str(SHIPPED_MODEL / "tokenizer.json"))
    less = Tokenizer.from_file(str(small / "tokenizer.json"))
    assert less.get_vocab_size() == SIZE
    for unit in asked:
        assert less.encode(unit.text).tokens == whole.encode(unit.text).tokens


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30))
@settings(max_examples=50, deadline=None)
def test_a_model_cut_down_knows_every_common_character(small: Path, text: str) -> None:
    common = "".join(c for c in text if c.encode("gb2312", "ignore"))
    whole = Tokenizer.from_file(str(SHIPPED_MODEL / "tokenizer.json"))
    less = Tokenizer.from_file(str(small / "tokenizer.json"))
    if "<unk>" not in whole.encode(common).tokens:
        assert "<unk>" not in less.encode(common).tokens


def test_a_model_cut_down_gives_unit_vectors(small: Path) -> None:
    model = SentenceTransformer(str(small), device="cpu")
    vector = model.encode("带徒弟有补助吗", prompt_name="query")
    assert vector.shape == (384,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)


def test_a_step_of_contrast_moves_upper_layers_only(small: Path, tmp_path: Path) -> None:
    triples = [Triple(f"考证第{n}问", f"第{n}种证书的补贴", f"第{n}条路") for n in range(8)]
    fine_tune(small, {"questions": triples}, tmp_path / "tuned", frozen_layers=1, batch_size=4)
    before, after = (
        dict(SentenceTransformer(str(folder), device="cpu").named_parameters())
        for folder in (small, tmp_path / "tuned")
    )
    changed = {
        name
        for name in before
        if not np.array_equal(*(w[name].numpy(force=True) for w in (before, after)))
    }
    assert any(".layer.1." in name for name in changed)
    assert not any(".layer.0." in name or "embeddings" in name for name in changed)


def test_a_student_comes_nearer_to_its_teacher(
    small: Path, asked: list[Unit], tmp_path: Path
) -> None:
    texts = [f"query: {question}" for unit in asked[:16] for question in questions_of(unit)]
    distil(
        SHIPPED_MODEL,
        small,
        {"questions": texts},
        tmp_path / "taught",
        frozen_layers=1,
        epochs=3,
        batch_size=16,
    )
    teacher, before, after = (
        SentenceTransformer(str(folder), device="cpu").encode(texts, prompt="")
        for folder in (SHIPPED_MODEL, small, tmp_path / "taught")
    )
    assert np.sum(teacher * after, axis=1).mean() > np.sum(teacher * before, axis=1).mean()

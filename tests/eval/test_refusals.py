from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.answerability import calibration_of, measure_answerability
from eval.calibration import calibrate, cross_validated, fit
from eval.held_out import hold_out
from eval.negatives import NEGATIVES, Kind, Split, read_negatives
from eval.question_files import QuestionFileError
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.answering.answerability import WEIGHTS, Calibration
from server.knowledge_base import KnowledgeBase


def test_negatives_cover_both_kinds_in_every_split() -> None:
    negatives = read_negatives(NEGATIVES)
    assert len({each.id for each in negatives}) == len(negatives)
    assert {(each.kind, each.split) for each in negatives} == {
        *((kind, split) for kind in Kind for split in Split if split is not Split.FRESH),
        (Kind.NEAR, Split.FRESH),
    }
    assert all(each.why for each in negatives)


def test_near_negatives_of_one_topic_share_a_split() -> None:
    splits: dict[str, set[Split]] = {}
    for each in read_negatives(NEGATIVES):
        if each.kind is Kind.NEAR:
            splits.setdefault(each.topic, set()).add(each.split)
    assert all(len(found) == 1 for found in splits.values())


@pytest.mark.parametrize("line", ["x", "[]", '{"id": "1"}', '{"id":"1","kind":"odd"}'])
def test_a_line_that_is_no_negative_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "negatives.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"negatives\.jsonl:1"):
        read_negatives(path)


def test_files_without_splits_are_for_testing(tmp_path: Path) -> None:
    path = tmp_path / "negatives.jsonl"
    entry = {"id": "1", "kind": "far", "question": "天气", "why": "无关"}
    path.write_text(json.dumps(entry), encoding="utf-8")
    (negative,) = read_negatives(path)
    assert negative.split is Split.TEST


def test_perfect_confidence_has_no_error() -> None:
    outcomes = np.array([0.0, 1.0, 1.0])
    brier, error, bins = calibration_of(outcomes, outcomes)
    assert (brier, error) == (0, 0)
    assert sum(each.questions for each in bins) == 3


def test_answered_and_unanswered_weigh_the_same() -> None:
    brier, error, _ = calibration_of(np.full(4, 0.5), np.array([1.0, 1.0, 1.0, 0.0]))
    assert brier == pytest.approx(0.25)
    assert error == pytest.approx(0)


def test_the_fit_finds_the_sign_that_tells() -> None:
    rng = np.random.default_rng(7)
    answered = rng.random(200) < 0.5
    values = np.column_stack([answered + rng.normal(0, 0.3, 200), rng.normal(0, 1, 200)])
    found = fit(values, answered)
    assert found.weights[0] > 5 * abs(found.weights[1])
    unseen = cross_validated(values, answered, [str(at) for at in range(200)])
    assert ((unseen > 0.5) == answered).mean() > 0.9


def test_held_out_questions_are_not_in_the_files_kept(tmp_path: Path) -> None:
    settings, held_out = hold_out(IndexSettings(data_folder=tmp_path))
    kept = {
        question
        for file in settings.questions_folder.glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
        for question in json.loads(line)["asked_as"]
    }
    assert len(held_out) > 100
    assert {each.question for each in held_out}.isdisjoint(kept)


def test_a_report_counts_every_question(knowledge_base: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "negatives.jsonl"
    lines = NEGATIVES.read_text(encoding="utf-8").splitlines()[:5]
    path.write_text("\n".join(lines), encoding="utf-8")
    report = measure_answerability(knowledge_base.answerer, path)
    refused = {each.group: each for each in report.refusals}
    assert sum(each.questions for name, each in refused.items() if "near" in name) == 5
    assert refused["有答案 · test"].questions == 66
    assert 0 <= report.brier <= 1


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    return float(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b))


def test_the_shipped_weights_are_those_that_the_command_gives(index: SearchIndex) -> None:
    assert index.manifest.counts["units"]  # it has been built
    shipped = Calibration.model_validate_json(WEIGHTS.read_text(encoding="utf-8"))
    fitted = calibrate(IndexSettings(), lambda _: None)
    # Processors round the 8-bit model differently: a question at the edge moves, and signs that say
    # nearly the same (nearness to the text and to the best text) share their weight differently.
    assert fitted.made_of == pytest.approx(shipped.made_of, rel=0.01)
    assert cosine(fitted.weights, shipped.weights) > 0.98
    assert fitted.threshold == pytest.approx(shipped.threshold, abs=0.03)

"""The page for readers, of a small question file and of judgements that are made here."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from lxml import html

from eval.ablation import LADDER, measure_ladder
from eval.answerability import AnswerabilityReport, Refusals, calibration_of
from eval.cli import evaluate
from eval.measures import Estimate
from eval.questions import DATASETS, Question, read_questions
from eval.report_page import Evaluation, misses_of, prepare_folder, write_page
from eval.run import Outcome, evaluate_mode
from indexer.errors import DianceError
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder, write_source

SERVICE = "http://127.0.0.1:8000"
LET_THROUGH = "贵州的补贴 & <标准>是多少"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Question, ...]:
    path = tmp_path_factory.mktemp("report") / "small.jsonl"
    lines = (DATASETS / "dev.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_questions(path)


@pytest.fixture(scope="module")
def evaluation(index: SearchIndex, questions: tuple[Question, ...]) -> Evaluation:
    report = evaluate_mode(index, questions, Mode.LEXICAL)
    # One question that fails, whatever the search has found.
    outcomes = (replace(report.outcomes[0], rank=None), *report.outcomes[1:])
    refusals = Refusals("near · test", 1, Estimate(0, 0, 0), 0, (LET_THROUGH,))
    calibration = calibration_of(np.array([0.9, 0.6, 0.2]), np.array([1.0, 1.0, 0.0]))
    answerability = AnswerabilityReport((refusals,), *calibration)
    return Evaluation(
        "small.jsonl", questions, (replace(report, outcomes=outcomes),), answerability
    )


def page_of(evaluation: Evaluation, folder: Path) -> html.HtmlElement:
    return html.document_fromstring(
        write_page(folder, evaluation, SERVICE).read_text(encoding="utf-8")
    )


def test_the_page_needs_nothing_beside_it(evaluation: Evaluation, tmp_path: Path) -> None:
    prepare_folder(tmp_path / "my" / "report")
    page = page_of(evaluation, tmp_path / "my" / "report")
    assert [path.name for path in (tmp_path / "my" / "report").iterdir()] == ["index.html"]
    assert not page.xpath("//script | //link")
    for address in page.xpath("//@src | //@srcset"):
        assert address.startswith("data:image/svg+xml;base64,")


def test_every_measure_stands_with_its_interval(evaluation: Evaluation, tmp_path: Path) -> None:
    text = page_of(evaluation, tmp_path).text_content()
    for measures in evaluation.modes[0].measures.values():
        for estimate in measures.values():
            interval = rf"\[{estimate.low:.2f}, {estimate.high:.2f}\]"
            assert re.search(rf"{estimate.mean:.3f}\s+{interval}", text)


def test_failures_lead_to_the_service(evaluation: Evaluation, tmp_path: Path) -> None:
    page = page_of(evaluation, tmp_path)
    links = set(page.xpath("//section[@id='failures']//a/@href"))
    assert f"{SERVICE}/?q={quote(evaluation.questions[0].question)}" in links
    assert f"{SERVICE}/?q={quote(LET_THROUGH)}" in links
    assert LET_THROUGH in page.text_content()


def test_figures_have_words_and_tables_have_heads(evaluation: Evaluation, tmp_path: Path) -> None:
    page = page_of(evaluation, tmp_path)
    assert page.get("lang") == "zh-CN"
    assert all(page.xpath("//img/@alt"))
    for table in page.xpath("//table"):
        assert table.xpath("caption/text()")
        assert table.xpath("thead//th[@scope='col']")
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))


def test_the_dark_figure_differs_from_the_light_one(evaluation: Evaluation, tmp_path: Path) -> None:
    for picture in page_of(evaluation, tmp_path).xpath("//picture"):
        assert picture.xpath("source/@srcset") != picture.xpath("img/@src")


def test_an_ablation_is_told_where_it_was_measured(evaluation: Evaluation, tmp_path: Path) -> None:
    write_source(tmp_path, "通知\n\n云政发〔2030〕1号\n\n一、补贴一千元。\n")
    settings = IndexSettings(data_folder=tmp_path / "data", sources_folder=tmp_path)
    ladder = measure_ladder(
        settings,
        evaluation.questions,
        ladder=LADDER[:2],
        encoder_of=lambda _: HashingEncoder(),
    )
    assert not page_of(evaluation, tmp_path).xpath("//section[@id='ablation']")
    page = page_of(replace(evaluation, ablation=ladder), tmp_path)
    assert LADDER[1].label in page.xpath("//section[@id='ablation']")[0].text_content()


def test_misses_are_what_the_first_hit_does_not_answer_worst_first(
    evaluation: Evaluation,
) -> None:
    ranks = (1, 3, None, 2, 1, 10)
    questions = evaluation.questions
    outcomes = tuple(Outcome(q.id, rank, 1.0) for q, rank in zip(questions, ranks, strict=True))
    report = replace(evaluation.modes[0], outcomes=outcomes)
    assert [miss.rank for miss in misses_of(questions, report)] == [None, 10, 3, 2]


def test_outcomes_agree_with_the_measures(
    index: SearchIndex, questions: tuple[Question, ...]
) -> None:
    report = evaluate_mode(index, questions, Mode.LEXICAL)
    first = [outcome.rank == 1 for outcome in report.outcomes]
    overall = next(iter(report.measures.values()))
    assert sum(first) / len(first) == pytest.approx(overall["success@1"].mean)
    times = report.percentiles()
    assert list(times) == ["p50", "p90", "p99"]
    assert sorted(times.values()) == list(times.values())


def test_without_matplotlib_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DianceError, match=r"pip install .*plots"):
        evaluate(report=tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_page_that_cannot_be_written_is_said(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DianceError, match="无法建立目录"):
        evaluate(report=tmp_path / "file")
    with pytest.raises(DianceError, match="无法写入"):
        write_page(tmp_path / "file", evaluation, SERVICE)

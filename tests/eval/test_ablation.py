"""The ladder on a small collection, with the real pipeline and an encoder that needs no model."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eval.ablation import LADDER, AblationReport, Step, measure_ladder
from eval.cli import evaluate
from eval.plots import chinese_font, plot_ladder, require_plotting
from eval.questions import Gold, Question
from eval.reports import show_ablation, write_report
from eval.run import OVERALL
from indexer.errors import DianceError
from indexer.search import Mode
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder, write_source

NUMBER = "云政发〔2030〕1号"
TEXT = f"""云南省人民政府关于某事的通知

{NUMBER}

各州、市人民政府:

为做好培训补贴工作,现通知如下。

一、补贴标准

每人每年补贴一千元。

二、申请期限

每年三月底以前提出申请。

云南省人民政府
2030年1月2日
"""
QUESTIONS = (
    Question("a", "每人补贴多少", "colloquial", (Gold(NUMBER, "补贴一千元", 2),)),
    Question("b", "申请期限", "keyword", (Gold(NUMBER, "三月底以前提出申请", 2),)),
    Question("c", "何时提出申请", "formal", (Gold(NUMBER, "三月底以前提出申请", 2),)),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> IndexSettings:
    folder = tmp_path_factory.mktemp("ablation")
    write_source(folder, TEXT)
    return IndexSettings(data_folder=folder / "data", sources_folder=folder)


@pytest.fixture(scope="module")
def report(small: IndexSettings) -> AblationReport:
    return measure_ladder(small, QUESTIONS, encoder_of=lambda _: HashingEncoder())


def test_the_ladder_adds_one_part_a_step_up_to_what_is_served() -> None:
    served = IndexSettings.model_fields
    chosen: dict[str, str | bool] = {}
    for step in LADDER:
        assert set(step.changes) <= set(served)
        if chosen:
            assert len(step.changes) <= 1
        chosen |= step.changes
    assert LADDER[-1].mode is Mode.HYBRID
    assert chosen == {name: served[name].default for name in chosen}
    assert len({step.name for step in LADDER}) == len(LADDER)


def test_every_step_is_measured_overall_and_by_style(report: AblationReport) -> None:
    assert report.questions == {OVERALL: 3, "colloquial": 1, "formal": 1, "keyword": 1}
    for each in report.steps:
        assert list(each.measures) == list(report.questions)
    assert report.steps[-1].measures[OVERALL]["success@5"].mean == 1.0


def test_neighbours_are_compared(report: AblationReport) -> None:
    first, *others = report.steps
    assert first.comparison is None
    for before, after in zip(report.steps, others, strict=False):
        compared = after.comparison
        assert compared is not None
        assert 0 < compared.p <= compared.p_holm <= 1
        gain = after.measures[OVERALL]["ndcg@10"].mean - before.measures[OVERALL]["ndcg@10"].mean
        assert compared.difference == pytest.approx(gain)
        if before.measures == after.measures:
            assert compared.p == 1.0


def test_steps_share_vectors_and_leave_the_served_index_alone(
    small: IndexSettings, report: AblationReport
) -> None:
    assert report.steps
    assert not small.index_folder.exists()
    caches = sorted(path.suffixes for path in (small.data_folder / "vectors").iterdir())
    assert caches == [[".npz"], [".sentence", ".npz"]]
    variants = {path.name for path in (small.data_folder / "ablation").iterdir()}
    assert len(variants) == 4  # plain, with the dictionary, the other model, the questions
    again = HashingEncoder()
    dense = next(step for step in LADDER if step.mode is Mode.DENSE)
    measure_ladder(small, QUESTIONS, ladder=(LADDER[0], dense), encoder_of=lambda _: again)
    assert again.encoded == len(QUESTIONS)  # each question once


def test_a_step_that_changes_nothing_is_left_out(small: IndexSettings) -> None:
    plain = LADDER[0]
    same = Step("same", "没有变化", "no change", plain.mode, {"lexicon": False})
    other = Step("other", "另一模型", "another model", plain.mode, {"model": "other"})
    report = measure_ladder(
        small, QUESTIONS, ladder=(plain, same, other), encoder_of=lambda _: HashingEncoder()
    )
    assert report.skipped == (same,)
    assert [each.step for each in report.steps] == [plain, other]


def test_one_question_is_measured_but_not_compared(small: IndexSettings) -> None:
    report = measure_ladder(
        small, QUESTIONS[:1], ladder=LADDER[:2], encoder_of=lambda _: HashingEncoder()
    )
    assert [each.comparison for each in report.steps] == [None, None]


def test_the_table_names_every_step_and_what_was_left_out(
    report: AblationReport, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left_out = replace(report, skipped=(LADDER[4],))
    show_ablation(left_out, Path("questions.jsonl"))
    printed = capsys.readouterr().out
    assert all(each.step.label in printed for each in report.steps)
    assert f"略去“{LADDER[4].label}”" in printed
    write_report(tmp_path / "a.json", report)
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [each["step"]["name"] for each in content["steps"]] == [
        each.step.name for each in report.steps
    ]
    with pytest.raises(DianceError, match="无法写入"):
        write_report(tmp_path / "none" / "a.json", report)


@pytest.mark.parametrize("ending", [".svg", ".png"])
@pytest.mark.parametrize("is_chinese", [True, False])
def test_the_ladder_is_drawn_in_the_language_that_there_is_a_font_for(
    report: AblationReport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    is_chinese: bool,
) -> None:
    pytest.importorskip("matplotlib")
    if not is_chinese:
        monkeypatch.setattr("eval.plots.chinese_font", lambda: None)
    elif chinese_font() is None:
        pytest.skip("no Chinese font")
    for name in ("a", "b"):
        plot_ladder(report, tmp_path / f"{name}{ending}")
    drawn = (tmp_path / f"a{ending}").read_bytes()
    assert drawn.startswith(b"\x89PNG" if ending == ".png" else b"<?xml")
    assert drawn == (tmp_path / f"b{ending}").read_bytes()
    with pytest.raises(DianceError, match="无法写入"):
        plot_ladder(report, tmp_path / "none" / f"a{ending}")


def test_what_cannot_be_plotted_is_refused_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DianceError, match=r"\.svg 或 \.png"):
        require_plotting(tmp_path / "a.pdf")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DianceError, match=r"pip install .*plots"):
        evaluate(ablation=True, plot=tmp_path / "a.svg")


@pytest.mark.parametrize(
    "options",
    [
        {"ablation": True, "benchmark": Path()},
        {"ablation": True, "mode": [Mode.DENSE]},
        {"benchmark": Path(), "questions": Path("q.jsonl")},
        {"plot": Path("a.svg")},
        {"limit_articles": 5},
        {"report": Path("report"), "benchmark": Path()},
        {"report": Path("report"), "json_file": Path("a.json")},
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(DianceError, match="请"):
        evaluate(**options)  # type: ignore[arg-type]

"""Each peer on three clauses, and one small run from the collection to the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval.bench import report
from eval.bench.collection import Collection, Wording, all_units, collection_of
from eval.bench.diance import Diance
from eval.bench.encoding import cost_of_ours, encode_collection
from eval.bench.measurement import Measured, Throughput, Timing, best_peer, compare
from eval.bench.processes import SystemFailedError, SystemProcess
from eval.bench.query_encoders import Encoding, query_encoder
from eval.bench.runner import BenchRunner, Plan
from eval.bench.systems import FAMILIES, OURS, Variant, as_json, create, from_json, variants_of
from eval.questions import DATASETS, read_questions
from indexer.errors import DianceError
from indexer.passages import questions_of
from indexer.search import SearchIndex
from indexer.settings import IndexSettings

CLAUSES = Collection(
    ids=("补贴", "期限", "工伤"),
    texts=(
        "培训补贴\n企业每人每年补贴一千元,用于新型学徒制培训",
        "申请期限\n每年三月底以前提出申请",
        "工伤保险\n职工因工作遭受事故伤害的,享受工伤保险待遇",
    ),
    terms=("新型学徒制",),
)
QUESTION = "遭受事故伤害,享受工伤保险待遇"


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != OURS])
def test_each_peer_finds_the_clause_that_has_the_words(family: str, tmp_path: Path) -> None:
    variant = variants_of([family])[-1]
    vectors = None
    if variant.encoding is not None:
        encode = query_encoder(variant.encoding)
        vectors = np.stack([encode(text) for text in CLAUSES.texts])
    create(variant).build(CLAUSES, vectors, tmp_path)
    opened = create(variant)
    opened.open(CLAUSES, tmp_path)
    assert opened.search(QUESTION, 2)[0] == "工伤"
    assert len(opened.search(QUESTION, 1)) == 1


def test_ours_is_asked_through_the_one_search(index: SearchIndex) -> None:
    ours = Diance(Wording.QUESTIONS)
    ours.open(CLAUSES, IndexSettings().index_folder)
    hits = index.search("学徒制一年补多少钱", limit=5).hits
    assert ours.search("学徒制一年补多少钱", 5) == [hit.unit.id for hit in hits]


def test_peers_are_given_every_clause_with_and_without_its_questions(index: SearchIndex) -> None:
    plain, asked = (collection_of(index, wording) for wording in Wording)
    assert plain.ids == asked.ids == tuple(unit.id for unit in all_units(index))
    for unit, without, with_them in zip(all_units(index), plain.texts, asked.texts, strict=True):
        assert unit.reading in without
        assert with_them == "\n".join([without, *questions_of(unit)])


def test_a_collection_is_read_as_it_was_written(tmp_path: Path) -> None:
    CLAUSES.save(tmp_path / "clauses.json")
    assert Collection.load(tmp_path / "clauses.json") == CLAUSES


@pytest.mark.parametrize("variant", variants_of(FAMILIES), ids=lambda each: each.slug)
def test_a_variant_survives_the_way_to_its_process(variant: Variant) -> None:
    assert from_json(json.loads(json.dumps(as_json(variant)))) == variant


def test_every_system_is_measured_with_and_without_questions() -> None:
    wordings = {(each.family, each.wording) for each in variants_of(FAMILIES)}
    assert wordings == {(family, wording) for family in FAMILIES for wording in Wording}
    names = [each.name for each in variants_of(FAMILIES)]
    assert len(set(names)) == len(names)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(DianceError, match="没有名为 lucene 的系统"):
        variants_of(["lucene"])


def test_a_system_that_fails_says_where_its_log_is(tmp_path: Path) -> None:
    log = tmp_path / "fts5.log"
    with (
        SystemProcess("fts5", log, threads=1) as process,
        pytest.raises(SystemFailedError, match=r"fts5 失败:.*fts5\.log"),
    ):
        process.do("ask", questions=["问"], limit=1)


class RecordingProcess(SystemProcess):
    """Encodes nothing: each text takes a second, the vectors are zeros."""

    def __init__(self) -> None:
        self.encoded: list[int] = []

    def do(self, what: str, **details: object) -> dict[str, float]:
        texts = json.loads(Path(str(details["texts"])).read_text(encoding="utf-8"))
        np.save(str(details["target"]), np.zeros((len(texts), 2), np.float32))
        self.encoded.append(len(texts))
        return {"seconds": float(len(texts)), "cpu_seconds": 2.0 * len(texts)}


def test_vectors_are_made_once_and_keep_their_cost(tmp_path: Path) -> None:
    process = RecordingProcess()
    first, cost = encode_collection(CLAUSES, "model", tmp_path, process)
    again, known = encode_collection(CLAUSES, "model", tmp_path, process)
    assert first == again
    assert process.encoded == [3]
    assert (cost.seconds, cost.cpu_seconds, cost.is_fresh) == (3.0, 6.0, True)
    assert (known.seconds, known.cpu_seconds, known.is_fresh) == (3.0, 6.0, False)


def test_the_cost_of_our_vectors_is_scaled_up_from_a_sample(
    index: SearchIndex, tmp_path: Path
) -> None:
    process = RecordingProcess()
    plain, asked = (cost_of_ours(index, each, tmp_path, process) for each in Wording)
    assert process.encoded == [plain.measured, asked.measured]
    assert asked.texts - plain.texts == index.manifest.counts["questions"]
    assert plain.seconds == pytest.approx(plain.texts)


@pytest.fixture(scope="module")
def measured(index: SearchIndex, tmp_path_factory: pytest.TempPathFactory) -> list[Measured]:
    """A run of the peer that starts fastest, over all clauses and a few questions."""
    plan = Plan(
        variants=variants_of(["fts5"]),
        questions=read_questions(DATASETS / "test.jsonl")[:6],
        rounds=2,
        folder=tmp_path_factory.mktemp("bench"),
    )
    return BenchRunner(plan, index, lambda _: None).run()


def test_a_run_records_quality_times_sizes_and_memory(measured: list[Measured]) -> None:
    assert [each.variant.name for each in measured] == ["fts5", "fts5+q"]
    for each in measured:
        assert len(each.scores) == len(each.rankings) == 6
        assert len(each.timing.milliseconds) == len(each.timing.cpu_milliseconds) == 12
        assert 0 < each.timing.at(50) <= each.timing.at(99)
        assert each.index.seconds > 0
        assert each.index.size_bytes > 100_000
        assert each.index.encoding is None
        assert each.index.total_seconds == each.index.seconds
        assert each.grown_bytes > 1_000_000
        assert min(each.throughput.threads, each.throughput.processes) > 0
    plain, asked = measured
    assert asked.index.size_bytes > plain.index.size_bytes


def test_throughput_is_that_of_the_better_way() -> None:
    assert Throughput(threads=3, processes=2).way == "threads"
    assert Throughput(threads=3, processes=5).best == 5


def test_percentiles_are_of_all_timed_questions() -> None:
    timing = Timing(tuple(map(float, range(101))), (1.0, 3.0))
    assert (timing.at(50), timing.at(99), timing.cpu_mean) == (50, 99, 2)


def ours_with(scores: Measured, wording: Wording) -> Measured:
    """A system of ours that answers all questions, otherwise like the given one."""
    perfect = tuple(dict.fromkeys(score, 1.0) for score in scores.scores)
    return Measured(
        Variant(OURS, wording),
        scores.index,
        scores.open_seconds,
        scores.grown_bytes,
        Timing(tuple(each / 2 for each in scores.timing.milliseconds), (1.0,)),
        scores.throughput,
        perfect,
        scores.rankings,
    )


def test_peers_are_compared_with_ours_on_the_same_texts(measured: list[Measured]) -> None:
    plain, asked = measured
    systems = [ours_with(asked, Wording.QUESTIONS), plain, asked]
    (comparison,) = compare(systems)
    assert (comparison.ours, comparison.peer) == ("diance+q", "fts5+q")
    expected = 1 - asked.measures["ndcg@10"].mean
    assert comparison.differences["ndcg@10"] == pytest.approx(expected)
    best = best_peer(systems, "ndcg@10")
    assert best is not None
    assert not best.variant.is_ours


def test_the_report_has_every_column_ratios_and_a_figure(
    measured: list[Measured], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    systems = [ours_with(measured[1], Wording.QUESTIONS), *measured]
    report.show(systems, Path("test.jsonl"))
    shown = capsys.readouterr().out
    for head in (*report.SPEED_COLUMNS, *report.COST_COLUMNS, *report.RATIOS, "success@1", "p"):
        assert head in shown
    for system in systems:
        assert system.variant.name in shown
    report.write_json(tmp_path / "report.json", systems)
    content = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert set(content["systems"]) == {each.variant.name for each in systems}
    assert content["ratios"]["fts5+q"]["p50"] == pytest.approx(2)
    assert content["ratios"]["diance+q"] == dict.fromkeys(report.RATIOS, pytest.approx(1))
    report.plot(tmp_path / "figure.svg", systems)
    assert "svg" in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_both_encoders_of_questions_agree() -> None:
    usual, ours = (query_encoder(encoding)(QUESTION) for encoding in Encoding)
    assert usual.shape == ours.shape
    assert float(usual @ ours) > 0.98

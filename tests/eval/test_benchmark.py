"""The public benchmark, on a small folder of its format."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.benchmark import (
    ARTICLES_FILE,
    BENCHMARK_MEASURES,
    QUESTIONS_FILE,
    measure_benchmark,
    read_benchmark,
    score_ranking,
)
from eval.question_files import QuestionFileError
from eval.reports import show_benchmark
from indexer.embedding.encoder import Encoder
from indexer.search import Mode
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder

TOPICS = ("房屋租赁", "交通事故", "遗嘱继承", "劳动报酬", "婚姻登记", "食品安全")


def article(id_: int, topic: str) -> dict[str, object]:
    text = f"有关{topic}的事项,由当事人就{topic}协商第{id_}项。"
    return {"id": id_, "law": f"{topic}法", "date": "", "article": f"第{id_}条", "text": text}


def write_folder(folder: Path, articles: Sequence[object], questions: Sequence[object]) -> Path:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / ARTICLES_FILE, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in articles)
    lines = [json.dumps(each, ensure_ascii=False) for each in questions]
    (folder / QUESTIONS_FILE).write_text("\n".join(lines), encoding="utf-8")
    return folder


ARTICLES = [article(10 * at + copy, topic) for at, topic in enumerate(TOPICS) for copy in range(9)]
ASKED = [
    {"id": at, "split": "dev", "question": f"{topic}怎么办", "gold": [[10 * at], [10 * at + 1]]}
    for at, topic in enumerate(TOPICS[:3])
]
TRAIN = {"id": 9, "split": "train", "question": "不测的问题", "gold": [[40]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "bench", ARTICLES, [*ASKED, TRAIN])


def test_only_the_dev_split_is_measured(folder: Path) -> None:
    benchmark = read_benchmark(folder)
    assert [question.id for question in benchmark.questions] == ["0", "1", "2"]
    assert len(benchmark.articles) == benchmark.articles_in_all == 54


def test_a_limit_keeps_what_is_asked_for_and_grows_by_what_it_had(folder: Path) -> None:
    pools = [
        {each.id for each in read_benchmark(folder, limit).articles} for limit in (1, 10, 20, 100)
    ]
    assert pools[0] == {0, 1, 10, 11, 20, 21}
    assert [len(pool) for pool in pools] == [6, 10, 20, 54]
    assert pools[0] < pools[1] < pools[2] < pools[3]


def test_every_mode_is_measured(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = IndexSettings(data_folder=tmp_path / "data", model="hashing")
    encoder = HashingEncoder()
    report = measure_benchmark(read_benchmark(folder, 30), settings, encoder=encoder)
    assert set(report.measures) == set(Mode)
    for measures in report.measures.values():
        assert set(measures) == set(BENCHMARK_MEASURES)
        assert measures["recall@100"].mean == 1.0  # nine articles of a topic, all alike
    assert report.is_limited
    show_benchmark(report)
    assert "30 条里找" in capsys.readouterr().out

    before = encoder.encoded
    measure_benchmark(read_benchmark(folder, 30), settings, encoder=encoder)
    assert encoder.encoded == before + len(ASKED)  # the articles' vectors were kept


def test_ranking_by_words_needs_no_model(folder: Path, tmp_path: Path) -> None:
    settings = IndexSettings(data_folder=tmp_path / "data", model="/nowhere/model")
    report = measure_benchmark(read_benchmark(folder), settings, modes=[Mode.LEXICAL])
    assert list(report.measures) == [Mode.LEXICAL]
    assert not report.is_limited
    assert not settings.data_folder.exists()


def test_an_interrupted_encoding_is_gone_on_with(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.embedding.vector_cache.VectorCache._SLICE", 20)
    settings = IndexSettings(data_folder=tmp_path / "data", model="hashing")
    benchmark = read_benchmark(folder)
    first = HashingEncoder()
    interrupted: Encoder = first
    whole = first.encode_passages
    monkeypatch.setattr(
        first,
        "encode_passages",
        lambda texts, progress=None: interrupt() if first.encoded >= 40 else whole(texts, progress),
    )
    with pytest.raises(KeyboardInterrupt):
        measure_benchmark(benchmark, settings, modes=[Mode.DENSE], encoder=interrupted)
    second = HashingEncoder()
    measure_benchmark(benchmark, settings, modes=[Mode.DENSE], encoder=second)
    assert second.encoded == 54 - 40 + len(ASKED)


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("ranking", "gold", "expected"),
    [
        ([5, 7, 3], [[5]], (1, 1, 1)),
        ([5, 7, 3], [[3], [9]], (0.5, 0.5, 1 / 3)),
        ([5, 7, 3], [[9, 7]], (1, 1, 1 / 2)),  # any position of an article counts
        ([*range(1, 11), 0], [[0]], (0, 1, 0)),
        ([*range(1, 101), 0], [[0]], (0, 0, 0)),
        ([], [[0]], (0, 0, 0)),
    ],
)
def test_measures_are_those_of_the_definition(
    ranking: list[int], gold: list[list[int]], expected: tuple[float, float, float]
) -> None:
    assert tuple(score_ranking(ranking, gold).values()) == pytest.approx(expected)


@given(
    ranking=st.lists(st.integers(0, 300), unique=True, max_size=200),
    gold=st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=3), min_size=1, max_size=5),
)
def test_measures_are_shares_and_more_depth_finds_more(
    ranking: list[int], gold: list[list[int]]
) -> None:
    scores = score_ranking(ranking, gold)
    assert 0 <= scores["recall@10"] <= scores["recall@100"] <= 1
    assert (scores["mrr@10"] > 0) == (scores["recall@10"] > 0)


def test_a_missing_folder_or_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=f"{QUESTIONS_FILE}、{ARTICLES_FILE}"):
        read_benchmark(tmp_path / "none")
    write_folder(tmp_path / "bench", ARTICLES, ASKED)
    (tmp_path / "bench" / QUESTIONS_FILE).unlink()
    with pytest.raises(QuestionFileError, match=f"没有 {QUESTIONS_FILE}。"):
        read_benchmark(tmp_path / "bench")


@pytest.mark.parametrize(
    ("articles", "questions", "message"),
    [
        (ARTICLES, [{"id": 1}], r"jsonl:1 不是有效"),
        (ARTICLES, [7], r"jsonl:1 不是有效"),
        (ARTICLES, [ASKED[0] | {"gold": []}], r"jsonl:1 没有答案"),
        (ARTICLES, [ASKED[0] | {"gold": [[]]}], r"jsonl:1 没有答案"),
        (ARTICLES, [ASKED[0] | {"gold": [[999]]}], "999 号条文"),
        (ARTICLES, [TRAIN], "没有 dev 部分的问题"),
        ([{"id": 1}], ASKED, r"gz:1 不是有效"),
        ([], ASKED, "没有条文"),
    ],
)
def test_a_bad_file_is_one_clear_error(
    tmp_path: Path, articles: list[object], questions: list[object], message: str
) -> None:
    with pytest.raises(QuestionFileError, match=message):
        read_benchmark(write_folder(tmp_path / "bench", articles, questions))


def test_a_damaged_archive_is_one_clear_error(folder: Path) -> None:
    (folder / ARTICLES_FILE).write_bytes((folder / ARTICLES_FILE).read_bytes()[:60])
    with pytest.raises(QuestionFileError, match="无法读取"):
        read_benchmark(folder)
    (folder / ARTICLES_FILE).write_bytes(b"no archive")
    with pytest.raises(QuestionFileError, match="无法读取"):
        read_benchmark(folder)

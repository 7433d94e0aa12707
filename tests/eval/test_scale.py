"""Collections of any size, their vectors, and what is measured on them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from corpus.parser import parse_source
from corpus.sources import load_sources
from eval.question_files import QuestionFileError
from eval.scale.__main__ import main
from eval.scale.building import measure_build, settings_in
from eval.scale.collection import Statute, grown, read_statutes, write_sources
from eval.scale.nearby_vectors import NearbyEncoder, scattered
from eval.scale.searching import measure_search
from eval.scale.tiling import tiled_dense, tiled_lexical
from indexer.errors import DianceError
from indexer.index_folder import current_build, read_manifest
from indexer.lexical import LexicalIndex
from indexer.tokenizer import Tokenizer
from tests.indexer.small_collection import HashingEncoder

STATUTES = tuple(
    Statute(
        f"云南省{subject}条例",
        "2019-05-01",
        tuple(
            (f"第{number}条", f"{subject}的补贴标准为每人{number}千元,由财政部门核拨。")
            for number in "一二三四五"
        ),
    )
    for subject in ("职业培训", "工伤保险", "最低工资")
)


def _articles(statutes: list[Statute]) -> int:
    return sum(len(statute.articles) for statute in statutes)


@pytest.mark.parametrize("size", [1, 4, 15, 16, 40])
def test_a_collection_has_the_size_that_was_asked_for(size: int) -> None:
    assert _articles(list(grown(STATUTES, size))) == size


def test_what_there_is_comes_unchanged_and_copies_are_changed() -> None:
    laws = list(grown(STATUTES, 45))
    assert tuple(laws[:3]) == STATUTES
    titles = [law.title for law in laws]
    assert len(set(titles)) == len(titles)
    pairs = [(law.articles, STATUTES[at % 3].articles) for at, law in enumerate(laws[3:])]
    assert any(copy != own for copy, own in pairs)
    assert list(grown(STATUTES, 45)) == laws  # the same each time


def test_sources_are_read_as_one_document_a_law(tmp_path: Path) -> None:
    assert write_sources(tmp_path, grown(STATUTES, 20)) == 4
    documents = [d for source in load_sources(tmp_path) for d in parse_source(source).documents]
    assert [d.title for d in documents] == [law.title for law in grown(STATUTES, 20)]
    articles = [p.marker for p in documents[0].provisions if "条" in p.marker]
    assert articles == ["第一条", "第二条", "第三条", "第四条", "第五条"]


def test_articles_are_read_by_law(tmp_path: Path) -> None:
    path = tmp_path / "statutes.jsonl.gz"
    lines = [
        {"law": law.title, "date": law.date, "article": number, "text": text}
        for law in STATUTES
        for number, text in law.articles
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    assert read_statutes(path) == STATUTES
    path.write_bytes(b"not gzip")
    with pytest.raises(QuestionFileError, match="statutes"):
        read_statutes(path)


def test_made_up_vectors_lie_about_real_ones_and_stay_the_same() -> None:
    sample = HashingEncoder().encode_passages(
        [text for law in STATUTES for _, text in law.articles]
    )
    vectors = scattered(sample, list(range(60)))
    np.testing.assert_array_equal(vectors, scattered(sample, list(range(60))))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    own = np.sum(vectors * sample[np.arange(60) % len(sample)], axis=1)
    assert own.min() > 0.9
    assert own.max() < 1


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scale")
    write_sources(folder / "sources", STATUTES)
    cost = measure_build(folder, _encoder())
    assert cost.units >= 15
    assert set(cost.disk) >= {"store.sqlite", "lexical", "dense"}
    assert min(cost.disk.values()) > 0
    assert any("向量" in stage for stage in cost.seconds)
    return folder


def _encoder() -> NearbyEncoder:
    return NearbyEncoder(HashingEncoder(), HashingEncoder().encode_passages(["补贴", "工伤"]))


def test_a_small_collection_is_built_and_searched(built: Path) -> None:
    cost = measure_search(settings_in(built), _encoder(), ["培训补贴多少钱", "工伤谁来认定"])
    assert cost.hybrid is not None
    assert cost.hybrid.p99 >= cost.hybrid.p50 > 0
    assert cost.recall == {10: 1.0, 400: 1.0}  # everything is compared


def test_copies_of_an_index_have_the_postings_of_each_copy(built: Path) -> None:
    build = current_build(settings_in(built).index_folder)
    units = read_manifest(build).counts["units"]
    one = LexicalIndex.load(build / "lexical", units)
    size = 2 * units + 3
    three = tiled_lexical(build, units, 3, size)
    terms = Tokenizer().words("职业培训补贴")
    scores = one.scores(terms)
    assert scores.max() > 0
    np.testing.assert_array_equal(three.scores(terms), np.tile(scores, 3)[:size])


def test_copies_need_something_to_be_copied() -> None:
    with pytest.raises(DianceError, match="上限 60000"):
        main(Path("statutes.jsonl.gz"), sizes="1000000")


def test_made_up_units_are_found() -> None:
    sample = HashingEncoder().encode_passages(
        [text for law in STATUTES for _, text in law.articles]
    )
    dense = tiled_dense(sample, 300, exact_passages=100)
    assert not dense.is_exact
    found = dense.nearest_units(dense.vectors_of(123), 5)
    assert 123 in found.units

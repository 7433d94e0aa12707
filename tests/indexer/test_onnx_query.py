"""The query model agrees with the model it was exported from, and needs no torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from indexer.embedding.encoder import SentenceTransformerEncoder, open_encoder, resolve_model
from indexer.search import SearchIndex
from indexer.settings import IndexSettings

QUERIES = (
    "老板不给交社保怎么办",
    "带徒弟有补助吗",
    "云人社发〔2019〕16号",
    "电",
    "我从农村出来打工,去就业那个窗口登了记说想学门手艺,他们最迟多久要给我回话安排?" * 20,
)


@pytest.fixture(scope="module")
def model(index: SearchIndex) -> str:
    return resolve_model(IndexSettings())


def test_eight_bit_queries_point_where_the_full_model_points(model: str) -> None:
    fast, whole = open_encoder(IndexSettings(), model), SentenceTransformerEncoder(model, 2)
    assert fast.fingerprint == whole.fingerprint
    for query in QUERIES:
        vector = fast.encode_query(query)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
        assert float(vector @ whole.encode_query(query)) > 0.98


def test_eight_bit_passages_point_where_the_full_model_points_whatever_is_beside_them(
    model: str,
) -> None:
    eight_bit = open_encoder(IndexSettings(precision="int8"), model)
    whole = SentenceTransformerEncoder(model, 2)
    assert eight_bit.fingerprint != whole.fingerprint  # an index is of one of them
    counted: list[int] = []
    vectors = eight_bit.encode_passages(QUERIES, counted.append)
    assert sum(counted) == len(QUERIES)
    cosines = np.sum(vectors * whole.encode_passages(QUERIES), axis=1)
    assert cosines.min() > 0.98
    alone = np.concatenate([eight_bit.encode_passages([text]) for text in QUERIES])
    np.testing.assert_array_equal(vectors, alone)
    np.testing.assert_array_equal(
        eight_bit.encode_queries(QUERIES[:1])[0], eight_bit.encode_query(QUERIES[0])
    )


def test_a_search_loads_neither_torch_nor_transformers(index: SearchIndex) -> None:
    program = (
        "import sys\n"
        "from indexer.search import SearchIndex\n"
        "from indexer.settings import IndexSettings\n"
        "assert SearchIndex.open(IndexSettings()).search('带徒弟有补助吗').hits\n"
        "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr

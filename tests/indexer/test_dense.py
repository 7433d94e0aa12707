"""Nearest passages: exact while a collection is small, by cells of space beyond."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer import dense
from indexer.dense import DenseIndex
from indexer.embedding.encoder import Vectors

_PASSAGES, _UNITS, _DIMENSION = 6000, 4000, 32


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Clustered, as texts are: passages on a hundred subjects."""
    draw = np.random.default_rng(5)
    subjects = draw.standard_normal((100, _DIMENSION))
    noise = 0.5 * draw.standard_normal((_PASSAGES, _DIMENSION))
    clustered = subjects[draw.integers(0, len(subjects), _PASSAGES)] + noise
    return np.asarray(clustered / np.linalg.norm(clustered, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def units() -> NDArray[np.int32]:
    """The unit of each passage; some units have none."""
    return np.sort(np.random.default_rng(6).integers(0, _UNITS, _PASSAGES)).astype(np.int32)


@pytest.fixture(scope="module")
def exact(vectors: Vectors, units: NDArray[np.int32]) -> DenseIndex:
    return DenseIndex.build(vectors, units, _UNITS)


@pytest.fixture(scope="module")
def approximate(
    vectors: Vectors, units: NDArray[np.int32], tmp_path_factory: pytest.TempPathFactory
) -> DenseIndex:
    """Saved and opened again."""
    folder = tmp_path_factory.mktemp("dense")
    DenseIndex.build(vectors, units, _UNITS, exact_passages=1000).save(folder)
    return DenseIndex.load(folder, _UNITS)


@pytest.fixture(scope="module")
def queries(vectors: Vectors) -> Vectors:
    draw = np.random.default_rng(7)
    near = vectors[::200] + 0.1 * draw.standard_normal((len(vectors[::200]), _DIMENSION))
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), np.float32)


def _recall(found: DenseIndex, exact: DenseIndex, queries: Vectors, passages: int) -> float:
    shares = []
    for query in queries:
        wanted = exact.nearest_units(query, passages).units
        shares.append(np.isin(wanted, found.nearest_units(query, passages).units).mean())
    return float(np.mean(shares))


def test_the_size_decides_whether_all_is_compared(
    exact: DenseIndex, approximate: DenseIndex
) -> None:
    assert exact.is_exact
    assert not approximate.is_exact


@pytest.mark.parametrize(("passages", "least"), [(10, 0.99), (400, 0.95)])
def test_cells_find_what_comparing_all_finds(
    exact: DenseIndex, approximate: DenseIndex, queries: Vectors, passages: int, least: float
) -> None:
    assert _recall(approximate, exact, queries, passages) >= least


def test_the_nearest_passage_speaks_for_its_unit(
    exact: DenseIndex, vectors: Vectors, units: NDArray[np.int32], queries: Vectors
) -> None:
    cosines, passages = exact.nearest(queries[0], _PASSAGES)
    own = vectors @ queries[0]
    for unit in range(0, _UNITS, 97):
        of_unit = np.flatnonzero(units == unit)
        if len(of_unit):
            assert passages[unit] == of_unit[np.argmax(own[of_unit])]
            assert cosines[unit] == pytest.approx(own[of_unit].max(), abs=1e-5)
        else:
            assert passages[unit] == -1
            assert cosines[unit] == -np.inf


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.9])
def test_filters_that_leave_what_can_be_compared_lose_nothing(
    approximate: DenseIndex, vectors: Vectors, units: NDArray[np.int32], share: float
) -> None:
    admitted = np.random.default_rng(8).random(_UNITS) < share
    query = vectors[17]
    found = approximate.nearest_units(query, 5, admitted)
    np.testing.assert_array_equal(found.units, np.unique(units[admitted[units]]))
    best = np.full(_UNITS, -np.inf, np.float32)
    np.maximum.at(best, units, vectors @ query)
    np.testing.assert_allclose(found.cosines, best[found.units], atol=1e-5)


def test_filters_that_leave_more_give_the_nearest_of_it(
    exact: DenseIndex,
    approximate: DenseIndex,
    queries: Vectors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dense, "EXACT_PASSAGES", 100)
    admitted = np.random.default_rng(9).random(_UNITS) < 0.2
    shares = []
    for query in queries:
        found = approximate.nearest_units(query, 50, admitted)
        assert admitted[found.units].all()
        whole = exact.nearest_units(query, 0, admitted)
        nearest = whole.units[np.argsort(-whole.cosines)[:40]]
        shares.append(np.isin(nearest, found.units).mean())
    assert np.mean(shares) >= 0.95


def test_the_same_vectors_make_the_same_file(
    vectors: Vectors, units: NDArray[np.int32], tmp_path: Path
) -> None:
    for name in ("first", "second"):
        DenseIndex.build(vectors, units, _UNITS, exact_passages=0).save(tmp_path / name)
    first, second = (tmp_path / name / "passages.faiss" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_vectors_come_back_as_they_were(
    exact: DenseIndex, approximate: DenseIndex, vectors: Vectors, units: NDArray[np.int32]
) -> None:
    for unit in (0, int(units[100]), _UNITS - 1, -1):
        wanted = vectors[units == unit]
        np.testing.assert_array_equal(exact.vectors_of(unit), wanted)
        np.testing.assert_array_equal(approximate.vectors_of(unit), wanted)


def test_units_near_to_several_are_scored_alike(
    exact: DenseIndex, approximate: DenseIndex, units: NDArray[np.int32]
) -> None:
    own = np.unique(units)[:3].tolist()
    near, of_all = approximate.nearness_to(own), exact.nearness_to(own)
    known = np.isfinite(near)
    np.testing.assert_allclose(near[known], of_all[known], atol=1e-5)
    nearest = np.argsort(-of_all)[:10]
    np.testing.assert_array_equal(np.argsort(-near)[:10], nearest)

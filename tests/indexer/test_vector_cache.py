"""Vectors are kept while they are made: an interrupted run goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.embedding.encoder import Vectors
from indexer.embedding.vector_cache import VectorCache
from tests.indexer.small_collection import HashingEncoder

TEXTS = [f"第{n}条 补贴标准" for n in range(10)]


class InterruptedEncoder(HashingEncoder):
    """Stops like a pressed Ctrl+C once it has encoded ``most`` texts."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if self.encoded >= self._most:
            raise KeyboardInterrupt
        return super().encode_passages(passages, progress)


def test_an_interrupted_run_loses_one_slice_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorCache, "_SLICE", 4)
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path, InterruptedEncoder(8)).encode(TEXTS)
    encoder = HashingEncoder()
    vectors = VectorCache(tmp_path, encoder).encode(TEXTS)
    assert encoder.encoded == 2
    np.testing.assert_array_equal(vectors, HashingEncoder().encode_passages(TEXTS))


def test_texts_that_are_gone_are_dropped_by_a_whole_run_only(tmp_path: Path) -> None:
    VectorCache(tmp_path, HashingEncoder()).encode(TEXTS)
    again = HashingEncoder()
    VectorCache(tmp_path, again).encode(TEXTS[:3])
    VectorCache(tmp_path, again).encode(TEXTS)
    assert again.encoded == 0  # nothing was missing, so nothing was written
    VectorCache(tmp_path, again).encode([*TEXTS[:3], "新的条文"])
    VectorCache(tmp_path, again).encode(TEXTS)
    assert again.encoded == 1 + 7


def test_the_same_text_is_encoded_once(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    vectors = VectorCache(tmp_path, encoder).encode(["同一条", "同一条", "另一条"])
    assert encoder.encoded == 2
    np.testing.assert_array_equal(vectors[0], vectors[1])


def test_a_slice_is_written_once_and_a_whole_run_leaves_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorCache, "_SLICE", 4)
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path, InterruptedEncoder(8)).encode(TEXTS)
    first, second = sorted(tmp_path.iterdir())
    assert first.stat().st_size == second.stat().st_size  # neither holds what the other has
    VectorCache(tmp_path, HashingEncoder()).encode(TEXTS)
    (whole,) = tmp_path.iterdir()
    assert "slice" not in whole.name


def test_a_damaged_slice_costs_its_own_vectors_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorCache, "_SLICE", 4)
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path, InterruptedEncoder(8)).encode(TEXTS)
    damaged = max(tmp_path.iterdir())
    damaged.write_bytes(damaged.read_bytes()[:200])
    encoder = HashingEncoder()
    vectors = VectorCache(tmp_path, encoder).encode(TEXTS)
    assert encoder.encoded == 6
    np.testing.assert_array_equal(vectors, HashingEncoder().encode_passages(TEXTS))


def test_vectors_come_in_the_order_of_the_texts_though_long_ones_are_encoded_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorCache, "_SLICE", 3)
    texts = [text * (1 + n * 7 % 10) for n, text in enumerate(TEXTS)]
    lengths: list[int] = []

    class Listening(HashingEncoder):
        def encode_passages(
            self, passages: Sequence[str], progress: Callable[[int], None] | None = None
        ) -> Vectors:
            lengths.extend(map(len, passages))
            return super().encode_passages(passages, progress)

    vectors = VectorCache(tmp_path, Listening()).encode(texts)
    assert lengths == sorted(map(len, texts), reverse=True)
    np.testing.assert_array_equal(vectors, HashingEncoder().encode_passages(texts))


def test_only_what_changed_is_encoded_again(tmp_path: Path) -> None:
    VectorCache(tmp_path, HashingEncoder()).encode(TEXTS)
    changed = [*TEXTS[:4], "第4条 补贴标准提高", *TEXTS[5:]]
    encoder = HashingEncoder()
    vectors = VectorCache(tmp_path, encoder).encode(changed)
    assert encoder.encoded == 1
    np.testing.assert_array_equal(vectors, HashingEncoder().encode_passages(changed))

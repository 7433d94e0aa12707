"""A collection of one source, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexer.embedding.encoder import Vectors


class HashingEncoder:
    """Vectors from character bigrams: real geometry, no weights."""

    fingerprint = "hashing-1"

    def __init__(self) -> None:
        self.encoded = 0

    def encode_query(self, query: str) -> Vectors:
        return self.encode_passages([query])[0]

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return self.encode_passages(queries, progress)

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self.encoded += len(passages)
        vectors = np.full((len(passages), 64), 1e-3, np.float32)
        for row, passage in enumerate(passages):
            for at in range(len(passage) - 1):
                bucket = hashlib.sha256(passage[at : at + 2].encode()).digest()[0] % 64
                vectors[row, bucket] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def write_source(folder: Path, text: str) -> None:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    entry = {
        "file": "a.txt",
        "title": "汇编",
        "publisher": "某办",
        "date": "2030",
        "sha256": digest,
    }
    (folder / "manifest.json").write_text(json.dumps({"sources": [entry]}), encoding="utf-8")

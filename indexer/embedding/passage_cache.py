"""Vectors of passages that were encoded before, so that a rebuild encodes only what changed."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexer.embedding.encoder import Encoder, Vectors


class PassageCache:
    """A file of vectors a model, keyed by the SHA-256 of the passage.

    A damaged or unreadable file counts as empty: the vectors are then encoded again.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]
        self._path = folder / f"{name}.npz"
        self._encoder = encoder

    def encode(
        self, passages: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Unit vectors of ``passages``, shape ``(len(passages), dimension)``."""
        keys = [hashlib.sha256(passage.encode()).hexdigest() for passage in passages]
        known = self._read()
        missing = list(
            {
                key: text for key, text in zip(keys, passages, strict=True) if key not in known
            }.items()
        )
        done = len(passages) - len(missing)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, len(passages))

        advance(0)
        if missing:
            fresh = self._encoder.encode_passages([text for _, text in missing], advance)
            known |= {key: vector for (key, _), vector in zip(missing, fresh, strict=True)}
        vectors = np.stack([known[key] for key in keys])
        if missing:
            self._write(keys, vectors)
        return vectors

    def _read(self) -> dict[str, Vectors]:
        try:
            with np.load(self._path) as content:
                return dict(zip(content["keys"].tolist(), content["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}

    def _write(self, keys: Sequence[str], vectors: Vectors) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, keys=np.array(keys), vectors=vectors)
        os.replace(partial, self._path)

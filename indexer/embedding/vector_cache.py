"""Vectors of texts that were encoded before, so that a rebuild encodes only what changed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.durable import replacing
from indexer.embedding.encoder import Encoder, Vectors

_log = logging.getLogger(__name__)

BatchEncoder = Callable[[Sequence[str], Callable[[int], None] | None], Vectors]


class VectorCache:
    """A file of vectors a model and kind of text, keyed by the SHA-256 of the text.

    It is written after each slice of new vectors, so that an interrupted run loses minutes, and
    holds the texts of the last whole run only. A damaged or unreadable file counts as empty: the
    vectors are then encoded again.
    """

    _SLICE = 1024  # texts encoded between two writes: a minute or two on two cores

    def __init__(self, folder: Path, encoder: Encoder, kind: str = "passage") -> None:
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]
        self._path = folder / (f"{name}.npz" if kind == "passage" else f"{name}.{kind}.npz")
        self._encode: BatchEncoder = (
            encoder.encode_queries if kind == "question" else encoder.encode_passages
        )

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Unit vectors of ``texts``, shape ``(len(texts), dimension)``; there is at least one."""
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._read()
        missing = list(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items()
        )
        done = len(texts) - len(missing)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, len(texts))

        advance(0)
        for start in range(0, len(missing), self._SLICE):
            batch = missing[start : start + self._SLICE]
            fresh = self._encode([text for _, text in batch], advance)
            known |= {key: vector for (key, _), vector in zip(batch, fresh, strict=True)}
            if start + self._SLICE < len(missing):
                self._write(list(known), np.stack(list(known.values())))
        vectors = np.stack([known[key] for key in keys])
        if missing:
            self._write(keys, vectors)
        return vectors

    def _read(self) -> dict[str, Vectors]:
        try:
            with np.load(self._path) as content:
                return dict(zip(content["keys"].tolist(), content["vectors"], strict=True))
        except FileNotFoundError:
            return {}
        except Exception as error:  # a damaged archive raises whatever its damaged parts lead to
            _log.warning("%s can't be read (%s): encoding anew", self._path, type(error).__name__)
            return {}

    def _write(self, keys: Sequence[str], vectors: Vectors) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._path) as file:
            np.savez(file, keys=np.array(keys), vectors=vectors)

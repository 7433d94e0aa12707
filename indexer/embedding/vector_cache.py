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

    While a run goes on, each slice of new vectors is a file of its own beside it, so that an
    interrupted run loses minutes and writes every vector once. A whole run leaves one file again,
    with the texts of that run only. A damaged or unreadable file counts as empty: its vectors are
    then encoded again.
    """

    _SLICE = 1024  # texts encoded between two writes: a minute or two on two cores

    def __init__(self, folder: Path, encoder: Encoder, kind: str = "passage") -> None:
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]
        self._name = name if kind == "passage" else f"{name}.{kind}"
        self._path = folder / f"{self._name}.npz"
        self._encode: BatchEncoder = (
            encoder.encode_queries if kind == "question" else encoder.encode_passages
        )

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Unit vectors of ``texts``, shape ``(len(texts), dimension)``; there is at least one."""
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._read()
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        done = len(texts) - len(missing)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, len(texts))

        advance(0)
        # From long to short over all of them: a slice has texts of one length and pads little.
        ordered = sorted(missing, key=lambda key: -len(missing[key]))
        for start in range(0, len(ordered), self._SLICE):
            batch = ordered[start : start + self._SLICE]
            fresh = self._encode([missing[key] for key in batch], advance)
            known |= dict(zip(batch, fresh, strict=True))
            if start + self._SLICE < len(ordered):
                self._write(self._next_slice(), batch, fresh)
        vectors = np.stack([known[key] for key in keys])
        if missing:
            self._write(self._path, keys, vectors)
            for path in self._slices():
                path.unlink(missing_ok=True)
        return vectors

    def _slices(self) -> list[Path]:
        return sorted(self._path.parent.glob(f"{self._name}.slice-*.npz"))

    def _next_slice(self) -> Path:
        """A name that no other slice has, whether of this run or of one that was cut short."""
        last = max((int(path.stem.rpartition("-")[2]) for path in self._slices()), default=0)
        return self._path.with_name(f"{self._name}.slice-{last + 1:06d}.npz")

    def _read(self) -> dict[str, Vectors]:
        return {key: vector for path in (self._path, *self._slices()) for key, vector in _in(path)}

    def _write(self, path: Path, keys: Sequence[str], vectors: Vectors) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, keys=np.array(keys), vectors=vectors)


def _in(path: Path) -> list[tuple[str, Vectors]]:
    """What a file holds; nothing if it is damaged."""
    try:
        with np.load(path) as content:
            return list(zip(content["keys"].tolist(), content["vectors"], strict=True))
    except FileNotFoundError:
        return []
    except Exception as error:  # a damaged archive raises whatever its damaged parts lead to
        _log.warning("%s can't be read (%s): encoding anew", path, type(error).__name__)
        return []

"""txtai: its hybrid of vectors in FAISS and BM25 in SQLite.

Set up as ``hybrid`` sets it up (BM25, a terms index, normalised scores, equal weights, ten times as
many candidates as asked for), with two things that its documentation leaves to the user. BM25 cuts
words with jieba: txtai takes a scoring class of one's own for that. Questions are encoded by
sentence-transformers (``method``), which knows the prompts of the model, or by a function of one's
own (``external``). Texts come with the vectors that all embedding peers share. No content is
stored; ids are what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings
from txtai.scoring import BM25

from eval.bench.collection import Collection, Vectors
from eval.bench.peers import QueryEncoder, WordCutter
from eval.bench.query_encoders import Encoding, query_encoder
from indexer.embedding.encoder import SHIPPED_MODEL

_SCORING = {
    "method": "eval.bench.txtai_hybrid.WordBM25",
    "terms": True,
    "normalize": True,
}


class WordBM25(BM25):  # type: ignore[misc]
    """txtai's BM25 over the words of jieba; ``words`` of the configuration are added to it."""

    def loadtokenizer(self) -> Callable[[str], list[str]]:
        """Called by txtai when it first needs to cut a text."""
        return WordCutter(Collection((), (), tuple(self.config["words"]))).words


class TxtaiHybrid:
    """One ``Embeddings``."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Index both sides."""
        if vectors is None:
            raise ValueError("texts and vectors are indexed together")
        known = dict(zip(collection.texts, vectors, strict=True))
        embeddings = Embeddings(
            method="external",
            transform=_transform(known.__getitem__),
            scoring={**_SCORING, "words": list(collection.terms)},
        )
        embeddings.index(zip(collection.ids, collection.texts, strict=True))
        embeddings.config.pop("transform")  # a function can't be written to disk
        embeddings.save(str(folder))

    def open(self, collection: Collection, folder: Path) -> None:
        """Load the index with whoever encodes the questions."""
        self._embeddings = Embeddings()
        self._embeddings.load(str(folder), config=self._encoder_options())

    def _encoder_options(self) -> dict[str, Any]:
        if self._encoding is Encoding.USUAL:
            return {"method": "sentence-transformers", "path": str(SHIPPED_MODEL), "gpu": False}
        return {"transform": _transform(query_encoder(self._encoding))}

    def search(self, question: str, limit: int) -> list[str]:
        """Both sides, fused by txtai."""
        return [str(id_) for id_, _ in self._embeddings.search(question, limit)]


def _transform(encode: QueryEncoder) -> Callable[[Sequence[str]], Vectors]:
    """Texts -> vectors as ``external`` wants it: a plain function, which it doesn't instantiate."""

    def transform(texts: Sequence[str]) -> Vectors:
        return np.stack([encode(text) for text in texts])

    return transform

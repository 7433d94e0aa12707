"""Haystack: the hybrid pipeline of its tutorial on the in-memory document store.

BM25 retriever and embedding retriever, joined by reciprocal ranks (the joiner for scores that don't
compare). The store cuts texts by a regular expression and takes single Han characters by default;
words are better, so that contents and questions are handed over with blanks between the words of
jieba, and the expression splits at blanks. Documents come with their vectors, which are of unit
length, so that the store's dot product is the cosine; vectors aren't handed out with what is found.
The embedder of questions is a component that calls sentence-transformers, as that of Haystack's
integration does, or our encoder. No ranker: none of the systems here has a second stage.
"""

from __future__ import annotations

import os
from pathlib import Path

from eval.bench.collection import Collection, Vectors
from eval.bench.peers import CANDIDATES, QueryEncoder, WordCutter
from eval.bench.query_encoders import Encoding, query_encoder

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

from haystack import Document, Pipeline, component
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

_FILE = "store.json"


@component
class QuestionEmbedder:
    """A question -> its vector."""

    def __init__(self, encode: QueryEncoder) -> None:
        self._encode = encode

    @component.output_types(embedding=list[float])
    def run(self, text: str) -> dict[str, list[float]]:
        """As the text embedders of Haystack."""
        return {"embedding": self._encode(text).tolist()}


class HaystackHybrid:
    """One pipeline."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Fill the store and write it to disk."""
        if vectors is None:
            raise ValueError("texts and vectors are indexed together")
        cutter = WordCutter(collection)
        store = InMemoryDocumentStore(bm25_tokenization_regex=r"\S+", return_embedding=False)
        store.write_documents(
            [
                Document(id=id_, content=cutter.spaced(text), embedding=vector.tolist())
                for id_, text, vector in zip(collection.ids, collection.texts, vectors, strict=True)
            ]
        )
        store.save_to_disk(str(folder / _FILE))

    def open(self, collection: Collection, folder: Path) -> None:
        """Read the store back and connect the pipeline."""
        self._cutter = WordCutter(collection)
        store = InMemoryDocumentStore.load_from_disk(str(folder / _FILE))
        self._pipeline = Pipeline()
        self._pipeline.add_component("embedder", QuestionEmbedder(query_encoder(self._encoding)))
        self._pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=CANDIDATES))
        self._pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=CANDIDATES))
        self._pipeline.add_component("joiner", DocumentJoiner("reciprocal_rank_fusion"))
        self._pipeline.connect("embedder.embedding", "vectors.query_embedding")
        self._pipeline.connect("words", "joiner")
        self._pipeline.connect("vectors", "joiner")
        self._pipeline.warm_up()

    def search(self, question: str, limit: int) -> list[str]:
        """Both retrievers, joined. A question without words would be refused by the first."""
        words = self._cutter.spaced(question) or question
        inputs = {
            "embedder": {"text": question},
            "words": {"query": words},
            "joiner": {"top_k": limit},
        }
        found = self._pipeline.run(inputs)["joiner"]["documents"]
        return [document.id for document in found]

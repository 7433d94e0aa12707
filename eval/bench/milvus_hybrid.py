"""Milvus Lite: its hybrid search over a dense and a BM25 field, fused by reciprocal ranks.

Set up as Milvus' documentation does for full-text search with vectors: a text field with an
analyser, a BM25 function that fills the sparse field, an automatic index on the dense field,
``RRFRanker`` with its default. The analyser is jieba in search mode with our dictionary, our stop
words and the punctuation that the server's ``cnalphanumonly`` would remove and Lite doesn't have.
Texts for it are folded (NFKC, simplified characters). The database runs inside the process, spoken
to through its client, as its users do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pymilvus import (
    AnnSearchRequest,
    CollectionSchema,
    DataType,
    Function,
    FunctionType,
    MilvusClient,
    RRFRanker,
)
from pymilvus.milvus_client import IndexParams

from eval.bench.collection import Collection, Vectors
from eval.bench.peers import CANDIDATES
from eval.bench.query_encoders import Encoding, query_encoder
from indexer.tokenizer import STOP_WORDS, USER_DICTIONARY, fold

_FILE = "milvus.db"
_COLLECTION = "clauses"
_LONGEST_TEXT = 60_000  # bytes; a varchar of Milvus holds 65,535
_BATCH = 500
_PUNCTUATION = "，。、；：？！（）《》〈〉“”‘’【】〔〕—…·,.;:?!()<>\"'[]-/~%"


class MilvusHybrid:
    """One collection in a file."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def build(self, collection: Collection, vectors: Vectors | None, folder: Path) -> None:
        """Insert in batches, then flush."""
        if vectors is None:
            raise ValueError("texts and vectors are indexed together")
        client = MilvusClient(str(folder / _FILE))
        client.create_collection(
            _COLLECTION,
            schema=_schema(client, collection.terms, vectors.shape[1]),
            index_params=_indexes(client),
        )
        rows = [
            {"id": id_, "text": fold(text), "dense": vector.tolist()}
            for id_, text, vector in zip(collection.ids, collection.texts, vectors, strict=True)
        ]
        for start in range(0, len(rows), _BATCH):
            client.insert(_COLLECTION, rows[start : start + _BATCH])
        client.flush(_COLLECTION)
        client.close()

    def open(self, collection: Collection, folder: Path) -> None:
        """Start the database and load the collection."""
        self._encode = query_encoder(self._encoding)
        self._client = MilvusClient(str(folder / _FILE))
        self._client.load_collection(_COLLECTION)

    def search(self, question: str, limit: int) -> list[str]:
        """Both fields, fused by Milvus."""
        near = AnnSearchRequest(
            [self._encode(question).tolist()], "dense", {"metric_type": "COSINE"}, CANDIDATES
        )
        matching = AnnSearchRequest([fold(question)], "sparse", {"metric_type": "BM25"}, CANDIDATES)
        (found,) = self._client.hybrid_search(
            _COLLECTION, [near, matching], RRFRanker(), limit=limit
        )
        return [str(hit["id"]) for hit in found]


def _schema(client: MilvusClient, terms: tuple[str, ...], dimension: int) -> CollectionSchema:
    schema = client.create_schema()
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=512)
    schema.add_field(
        "text",
        DataType.VARCHAR,
        max_length=_LONGEST_TEXT,
        enable_analyzer=True,
        analyzer_params=_analyser(terms),
    )
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["sparse"]))
    return schema


def _analyser(terms: tuple[str, ...]) -> dict[str, Any]:
    by_hand = USER_DICTIONARY.read_text(encoding="utf-8").splitlines()
    words = [*terms, *(line.split()[0] for line in by_hand if line.strip())]
    stop_words = [*STOP_WORDS.read_text(encoding="utf-8").split(), *_PUNCTUATION]
    return {
        "tokenizer": {"type": "jieba", "mode": "search", "dict": words},
        "filter": [{"type": "stop", "stop_words": stop_words}],
    }


def _indexes(client: MilvusClient) -> IndexParams:
    indexes = client.prepare_index_params()
    indexes.add_index("dense", index_type="AUTOINDEX", metric_type="COSINE")
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    return indexes

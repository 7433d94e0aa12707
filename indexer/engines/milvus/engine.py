"""The engine of a cluster: candidates from the collections of one build in Milvus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.encoder import Vectors
from indexer.engines.contract import (
    MOST_CANDIDATES,
    NEAREST_PASSAGES,
    NEAREST_QUESTIONS,
    Candidates,
    Found,
    Wanted,
    WeightedTerms,
    best,
    nothing,
)
from indexer.engines.milvus.collections import Collections, Kind
from indexer.engines.milvus.connection import connect, told
from indexer.engines.milvus.filters import expression_of
from indexer.engines.milvus.term_table import TermTable
from indexer.errors import EngineError
from indexer.index_folder import LEXICAL, Manifest
from indexer.lexical import LexicalIndex
from indexer.settings import IndexSettings
from indexer.store import Store

if TYPE_CHECKING:
    from pymilvus import MilvusClient

_SEARCHES_AT_ONCE = 16  # of all queries together; each query has up to three
_KEPT_UNITS = 1024  # whose vectors aren't fetched again; a unit has about 10 kB
_PASSAGES_A_UNIT = 4  # looked at for each unit that is to be found near
_VECTORS_AT_ONCE = 64  # searched for, or units whose vectors are fetched, in one call
_GRAPH_DEPTH = 2  # times as many nodes of HNSW are visited as are wanted

Row = Mapping[str, Any]


class MilvusEngine:
    """Asks Milvus for candidates; the document store tells what filters mean."""

    def __init__(
        self, settings: IndexSettings, build: Path, manifest: Manifest, store: Store
    ) -> None:
        """Open the collections of a build.

        Raises:
            EngineError: Milvus can't be reached, or hasn't got this build whole.
        """
        self.size = manifest.counts["units"]
        self._uri = settings.milvus_uri
        self._store = store
        self._dimension = manifest.dimension
        self._terms = TermTable(LexicalIndex.load(build / LEXICAL, self.size))
        self._client, collections = opened_collections(settings, manifest)
        self._name: Callable[[Kind], str] = collections.name
        self._is_graph = settings.milvus_index == "HNSW"
        self._searches = ThreadPoolExecutor(_SEARCHES_AT_ONCE, thread_name_prefix="milvus")
        self.question_vectors = lru_cache(_KEPT_UNITS)(self._question_vectors)
        self.sentence_vectors = lru_cache(_KEPT_UNITS)(self._sentence_vectors)

    def candidates(self, wanted: Wanted) -> Found:
        """See :class:`~indexer.engines.contract.Engine`."""
        passing = expression_of(wanted.filters, self._store)
        none = np.zeros(0, np.int32)
        if passing is None:
            return Found(nothing(), nothing(), none.astype(np.bool_), nothing(), none)
        texts = asked = None
        if wanted.vector is not None:
            vectors = [wanted.vector]
            limits = (NEAREST_PASSAGES, NEAREST_QUESTIONS)
            passages, questions = (MOST_CANDIDATES,) * 2 if wanted.is_filtered else limits
            texts = self._searches.submit(
                self._nearest, Kind.PASSAGES, vectors, passages, "unasked", passing
            )
            asked = self._searches.submit(
                self._nearest, Kind.QUESTIONS, vectors, questions, "number", passing
            )
        lexical = self._lexical(wanted.terms, passing)
        found, unasked = _of_units(texts.result()[0] if texts else [], "unasked")
        by_question, numbers = _of_units(asked.result()[0] if asked else [], "number")
        return Found(
            lexical, found, unasked.astype(np.bool_), by_question, numbers.astype(np.int32)
        )

    def _lexical(self, terms: Sequence[WeightedTerms], passing: str) -> Candidates:
        if not (vector := self._terms.query(terms)):
            return nothing()
        (hits,) = self._search(Kind.UNITS, [vector], MOST_CANDIDATES, (), passing)
        units = np.array([hit["id"] for hit in hits], np.int64)
        scores = np.array([hit["distance"] for hit in hits], np.float32)
        order = np.argsort(units)
        return Candidates(units[order], scores[order])

    def frequency(self, term: str) -> int:
        """See :class:`~indexer.engines.contract.Engine`."""
        return self._terms.frequency(term)

    def held(self, units: Sequence[int], terms: Sequence[str]) -> NDArray[np.bool_]:
        """See :class:`~indexer.engines.contract.Engine`."""
        rows = self._rows(Kind.UNITS, f"id in {list(units)}", ("id", "terms")) if units else []
        has = {row["id"]: row["terms"].keys() for row in rows}
        dimensions = [self._terms.dimension(term) for term in terms]
        held = [[dimension in has[unit] for dimension in dimensions] for unit in units]
        return np.array(held, np.bool_).reshape(len(units), len(terms))

    def have_all(self, terms: Sequence[str]) -> bool:
        """See :class:`~indexer.engines.contract.Engine`.

        From the rarest term on, those that have one are looked through for the next. Exact unless
        each of the terms is in more than MOST_CANDIDATES units.
        """
        rarest_first = sorted(set(terms), key=self.frequency)
        if not terms or self.frequency(rarest_first[0]) == 0:
            return False
        common: list[int] | None = None
        for term in rarest_first:
            among = "" if common is None else f"id in {common}"
            vector = self._terms.query([WeightedTerms(1.0, [term])])
            (hits,) = self._search(Kind.UNITS, [vector], MOST_CANDIDATES, (), among)
            common = [hit["id"] for hit in hits]
            if not common:
                return False
        return True

    def _question_vectors(self, unit: int) -> Vectors:
        return self._vectors_of(Kind.QUESTIONS, [unit])[1]

    def _sentence_vectors(self, unit: int) -> Vectors:
        return self._vectors_of(Kind.SENTENCES, [unit])[1]

    def nearest_to(self, units: Sequence[int], limit: int) -> Candidates:
        """See :class:`~indexer.engines.contract.Engine`.

        Only units are looked at of which a passage is among the nearest of one of the given ones.
        """
        _, own = self._vectors_of(Kind.PASSAGES, units)
        if not len(own):
            return nothing()
        depth = min(_PASSAGES_A_UNIT * limit, MOST_CANDIDATES)
        near: set[int] = set()
        for first in range(0, len(own), _VECTORS_AT_ONCE):
            vectors = list(own[first : first + _VECTORS_AT_ONCE])
            for hits in self._nearest(Kind.PASSAGES, vectors, depth, "unasked", ""):
                near.update(hit["entity"]["unit"] for hit in hits)
        positions, vectors_of_near = self._vectors_of(Kind.PASSAGES, sorted(near))
        found, rows = np.unique(positions, return_index=True)
        nearest = np.maximum.reduceat(vectors_of_near @ own.T, rows, axis=0)
        return best(found, nearest.mean(axis=1), limit)

    def close(self) -> None:
        """See :class:`~indexer.engines.contract.Engine`."""
        self._searches.shutdown(wait=False)
        self._client.close()

    def _vectors_of(self, kind: Kind, units: Sequence[int]) -> tuple[NDArray[np.int64], Vectors]:
        """The vectors of units in order, with the unit of each; shapes ``(n,)`` and ``(n, d)``."""
        rows: list[Row] = []
        for first in range(0, len(units), _VECTORS_AT_ONCE):
            wanted = list(units[first : first + _VECTORS_AT_ONCE])
            found = self._rows(kind, f"unit in {wanted}", ("id", "unit", "vector"))
            rows += sorted(found, key=lambda row: int(row["id"]))
        positions = np.array([row["unit"] for row in rows], np.int64)
        vectors = np.array([row["vector"] for row in rows], np.float32)
        return positions, vectors.reshape(len(rows), self._dimension)

    def _nearest(
        self, kind: Kind, vectors: Sequence[Vectors], limit: int, field: str, passing: str
    ) -> list[list[Row]]:
        return self._search(kind, vectors, limit, ("unit", field), passing)

    def _search(
        self,
        kind: Kind,
        vectors: Sequence[Vectors] | Sequence[Mapping[int, float]],
        limit: int,
        fields: Sequence[str],
        passing: str,
    ) -> list[list[Row]]:
        """The nearest rows to each vector, nearest first."""
        is_sparse = kind is Kind.UNITS
        visited = {"ef": _GRAPH_DEPTH * limit} if self._is_graph and not is_sparse else {}
        with told(self._uri):
            found: list[list[Row]] = self._client.search(
                self._name(kind),
                data=list(vectors),
                anns_field="terms" if is_sparse else "vector",
                limit=limit,
                filter=passing,
                output_fields=list(fields),
                search_params={"metric_type": "IP", "params": visited},
            )
        return found

    def _rows(self, kind: Kind, passing: str, fields: Sequence[str]) -> list[Row]:
        with told(self._uri):
            rows: list[Row] = self._client.query(
                self._name(kind), filter=passing, output_fields=list(fields)
            )
        return rows


def opened_collections(
    settings: IndexSettings, manifest: Manifest
) -> tuple[MilvusClient, Collections]:
    """A connection, and the collections of a build ready for queries.

    Raises:
        EngineError: Milvus can't be reached, or hasn't got this build whole.
    """
    client = connect(settings)
    try:
        with told(settings.milvus_uri):
            collections = Collections(client, settings, manifest)
            if not all(collections.is_whole(kind) for kind in Kind):
                raise _is_missing(settings.milvus_uri, manifest, collections.current())
    except EngineError:
        client.close()
        raise
    return client, collections


def _is_missing(uri: str, manifest: Manifest, other: str | None) -> EngineError:
    there = f"那里现在是 {other}" if other is not None else "那里还没有索引"
    return EngineError(
        f"Milvus({uri})中没有完整的本机索引({manifest.fingerprint[:16]});{there}。"
        "请运行 diance build 载入,或换成与那里一致的索引目录。"
    )


def _of_units(hits: Sequence[Row], field: str) -> tuple[Candidates, NDArray[Any]]:
    """The units of passages that were found, nearest first, each by its nearest one.

    With it the field of that passage.
    """
    units = np.array([hit["entity"]["unit"] for hit in hits], np.int64)
    scores = np.array([hit["distance"] for hit in hits], np.float32)
    values = np.array([hit["entity"][field] for hit in hits])
    found, nearest = np.unique(units, return_index=True)
    return Candidates(found, scores[nearest]), values[nearest]

"""The collections of a build in Milvus: their names, their fields, and which build is in use.

    diance_3f2a9c81d04b7e55_units       BM25 weights as sparse vectors, one row a unit
    diance_3f2a9c81d04b7e55_passages    vectors of passages
    diance_3f2a9c81d04b7e55_questions   vectors of asked-as questions
    diance_3f2a9c81d04b7e55_sentences   vectors of sentences, only ever fetched by unit
    diance_current                      alias of the units of the build that was loaded last

The number is the build's fingerprint: who has opened a build asks the collections of that build and
of no other, so that replicas may change over one after the other. The alias, moved in one step,
says which build is to be used and which one may be dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from indexer.index_folder import Manifest
from indexer.settings import IndexSettings

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

_FINGERPRINT_LENGTH = 16  # characters of a name
_MOST_ISSUERS = 256
_LONGEST_NAME = 4096  # bytes
_STRONG = "Strong"  # counts see all that was written before


class Kind(StrEnum):
    """What the rows of a collection are; named as a manifest counts them."""

    UNITS = "units"
    PASSAGES = "passages"
    QUESTIONS = "questions"
    SENTENCES = "sentences"


class Collections:
    """The collections of one build."""

    def __init__(self, client: MilvusClient, settings: IndexSettings, manifest: Manifest) -> None:
        self._client = client
        self._prefix = settings.milvus_prefix
        self._index = settings.milvus_index
        self._dimension = manifest.dimension
        self._sizes = {kind: manifest.counts[kind.value] for kind in Kind}
        self._build = manifest.fingerprint[:_FINGERPRINT_LENGTH]

    def name(self, kind: Kind) -> str:
        """The name of one collection."""
        return _name(self._prefix, self._build, kind)

    @property
    def _alias(self) -> str:
        return f"{self._prefix}_current"

    def create(self, kind: Kind) -> bool:
        """Make a collection, ready for queries, unless it is there; whether it was made."""
        if self._client.has_collection(self.name(kind)):
            self._client.load_collection(self.name(kind))
            return False
        indexes = self._client.prepare_index_params()
        if kind is Kind.UNITS:
            indexes.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        else:
            # Sentences are never searched for; Milvus loads no vectors without an index.
            index_type = "FLAT" if kind is Kind.SENTENCES else self._index
            graph = {"M": 32, "efConstruction": 200} if index_type == "HNSW" else {}
            indexes.add_index("vector", index_type=index_type, metric_type="IP", params=graph)
        schema = _schema(self._client, kind, self._dimension)
        self._client.create_collection(self.name(kind), schema=schema, index_params=indexes)
        return True

    def size(self, kind: Kind) -> int:
        """How many rows a collection has to have."""
        return self._sizes[kind]

    def is_whole(self, kind: Kind) -> bool:
        """Whether a collection is there, with all its rows; it is then ready for queries."""
        if not self._client.has_collection(self.name(kind)):
            return False
        # A server that was restarted may have let go of it, and then counts nothing.
        self._client.load_collection(self.name(kind))
        return self.count(kind) == self.size(kind)

    def count(self, kind: Kind, first: int = 0, last: int | None = None) -> int:
        """How many rows there are from ``first`` up to ``last`` (excluded; None: all)."""
        bounds = f"id >= {first}" + (f" and id < {last}" if last is not None else "")
        (row,) = self._client.query(
            self.name(kind), filter=bounds, output_fields=["count(*)"], consistency_level=_STRONG
        )
        return int(row["count(*)"])

    def current(self) -> str | None:
        """The shortened fingerprint of the build that the alias names, if there is one."""
        for build in _builds(self._prefix, self._client.list_collections()):
            units = _name(self._prefix, build, Kind.UNITS)
            if (
                self._client.has_collection(units)
                and self._alias in self._client.list_aliases(units)["aliases"]
            ):
                return build
        return None

    def switch(self) -> None:
        """Make this build the current one; drop all builds but it and the one before it."""
        before = self.current()
        if before is None:
            self._client.create_alias(self.name(Kind.UNITS), self._alias)
        elif before != self._build:
            self._client.alter_alias(self.name(Kind.UNITS), self._alias)
        else:
            return
        present = self._client.list_collections()
        for build in _builds(self._prefix, present) - {self._build, before}:
            for name in {_name(self._prefix, build, kind) for kind in Kind} & set(present):
                self._client.drop_collection(name)


def _name(prefix: str, build: str, kind: Kind) -> str:
    return f"{prefix}_{build}_{kind.value}"


def _builds(prefix: str, names: Iterable[str]) -> set[str]:
    """The builds that have collections of this prefix."""
    kinds = "|".join(kind.value for kind in Kind)
    pattern = re.compile(rf"{prefix}_([0-9a-f]{{{_FINGERPRINT_LENGTH}}})_(?:{kinds})")
    return {found[1] for name in names if (found := pattern.fullmatch(name))}


def _schema(client: MilvusClient, kind: Kind, dimension: int) -> CollectionSchema:
    from pymilvus import DataType  # noqa: PLC0415 - an optional dependency

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    if kind is Kind.UNITS:
        schema.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
    else:
        schema.add_field("unit", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    if kind is Kind.PASSAGES:
        schema.add_field("unasked", DataType.BOOL)
    if kind is Kind.QUESTIONS:
        schema.add_field("number", DataType.INT64)
    if kind is not Kind.SENTENCES:
        for name in ("document", "signed", "year", "begins", "ends"):
            schema.add_field(name, DataType.INT64)
        for name in ("repealed", "dated"):
            schema.add_field(name, DataType.BOOL)
        schema.add_field("section", DataType.VARCHAR, max_length=_LONGEST_NAME)
        schema.add_field(
            "issuers",
            DataType.ARRAY,
            element_type=DataType.VARCHAR,
            max_capacity=_MOST_ISSUERS,
            max_length=_LONGEST_NAME,
        )
    return schema

"""Loads a build into Milvus: in batches, so that a load that was killed goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.dense import DenseIndex
from indexer.embedding.encoder import Vectors
from indexer.engines.milvus.collections import Collections, Kind
from indexer.engines.milvus.connection import connect, told
from indexer.engines.milvus.filters import fields_of_units
from indexer.engines.milvus.term_table import vectors_of_units
from indexer.errors import EngineError
from indexer.index_folder import DENSE, LEXICAL, QUESTIONS, SENTENCES, STORE, Manifest
from indexer.lexical import LexicalIndex
from indexer.settings import IndexSettings
from indexer.store import Store

if TYPE_CHECKING:
    from pymilvus import MilvusClient

_BATCH = 500  # rows; with vectors and fields below 2 MB, a call may have 64

Row = Mapping[str, object]


def load_build(
    settings: IndexSettings,
    build: Path,
    manifest: Manifest,
    told_of: Callable[[str], None],
    *,
    again: bool = False,
) -> None:
    """Put a build into collections of its own and make it the current one there.

    Rows that are there already aren't sent again, unless ``again``. Collections of the build before
    stay, for the replicas that still have it open; older ones are dropped.

    Raises:
        EngineError: Milvus can't be reached or lost rows; the current build there stays.
    """
    client = connect(settings)
    try:
        with told(settings.milvus_uri):
            collections = Collections(client, settings, manifest)
            if not again and all(collections.is_whole(kind) for kind in Kind):
                collections.switch()
                return
            for table in _tables_of(build, manifest):
                told_of(f"载入 Milvus:{_NAMES[table.kind]} {collections.size(table.kind)} 行")
                _load(client, collections, table, again=again)
            collections.switch()
    finally:
        client.close()


_NAMES = {
    Kind.UNITS: "词项权重",
    Kind.PASSAGES: "语义向量",
    Kind.QUESTIONS: "问法向量",
    Kind.SENTENCES: "句子向量",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of one collection in order, without their ids."""

    kind: Kind
    rows: Iterable[Row]


def _tables_of(build: Path, manifest: Manifest) -> Iterator[_Table]:
    size = manifest.counts["units"]
    store = Store(build / STORE)
    try:
        fields = fields_of_units(store)
    finally:
        store.close()
    terms = vectors_of_units(LexicalIndex.load(build / LEXICAL, size))
    yield _Table(Kind.UNITS, ({"terms": t, **f} for t, f in zip(terms, fields, strict=True)))
    passages = DenseIndex.load(build / DENSE, size)
    questions = DenseIndex.load(build / QUESTIONS, size)
    sentences = DenseIndex.load(build / SENTENCES, size)
    asked = questions.known_units().tolist()
    yield _Table(
        Kind.PASSAGES,
        (
            {"unit": unit, "vector": vector, "unasked": not asked[unit], **fields[unit]}
            for unit, _, vector in _vectors_of(passages, size)
        ),
    )
    yield _Table(
        Kind.QUESTIONS,
        (
            {"unit": unit, "vector": vector, "number": number, **fields[unit]}
            for unit, number, vector in _vectors_of(questions, size)
        ),
    )
    yield _Table(
        Kind.SENTENCES,
        ({"unit": unit, "vector": vector} for unit, _, vector in _vectors_of(sentences, size)),
    )


def _vectors_of(index: DenseIndex, size: int) -> Iterator[tuple[int, int, Vectors]]:
    """Each vector with its unit and its number within the unit, in order."""
    for unit in range(size):
        for number, vector in enumerate(index.vectors_of(unit)):
            yield unit, number, vector


def _load(client: MilvusClient, collections: Collections, table: _Table, *, again: bool) -> None:
    """Send the rows that aren't there; a row is known by its number, so that none comes twice."""
    name, size = collections.name(table.kind), collections.size(table.kind)
    is_new = collections.create(table.kind)
    rows = iter(table.rows)
    for first in range(0, size, _BATCH):
        batch = list(islice(rows, _BATCH))
        last = first + len(batch)
        if not is_new and not again and collections.count(table.kind, first, last) == len(batch):
            continue
        client.upsert(name, [{"id": number, **row} for number, row in enumerate(batch, first)])
    client.flush(name)
    if (present := collections.count(table.kind)) != size:
        raise EngineError(
            f"Milvus 中 {name} 有 {present} 行,应有 {size} 行。"
            "请运行 diance build --force 重新载入。"
        )

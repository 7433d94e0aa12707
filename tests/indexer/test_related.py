"""Clauses that are near to a clause in meaning."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from corpus.model import ProvisionKind
from indexer.dense import DenseIndex
from indexer.passages import Unit
from indexer.related import related_units
from indexer.search import SearchIndex


def related(index: SearchIndex, clause_id: str, limit: int = 6) -> list[Unit]:
    document = index.store.document_of(clause_id)
    assert document is not None
    return related_units(index, document, document.by_id[clause_id], limit)


def test_the_same_subsidy_in_another_document_is_near(index: SearchIndex) -> None:
    found = related(index, "云财规-2019-3:第四条")
    assert "云人社通-2020-21" not in {unit.document_id for unit in found}
    assert {"人社厅发-2019-117", "云政办发-2019-69"} <= {unit.document_id for unit in found}


@pytest.mark.parametrize(
    "clause_id",
    ["云财规-2019-3:第四条", "云财规-2019-3:第四条.(二)", "云人社通-2021-22:附件2.第20行"],
)
def test_neither_itself_nor_what_says_the_same_nor_one_document_alone(
    index: SearchIndex, clause_id: str
) -> None:
    found = related(index, clause_id)
    document = index.store.document_of(clause_id)
    assert document is not None
    own = {p.id for p in document.subtree(document.by_id[clause_id])}
    own |= {p.id for p in document.ancestors(document.by_id[clause_id])}
    assert len(found) == 6
    assert not own & {unit.id for unit in found}
    assert max(Counter(unit.document_id for unit in found).values()) <= 2
    assert all(unit.provision.kind is not ProvisionKind.TITLE for unit in found)


def test_what_is_not_indexed_has_no_relatives(index: SearchIndex) -> None:
    assert related(index, "云人社通-2021-22:附件1.表头") == []


def test_a_unit_is_near_when_it_has_something_near_to_each_part() -> None:
    vectors = np.eye(3, dtype=np.float32)[[0, 1, 0, 1, 2]]
    dense = DenseIndex.build(vectors, np.array([0, 0, 1, 2, 2], np.int32), 4)
    nearness = dense.nearness_to([0])
    assert nearness.tolist() == [1.0, 0.5, 0.5, -np.inf]
    assert dense.nearness_to([3]).tolist() == [-np.inf] * 4

"""What is loaded to serve and to search: nothing that only a build or a measurement needs."""

from __future__ import annotations

import subprocess
import sys

_ONLY_ELSEWHERE = (
    "torch",
    "transformers",
    "sentence_transformers",
    "numba",
    "bm25s",
    "scipy",
    "matplotlib",
    "onnx",
    "pypdf",
    "docx",
    "pypinyin.phrases_dict",
    "cobalt",
    "yaml",
    "pymilvus",
    "indexer.engines.milvus",
    "eval",
)
_SEARCHES = """
import sys
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from server.app import create_app
from server.knowledge_base import KnowledgeBase

knowledge_base = KnowledgeBase(SearchIndex.open(IndexSettings()))
create_app(knowledge_base=knowledge_base)
knowledge_base.warm_up()
print(" ".join(sys.modules))
"""


def test_server_loads_nothing_that_only_a_build_or_a_measurement_needs(index: object) -> None:
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", _SEARCHES], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert {"onnxruntime", "faiss", "fastapi", "pypinyin"} <= loaded
    assert loaded.isdisjoint(_ONLY_ELSEWHERE)

"""What is loaded holds numbers and text, never code."""

from __future__ import annotations

import ast
import inspect
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.dense import DenseIndex
from indexer.errors import IndexIncompatibleError
from indexer.lexical import LexicalIndex
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from tests.regular_expressions import modules

_RUNS_CODE = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
# jieba's dictionary, from a folder that nobody else can write to.
_TRUSTED = {("indexer.tokenizer", "marshal")}


class Payload:
    """Unpickled, it would raise the flag."""

    raised = False

    def __reduce__(self) -> tuple[object, tuple[str, str, bool]]:
        return setattr, (Payload, "raised", True)  # type: ignore[return-value]


@pytest.fixture
def copied(index: SearchIndex, tmp_path: Path) -> Path:
    return Path(shutil.copytree(index.build, tmp_path / "build"))


def test_no_module_imports_what_runs_code_when_it_loads() -> None:
    imported = {(module.__name__, name) for module in modules() for name in _imports_of(module)}
    assert {(where, name) for where, name in imported if name in _RUNS_CODE} == _TRUSTED


def _imports_of(module: object) -> Iterator[str]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):  # type: ignore[arg-type]
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def test_pickled_arrays_are_refused(copied: Path) -> None:
    pickled = np.array([Payload()], dtype=object)
    np.save(copied / "dense" / "units.npy", pickled, allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        DenseIndex.load(copied / "dense", 1)
    array = next((copied / "lexical").glob("*.npy"))
    np.save(array, pickled, allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        LexicalIndex.load(copied / "lexical", 1)
    assert not Payload.raised


def test_an_index_is_read_only_if_every_file_is_as_it_was_written(
    index: SearchIndex, copied: Path
) -> None:
    names = json.loads((copied / "manifest.json").read_text())["files"]
    for name in ("dense/passages.faiss", "dense/units.npy", "store.sqlite", "vocabulary.json"):
        assert name in names
        whole = (copied / name).read_bytes()
        (copied / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(IndexIncompatibleError, match="损坏"):
            SearchIndex(copied, IndexSettings())
        (copied / name).write_bytes(whole)

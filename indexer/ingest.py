"""Adding files to the collection and taking them away: examined first, undone if a build fails.

A kill leaves the files in the collection or not, all of them or none; the next build brings the
index up to what the collection is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.asked_as import AskedAsError
from corpus.edition import Apparatus, asked_as_of
from corpus.model import Compilation, Document
from corpus.parser import parse_source
from corpus.sources import SourceError, entries_of, load_sources
from corpus.sources.added import (
    Addition,
    add,
    discard,
    drop_partial,
    examine_content,
    examine_file,
    restore,
    withdraw,
)
from indexer.build import BuildProgress, BuildReport, Silent, build_index
from indexer.build_lock import only_one_changes
from indexer.embedding.encoder import Encoder
from indexer.errors import IngestError
from indexer.passages import Unit, units_in, wants_questions
from indexer.settings import IndexSettings


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """Clauses with questions by people, by a model, and those that want some and have none."""

    written: int = 0
    machine_made: int = 0
    missing: int = 0

    @classmethod
    def of(cls, units: Iterable[Unit]) -> QuestionCounts:
        """Count them; entries of catalogues want none."""
        written = machine_made = missing = 0
        for unit in units:
            if unit.asked_as is None:
                missing += wants_questions(unit)
            elif unit.asked_as.machine_made:
                machine_made += 1
            else:
                written += 1
        return cls(written, machine_made, missing)


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """What was found in a file; ``doubts`` (Chinese) are for a person to judge.

    ``questions`` tells by document id how its clauses are provided with asked-as questions.
    """

    file: str
    title: str
    pages: int
    documents: tuple[Document, ...]
    doubts: tuple[str, ...]
    questions: Mapping[str, QuestionCounts]


def examine(
    settings: IndexSettings, paths: Sequence[Path], title: str | None = None
) -> list[Addition]:
    """Read the files and say what is in them; nothing is changed.

    Raises:
        IngestError: one of them can't be read, holds nothing, or is there already.
    """
    try:
        known = _known(settings)
        additions: list[Addition] = []
        for path in paths:
            additions.append(examine_file(path, title, known, settings.reading_limits))
            known.append(additions[-1].compilation)
        return additions
    except SourceError as error:
        raise IngestError(f"{error}没有改动任何内容。") from None


def _known(settings: IndexSettings) -> list[Compilation]:
    """The compilations there are.

    Raises:
        SourceError: one of them can't be read.
    """
    folders = settings.sources_folder, settings.added_folder
    return [parse_source(source) for source in load_sources(*folders, settings.reading_limits)]


def _as_things_stand(settings: IndexSettings, additions: Sequence[Addition]) -> Sequence[Addition]:
    """The additions, examined again if the collection has changed since they were.

    Raises:
        SourceError: one of them is there by now.
    """
    files = [entry["file"] for entry in entries_of(settings.sources_folder, settings.added_folder)]
    if not additions or additions[0].beside == frozenset(files):
        return additions
    known = _known(settings)
    again: list[Addition] = []
    for addition in additions:
        path = Path(addition.source.file)
        content, title = addition.content, addition.title
        again.append(examine_content(path, content, title, known, settings.reading_limits))
        known.append(again[-1].compilation)
    return again


def ingest(
    settings: IndexSettings,
    additions: Sequence[Addition],
    *,
    encoder: Encoder | None = None,
    progress: BuildProgress | None = None,
) -> BuildReport:
    """Add examined files to the collection and build the index; all of them or none.

    Raises:
        IngestError: the folder can't be written, or a file of that name was added meanwhile.
        DianceError: the build failed; the files are taken away again.
    """
    progress = progress or Silent()
    folder = settings.added_folder
    try:
        with only_one_changes(settings, progress.step):
            drop_partial(folder)
            additions = _as_things_stand(settings, additions)
            new = add(folder, additions)
            try:
                return build_index(settings, encoder=encoder, progress=progress)
            except BaseException:  # Ctrl+C too
                _take_back(folder, [addition.source.file for addition in additions], new)
                raise
    except SourceError as error:
        raise IngestError(f"{error}没有改动任何内容。") from None
    except OSError as error:
        raise _unwritable(error) from None


def _take_back(folder: Path, names: Sequence[str], new: Sequence[str]) -> None:
    """Undo an addition; files that lay in the folder before it stay there."""
    try:
        withdraw(folder, names)
        for name in new:
            discard(folder, name)
    except SourceError as error:
        commands = ";".join(f"diance remove {name}" for name in names)
        raise IngestError(f"{error}添加没有完成,也没能撤回。之后请运行 {commands}。") from None


def undo(
    settings: IndexSettings,
    name: str,
    *,
    encoder: Encoder | None = None,
    progress: BuildProgress | None = None,
) -> BuildReport:
    """Take an added file away and build the index without it.

    Raises:
        IngestError: no file of that name was added, or the folder can't be written.
        DianceError: the build failed; the file stays in the collection.
    """
    progress = progress or Silent()
    folder = settings.added_folder
    try:
        with only_one_changes(settings, progress.step):
            entries = withdraw(folder, [name])
            try:
                report = build_index(settings, encoder=encoder, progress=progress)
            except BaseException:
                restore(folder, entries)
                raise
            discard(folder, name)
            return report
    except SourceError as error:
        raise IngestError(str(error)) from None
    except OSError as error:
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> IngestError:
    name = error.filename or "数据目录"
    return IngestError(f"无法写入 {name}({error.strerror or error})。请检查磁盘空间和权限。")


def found_in(settings: IndexSettings, addition: Addition) -> IngestedFile:
    """The findings of an examined file.

    Raises:
        IngestError: a file of questions by people doesn't fit its document.
    """
    compilation = addition.compilation
    try:
        asked_as = asked_as_of(compilation, settings.added_folder, settings.questions_folder)
    except AskedAsError as error:
        raise IngestError(str(error)) from None
    units: dict[str, list[Unit]] = {document.id: [] for document in compilation.documents}
    for unit in units_in(compilation, Apparatus(asked_as=asked_as)):
        units[unit.document_id].append(unit)
    return IngestedFile(
        file=addition.source.file,
        title=addition.source.title,
        pages=len(compilation.pages),
        documents=compilation.documents,
        doubts=addition.doubts,
        questions={name: QuestionCounts.of(below) for name, below in units.items()},
    )

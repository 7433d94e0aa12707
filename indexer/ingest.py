"""Adding files to the collection and taking them away: examined first, undone if a build fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.asked_as import AskedAsError
from corpus.edition import Apparatus, asked_as_of
from corpus.model import Document
from corpus.parser import parse_source
from corpus.sources import SourceError, load_sources
from corpus.sources.added import Addition, add, examine_file, remove
from indexer.build import BuildProgress, BuildReport, build_index
from indexer.embedding.encoder import Encoder
from indexer.errors import DianceError, IngestError
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
        sources = load_sources(
            settings.sources_folder, settings.added_folder, settings.reading_limits
        )
        known = [parse_source(source) for source in sources]
        additions: list[Addition] = []
        for path in paths:
            additions.append(examine_file(path, title, known, settings.reading_limits))
            known.append(additions[-1].compilation)
        return additions
    except SourceError as error:
        raise IngestError(f"{error}没有改动任何内容。") from None


def ingest(
    settings: IndexSettings,
    additions: Sequence[Addition],
    *,
    encoder: Encoder | None = None,
    progress: BuildProgress | None = None,
) -> BuildReport:
    """Add examined files to the collection and build the index; all of them or none.

    Raises:
        IngestError: the folder can't be written.
        DianceError: the build failed; the files are taken away again.
    """
    done: list[str] = []
    try:
        for addition in additions:
            add(settings.added_folder, addition)
            done.append(addition.source.file)
        return build_index(settings, encoder=encoder, progress=progress)
    except (SourceError, DianceError) as error:
        for name in done:
            remove(settings.added_folder, name)
        if isinstance(error, SourceError):
            raise IngestError(f"{error}没有改动任何内容。") from None
        raise


def undo(
    settings: IndexSettings,
    name: str,
    *,
    encoder: Encoder | None = None,
    progress: BuildProgress | None = None,
) -> BuildReport:
    """Take an added file away and build the index without it.

    Raises:
        IngestError: no file of that name was added.
    """
    try:
        remove(settings.added_folder, name)
    except SourceError as error:
        raise IngestError(str(error)) from None
    return build_index(settings, encoder=encoder, progress=progress)


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

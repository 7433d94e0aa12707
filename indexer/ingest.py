"""Adding files to the collection and taking them away: examined first, undone if a build fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.model import Document
from corpus.parser import parse_source
from corpus.sources import SourceError, load_sources
from corpus.sources.added import Addition, add, examine_file, remove
from indexer.build import BuildProgress, BuildReport, build_index
from indexer.embedding.encoder import Encoder
from indexer.errors import DianceError, IngestError
from indexer.settings import IndexSettings


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """What was found in a file; ``doubts`` (Chinese) are for a person to judge."""

    file: str
    title: str
    pages: int
    documents: tuple[Document, ...]
    doubts: tuple[str, ...]


def examine(
    settings: IndexSettings, paths: Sequence[Path], title: str | None = None
) -> list[Addition]:
    """Read the files and say what is in them; nothing is changed.

    Raises:
        IngestError: one of them can't be read, holds nothing, or is there already.
    """
    try:
        sources = load_sources(settings.sources_folder, settings.added_folder)
        known = [parse_source(source) for source in sources]
        additions: list[Addition] = []
        for path in paths:
            additions.append(examine_file(path, title, known))
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


def found_in(addition: Addition) -> IngestedFile:
    """The findings of an examined file."""
    compilation = addition.compilation
    return IngestedFile(
        file=addition.source.file,
        title=addition.source.title,
        pages=len(compilation.pages),
        documents=compilation.documents,
        doubts=addition.doubts,
    )

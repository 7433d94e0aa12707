"""Everything that can go wrong between a question and its hits, as one tree.

    DianceError
    ├── IndexMissingError       nothing has been built yet
    ├── IndexIncompatibleError  built by another version or with another model
    │   └── IndexDamagedError   files of it are missing or changed
    ├── BuildError              a build can't be made or finished
    ├── IngestError             a file can't be added or taken away
    ├── EngineError             the engine of search can't be reached or has another index
    ├── ModelError              the embedding model can't be loaded
    ├── LanguageModelError      a language model isn't set, or refuses to work
    ├── InvalidQueryError       the query can't be searched for
    ├── NotReadyError           the service is still starting
    ├── NotFoundError           there is no document or clause of that name
    └── QuestionFileError       an evaluation file can't be read (eval/)

Messages are Chinese, one line, and say what to do; the command line and the HTTP surface print
them as they are.
"""

from __future__ import annotations


class DianceError(Exception):
    """Base of all errors that a user may see."""


class IndexMissingError(DianceError):
    """Nothing has been built yet."""


class IndexIncompatibleError(DianceError):
    """The index was built by another version, with another model, or is damaged."""


class IndexDamagedError(IndexIncompatibleError):
    """Files of a build are missing or aren't what was built."""


class BuildError(DianceError):
    """A build can't be made or finished; the running index is untouched."""


class IngestError(DianceError):
    """A file can't be added to the collection or taken away from it; nothing was changed."""


class EngineError(DianceError):
    """The engine of search can't be reached, or doesn't have the index that is open here."""


class ModelError(DianceError):
    """The embedding model can't be loaded."""


class LanguageModelError(DianceError):
    """A language model isn't set or can't be used; what it wrote before is kept."""


class InvalidQueryError(DianceError):
    """The query is empty, too long or no text."""


class NotFoundError(DianceError):
    """There is no document or clause of that name."""


class NotReadyError(DianceError):
    """The service is still starting; the same question works in a moment."""

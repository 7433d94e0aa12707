"""The process that reads one file: ``python -m corpus.readers .pdf LIMITS < file``.

Writes the reading, or the reason why there is none, to standard output as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict

from corpus.readers.confinement import confine_this_process
from corpus.readers.limits import MEGABYTE, ReadingLimits
from corpus.readers.reading import TOO_BIG_FOR_MEMORY, Reading, ReadingError, check_length


def main() -> None:
    """Read standard input within the limits."""
    ending, limits = sys.argv[1], ReadingLimits(**json.loads(sys.argv[2]))
    read = _reader(ending)
    confine_this_process(limits)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    try:
        reading = read(sys.stdin.buffer.read(), limits)
        check_length(reading.text, limits)
        answer: object = asdict(reading)
    except ReadingError as error:
        answer = str(error)
    except MemoryError:
        answer = TOO_BIG_FOR_MEMORY.format(limits.memory_bytes // MEGABYTE)
    with answers:
        json.dump(answer, answers)


def _reader(ending: str) -> Callable[[bytes, ReadingLimits], Reading]:
    """Only the libraries of the one format are loaded: they take most of a small file's time."""
    if ending == ".pdf":
        from corpus.readers.pdf import read_pdf  # noqa: PLC0415

        return read_pdf
    from corpus.readers.docx import read_docx  # noqa: PLC0415

    return read_docx


if __name__ == "__main__":
    main()

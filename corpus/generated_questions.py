"""Questions that a language model wrote for documents of a user, kept apart from editorial ones.

One file an added file, ``added/questions/<file name>.jsonl``, one clause a line, with the model and
the day. So all that belongs to a file goes with it. A line holds a digest of the clause that the
model saw: where the text has changed since, or the clause is gone, the line is left out. A machine
can write the questions again, so a false line is reported and never stops a build.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from corpus.asked_as import AskedAs
from corpus.model import Compilation, Document, Provision
from corpus.question_form import is_well_formed


@dataclass(frozen=True, slots=True)
class GeneratedQuestions:
    """By provision id; ``left_out`` (Chinese) says which lines aren't used, and why."""

    asked_as: Mapping[str, AskedAs]
    left_out: tuple[str, ...] = ()


def questions_folder(added_folder: Path) -> Path:
    """Where the generated questions of added files are kept."""
    return added_folder / "questions"


def questions_path(added_folder: Path, source_file: str) -> Path:
    """The file for one added file; there need not be one."""
    return questions_folder(added_folder) / f"{source_file}.jsonl"


def load_generated(compilation: Compilation, added_folder: Path) -> GeneratedQuestions:
    """The usable questions for the clauses of an added file. Never raises for what is in it."""
    path = questions_path(added_folder, compilation.source_file)
    try:
        lines = _lines(path)
    except OSError as error:
        return GeneratedQuestions({}, (f"无法打开 {path}({error.strerror or error})",))
    found: dict[str, AskedAs] = {}
    faults: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        name, asked_as, why = _read(compilation, line)
        if asked_as is None:
            faults.append((number, name, why))
        else:
            found.setdefault(name, asked_as)
    # A line that was written again after its clause changed is no loss.
    left_out = [f"第{number}行:{why}" for number, name, why in faults if name not in found]
    return GeneratedQuestions(found, tuple(left_out))


def _lines(path: Path) -> list[str]:
    """None of a missing file; a byte that is no UTF-8 spoils its own line only."""
    if not path.exists():
        return []
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [line for line in text.split("\n") if line.strip()]


def _read(compilation: Compilation, line: str) -> tuple[str, AskedAs | None, str]:
    """Clause, questions, and what is wrong if there are none."""
    try:
        entry = json.loads(line)
        name, questions, keywords = entry["id"], entry["asked_as"], entry["keywords"]
        made_by, digest = entry["made_by"], entry["of"]
        texts = (name, keywords, made_by, *questions)
        if type(questions) is not list or not all(isinstance(text, str) for text in texts):
            return "", None, "格式有误"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", None, "格式有误"
    document = compilation.by_id.get(name.partition(":")[0])
    provision = document.by_id.get(name) if document else None
    if document is None or provision is None:
        return name, None, f"没有条款 {name}"
    if digest != digest_of(document, provision):
        return name, None, f"条款 {name} 的文字已经改变"
    if not made_by or not is_well_formed(questions, keywords.split()):
        return name, None, f"条款 {name} 的问法不合要求"
    return name, AskedAs(tuple(questions), keywords, made_by=made_by), ""


def digest_of(document: Document, provision: Provision) -> str:
    """Changes with any word of the provision or of what stands below it."""
    text = "\n".join(below.text for below in document.subtree(provision))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def append_generated(
    added_folder: Path, document: Document, name: str, asked_as: AskedAs, day: str
) -> None:
    """Write one clause's questions behind the others.

    Raises:
        OSError: the file can't be written.
    """
    path = questions_path(added_folder, document.source_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "id": name,
        "asked_as": asked_as.questions,
        "keywords": asked_as.keywords,
        "made_by": asked_as.made_by,
        "date": day,
        "of": digest_of(document, document.by_id[name]),
    }
    with path.open("ab") as file:
        file.write((json.dumps(entry, ensure_ascii=False) + "\n").encode())


def tidy(compilation: Compilation, added_folder: Path, citable: AbstractSet[str]) -> None:
    """Take out the lines that can't be used, such as one that was cut off in writing.

    ``citable`` are the ids of all clauses that may have questions.

    Raises:
        OSError: the file can't be read or written; it stays as it was.
    """
    path = questions_path(added_folder, compilation.source_file)
    lines = _lines(path)
    kept = [line for name, line in _usable(compilation, lines) if name in citable]
    content = "".join(f"{line}\n" for line in kept).encode()
    if not path.exists() or path.read_bytes() == content:
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    os.replace(partial, path)


def _usable(compilation: Compilation, lines: list[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in lines:
        name, asked_as, _ = _read(compilation, line)
        if asked_as is not None and name not in seen:
            seen.add(name)
            yield name, line

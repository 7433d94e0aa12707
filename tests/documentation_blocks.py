"""The fenced blocks of Markdown files: what they are, and whether output is as they show it.

A fence says what happens with its block::

    ```sh              is run by bash and has to succeed
    ```sh serve        starts the server, which is stopped when all blocks have been run
    ```sh no-run       isn't run; <!-- no-run: the reason --> stands before it
    ```console         commands behind "$ ", each followed by the output that it has to have;
                       "..." stands for any text
    ```python          is run; "print(...)  # X" has to print X
    ```yaml of PATH    stands in that file of the repository, to the letter
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

RUNNABLE = ("sh", "console", "python")
_REASON = re.compile(r"<!-- no-run: (.{10,}?) -->")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``line`` counts from 1, ``reason`` is why it isn't run."""

    file: Path
    line: int
    language: str
    options: tuple[str, ...]
    content: str
    reason: str

    @property
    def is_run(self) -> bool:
        """Whether a test executes it."""
        return self.language in RUNNABLE and "no-run" not in self.options

    def __str__(self) -> str:
        """Where it stands."""
        return f"{self.file.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a ``console`` block and the output shown below it."""

    command: str
    output: str


def blocks_of(file: Path) -> list[Block]:
    """All fenced blocks of a Markdown file, also those inside lists."""
    blocks = []
    before = ""
    for token in MarkdownIt().parse(file.read_text(encoding="utf-8")):
        if token.type == "fence" and token.map:
            language, *options = token.info.split() or [""]
            reason = _REASON.search(before)
            blocks.append(
                Block(
                    file,
                    token.map[0] + 1,
                    language,
                    tuple(options),
                    token.content,
                    reason[1] if reason else "",
                )
            )
        before = token.content
    return blocks


def steps_of(content: str) -> Iterator[Step]:
    """The commands of a ``console`` block, in order."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Step(command, output)


def is_as_shown(shown: str, output: str) -> bool:
    """Whether output is what a block shows, white space folded, ``...`` for any text."""
    return doctest.OutputChecker().check_output(shown, output, _FLAGS)

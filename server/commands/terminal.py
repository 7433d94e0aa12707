"""What all commands share: consoles, progress bars, JSON output."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment

from indexer.build import BuildProgress
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings

# What a document could steer a terminal with: control characters but tab and line end, and marks
# that turn the order of what follows (Boucher and Anderson, "Trojan Source", 2021).
_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


class TextConsole(Console):
    """A console on which text is only ever shown: � stands for what would steer the terminal."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Segments of ``renderable``; rich's own controls pass."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(_STEERING.sub("\ufffd", segment.text), segment.style)


# Without markup: square brackets in what is printed are ids and quotations.
out = TextConsole(highlight=False, soft_wrap=True, markup=False)
err = TextConsole(stderr=True, highlight=False, soft_wrap=True, markup=False)

AsJson = Annotated[bool, typer.Option("--json", help="输出与接口相同的 JSON")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="以哪一天为准,例如 2021-06-01"),
]


def day_of(as_of: datetime | None) -> date | None:
    """The day that was typed (click knows no dates without a time)."""
    return as_of.date() if as_of is not None else None


def open_knowledge_base() -> KnowledgeBase:
    """The knowledge base that the environment names; a terminal shows that it is being opened.

    Raises:
        IndexMissingError: nothing has been built.
        IndexIncompatibleError: built by another version or with another model, or damaged.
    """
    waiting = err.status("打开索引") if err.is_terminal else contextlib.nullcontext()
    with waiting:
        return KnowledgeBase.open(ServerSettings())


def print_json(model: BaseModel) -> None:
    """The JSON that the API would return; what would steer a terminal is escaped in it."""
    written = model.model_dump_json(by_alias=True, indent=2)
    # Such characters stand in strings alone, where JSON takes an escape for each of them.
    lines = [
        _STEERING.sub(lambda hit: f"\\u{ord(hit[0]):04x}", line) for line in written.split("\n")
    ]
    sys.stdout.write("\n".join(lines) + "\n")


class ShownProgress(BuildProgress):
    """Steps as lines; what is counted as a bar on a terminal, as a line every tenth otherwise."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def step(self, message: str) -> None:
        """A new step begins."""
        err.print(f"· {message}")

    def encoding(self, done: int, total: int) -> None:
        """``done`` of ``total`` passages have vectors."""
        self._count("语义向量", done, total)

    def generating(self, done: int, total: int) -> None:
        """``done`` of ``total`` clauses have been asked for questions."""
        self._count("常见问法", done, total)

    def _count(self, name: str, done: int, total: int) -> None:
        if self._bar is not None:
            if name not in self._tasks:
                self._tasks[name] = self._bar.add_task(f"  {name}", total=None, visible=False)
            self._bar.update(self._tasks[name], completed=done, total=total, visible=done < total)
        elif total and done * 10 // total > self._tenths.get(name, 0):
            self._tenths[name] = done * 10 // total
            err.print(f"· {name} {done}/{total}")


@contextlib.contextmanager
def shown_progress() -> Iterator[ShownProgress]:
    """Shows the progress of a build or a generation while the block runs."""
    if not err.is_terminal:
        yield ShownProgress(None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        yield ShownProgress(bar)

"""What all commands share: consoles, progress bars, JSON output."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from indexer.build import BuildProgress
from server.knowledge_base import KnowledgeBase
from server.settings import ServerSettings

# Without markup: square brackets in what is printed are ids and quotations.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

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
    """The JSON that the API would return."""
    sys.stdout.write(model.model_dump_json(by_alias=True, indent=2) + "\n")


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

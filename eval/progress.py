"""What a long measurement tells while it runs."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


class MeasureProgress:
    """Steps as lines, counts as bars on a terminal; elsewhere every tenth of an encoding is a line.

    Without a console it is silent. It serves as the progress of a build, too.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(quiet=True)
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(
            *columns, TimeRemainingColumn(), console=self._console, transient=True
        )
        self._tasks: dict[str, TaskID] = {}
        self._tenths = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def step(self, message: str) -> None:
        """A new step begins."""
        self._console.print(f"· {message}", markup=False, highlight=False)
        self._tenths = 0

    def encoding(self, done: int, total: int) -> None:
        """``done`` of ``total`` texts have vectors."""
        self._count("语义向量", done, total)
        if not self._console.is_terminal and total and done * 10 // total > self._tenths:
            self._tenths = done * 10 // total
            self._console.print(f"· 语义向量 {done}/{total}", highlight=False)

    def asking(self, done: int, total: int) -> None:
        """``done`` of ``total`` questions have been asked."""
        self._count("提问", done, total)

    def _count(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name)
        self._bars.update(self._tasks[name], completed=done, total=total, visible=done < total)

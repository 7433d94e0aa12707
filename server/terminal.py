"""What all commands share: consoles, progress bars, JSON output."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.build import BuildProgress

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出与接口相同的 JSON")]


def print_json(model: BaseModel) -> None:
    """The JSON that the API would return."""
    sys.stdout.write(model.model_dump_json(by_alias=True, indent=2) + "\n")


class _Progress(BuildProgress):
    """Steps as lines; encoding as a bar on a terminal, as a line every tenth otherwise."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task = bar.add_task("  语义向量", total=None, visible=False) if bar else None
        self._tenths = 0

    def step(self, message: str) -> None:
        err.print(f"· {message}")

    def encoding(self, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, visible=done < total)
        elif total and done * 10 // total > self._tenths:
            self._tenths = done * 10 // total
            err.print(f"· 语义向量 {done}/{total}")


@contextlib.contextmanager
def shown_progress() -> Iterator[BuildProgress]:
    """Shows the progress of a build while the block runs."""
    if not err.is_terminal:
        yield _Progress(None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        yield _Progress(bar)

"""``diance eval --report``: everything measured, on one HTML page that needs nothing beside it.

The figures lie in the page, once for light and once for dark screens. The page prints, and works
without JavaScript.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.ablation import SIGNIFICANT, TESTED, AblationReport
from eval.answerability import AnswerabilityReport
from eval.measures import MEASURES
from eval.plots import (
    Drawing,
    ladder_drawing,
    measures_drawing,
    reliability_drawing,
    require_matplotlib,
    svg_of,
    times_drawing,
)
from eval.questions import Question
from eval.run import OVERALL, ModeReport
from indexer.errors import DianceError

PAGE = "index.html"
_PLOTTED = "success@1"
_TEMPLATE = Path(__file__).with_name("report_page.html")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the page tells: all modes, the refusals and, if it was measured, the ablation.

    ``source`` names the file of ``questions``; each report of ``modes`` is about all of them.
    """

    source: str
    questions: Sequence[Question]
    modes: Sequence[ModeReport]
    answerability: AnswerabilityReport
    ablation: AblationReport | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedFigure:
    """A figure as ``data:`` addresses, for light and for dark pages."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A question whose first hit isn't the answer; ``rank`` is None if none of the best 10 is."""

    question: Question
    rank: int | None


def prepare_folder(folder: Path) -> None:
    """Make the folder of the page, or refuse before minutes are spent on measuring.

    Raises:
        DianceError: matplotlib is missing, or the folder can't be made.
    """
    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DianceError(f"无法建立目录 {folder}({error.strerror})。请换一个位置。") from None


def write_page(folder: Path, evaluation: Evaluation, service: str) -> Path:
    """Write the page into ``folder``; ``service`` is where its links lead.

    Raises:
        DianceError: matplotlib is missing, or the page can't be written.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(_TEMPLATE.name).render(
        evaluation=evaluation,
        service=service.rstrip("/"),
        made_on=date.today().isoformat(),
        measures=MEASURES,
        overall=OVERALL,
        tested=TESTED,
        significant=SIGNIFICANT,
        figures={name: _embed(drawing) for name, drawing in _drawings(evaluation)},
        misses={
            report.mode: misses_of(evaluation.questions, report) for report in evaluation.modes
        },
    )
    path = folder / PAGE
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None
    return path


def misses_of(questions: Sequence[Question], report: ModeReport) -> list[Miss]:
    """The questions of a report that the first hit doesn't answer, worst first."""
    missed = [
        Miss(question, outcome.rank)
        for question, outcome in zip(questions, report.outcomes, strict=True)
        if outcome.rank != 1
    ]
    return sorted(missed, key=lambda miss: miss.rank or math.inf, reverse=True)


def _drawings(evaluation: Evaluation) -> Iterator[tuple[str, Drawing]]:
    yield "measures", measures_drawing(evaluation.modes, _PLOTTED)
    for report in evaluation.modes:
        yield f"times-{report.mode.value}", times_drawing(report)
    yield "reliability", reliability_drawing(evaluation.answerability)
    if evaluation.ablation is not None:
        yield "ablation", ladder_drawing(evaluation.ablation)


def _embed(drawing: Drawing) -> EmbeddedFigure:
    light, dark = (
        "data:image/svg+xml;base64," + base64.b64encode(svg_of(drawing, is_dark=dark)).decode()
        for dark in (False, True)
    )
    return EmbeddedFigure(light, dark)

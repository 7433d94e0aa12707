"""What is measured as figures: measures by style, times, an ablation, the reliability of refusals.

Needs matplotlib, which is optional. A :class:`Drawing` is written into a file (``plot_…``) or given
as SVG for a page (:func:`svg_of`). Labels are Chinese where matplotlib finds a Chinese font, and
English otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from eval.ablation import SIGNIFICANT, AblationReport, StepReport
from eval.answerability import AnswerabilityReport
from eval.measures import Estimate
from eval.run import OVERALL, ModeReport
from indexer.errors import DianceError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".svg", ".png")
_OVERALL_MEASURES = ("success@1", "success@5", "ndcg@10")
_BY_STYLE = "success@1"
# Families with all characters of the labels, those made for simplified characters first.
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
_CHINESE = {
    "overall": "全部问题({count} 个),95% 置信区间",
    "by_style": "success@1,按提问风格",
    "mark": "* 与上一步的 nDCG@10 有显著差别(Holm 校正后 p < {level})",
    "confidence": "平均把握",
    "answered": "确有答案的比例",
    "milliseconds": "一次检索(毫秒)",
    "questions": "问题数",
}
_ENGLISH = {
    "overall": "all {count} questions, 95 % intervals",
    "by_style": "success@1 by style of question",
    "mark": "* nDCG@10 differs from the step before (p < {level} after Holm)",
    "confidence": "mean confidence",
    "answered": "share answered",
    "milliseconds": "a search (milliseconds)",
    "questions": "questions",
}
_ENGLISH_OVERALL = "all"
# Modes and percentiles are told apart without colours, too.
_MARKERS = ("o", "s", "^")
_LINES = ("-", "--", ":")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure that isn't drawn yet: width and height in inches, and what draws it.

    ``draw`` is given the empty figure, and whether its labels are to be Chinese.
    """

    size: tuple[float, float]
    draw: Callable[[Figure, bool], None]


def require_plotting(path: Path) -> None:
    """Refuse what could not be plotted, before minutes are spent on measuring.

    Raises:
        DianceError: matplotlib is missing, or the name of the file has another ending.
    """
    if path.suffix.lower() not in FORMATS:
        raise DianceError(f"画图文件 {path} 的扩展名应为 .svg 或 .png。请换一个文件名。")
    require_matplotlib()


def require_matplotlib() -> None:
    """Refuse to draw without matplotlib.

    Raises:
        DianceError: it is missing; the message says how to install it.
    """
    try:
        import matplotlib  # noqa: F401, PLC0415  (optional)
    except ImportError:
        raise DianceError(
            "画图需要 matplotlib,还没有安装。请运行:"
            ".venv/bin/pip install -c constraints.txt -e '.[plots]'"
        ) from None


def plot_ladder(report: AblationReport, path: Path) -> None:
    """Write the figure: measures over all questions above, ``success@1`` by style below.

    Raises:
        DianceError: see :func:`require_plotting`; or the file can't be written.
    """
    write_drawing(ladder_drawing(report), path)


def plot_reliability(report: AnswerabilityReport, path: Path) -> None:
    """Write the figure: how often there was an answer, by confidence; the diagonal is right.

    Raises:
        DianceError: see :func:`require_plotting`; or the file can't be written.
    """
    write_drawing(reliability_drawing(report), path)


def svg_of(drawing: Drawing, *, is_dark: bool) -> bytes:
    """The figure as SVG, on a transparent ground, for a light or a dark page.

    Raises:
        DianceError: matplotlib is missing.
    """
    return _render(drawing, "svg", is_dark=is_dark, is_transparent=True)


def write_drawing(drawing: Drawing, path: Path) -> None:
    """Write a figure in the format that the name of the file ends in.

    Raises:
        DianceError: see :func:`require_plotting`; or the file can't be written.
    """
    require_plotting(path)
    content = _render(drawing, path.suffix.lower().removeprefix("."))
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None


def _render(
    drawing: Drawing, form: str, *, is_dark: bool = False, is_transparent: bool = False
) -> bytes:
    require_matplotlib()
    import matplotlib as mpl  # noqa: PLC0415  (optional)
    from matplotlib import style  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = chinese_font()
    families = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    with (
        style.context("dark_background" if is_dark else "default"),
        # The salt makes the same figures the same file.
        mpl.rc_context({"font.family": families, "svg.hashsalt": "diance"}),
    ):
        figure = Figure(figsize=drawing.size, layout="constrained")
        FigureCanvasAgg(figure)
        drawing.draw(figure, font is not None)
        content = BytesIO()
        metadata = {"Date": None} if form == "svg" else None
        figure.savefig(content, format=form, dpi=150, metadata=metadata, transparent=is_transparent)
    return content.getvalue()


def ladder_drawing(report: AblationReport) -> Drawing:
    """Measures over all questions above, ``success@1`` by style below."""

    def draw(figure: Figure, is_chinese: bool) -> None:
        words = _CHINESE if is_chinese else _ENGLISH
        above, below = figure.subplots(2, 1, sharex=True)
        _draw_overall(above, report.steps)
        _draw_styles(below, report)
        above.set_title(words["overall"].format(count=report.questions[OVERALL]))
        below.set_title(words["by_style"])
        labels = [_label(each, is_chinese=is_chinese) for each in report.steps]
        below.set_xticks(range(len(report.steps)), labels, rotation=25, ha="right")
        figure.supxlabel(words["mark"].format(level=SIGNIFICANT), fontsize="small")

    return Drawing((10, 9), draw)


def reliability_drawing(report: AnswerabilityReport) -> Drawing:
    """How often there was an answer, by confidence; the diagonal is right."""

    def draw(figure: Figure, is_chinese: bool) -> None:
        words = _CHINESE if is_chinese else _ENGLISH
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color="grey")
        means = [each.confidence for each in report.bins]
        axes.plot(means, [each.answered for each in report.bins], marker="o")
        axes.set_xlabel(words["confidence"])
        axes.set_ylabel(words["answered"])
        axes.set_title(f"Brier {report.brier:.3f}, ECE {report.calibration_error:.3f}")

    return Drawing((5, 5), draw)


def measures_drawing(reports: Sequence[ModeReport], measure: str) -> Drawing:
    """One measure by style with its intervals, the modes side by side."""

    def draw(figure: Figure, is_chinese: bool) -> None:
        axes = figure.subplots()
        styles = list(reports[0].measures)
        for at, report in enumerate(reports):
            estimates = [report.measures[style][measure] for style in styles]
            shift = (at - (len(reports) - 1) / 2) * 0.18
            axes.errorbar(
                [place + shift for place in range(len(styles))],
                [estimate.mean for estimate in estimates],
                yerr=_lengths(estimates),
                fmt=_MARKERS[at % len(_MARKERS)],
                capsize=3,
                label=report.mode.value,
            )
        names = [_ENGLISH_OVERALL if s == OVERALL and not is_chinese else s for s in styles]
        labels = [
            f"{name} ({reports[0].questions[style]})"
            for name, style in zip(names, styles, strict=True)
        ]
        axes.set_xticks(range(len(styles)), labels)
        axes.set_ylabel(measure)
        _finish(axes)
        # Intervals reach down to where the legend of other figures stands.
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(reports))

    return Drawing((8, 4), draw)


def times_drawing(report: ModeReport) -> Drawing:
    """How long the searches took: a histogram over the questions."""

    def draw(figure: Figure, is_chinese: bool) -> None:
        words = _CHINESE if is_chinese else _ENGLISH
        axes = figure.subplots()
        axes.hist([each.milliseconds for each in report.outcomes], bins=30)
        for at, (name, value) in enumerate(report.percentiles().items()):
            axes.axvline(value, color=f"C{at + 1}", linestyle=_LINES[at], label=name)
        axes.set_xlabel(words["milliseconds"])
        axes.set_ylabel(words["questions"])
        axes.locator_params(axis="y", integer=True)
        axes.legend(fontsize="small")

    return Drawing((8, 3.2), draw)


def chinese_font() -> str | None:
    """The first Chinese font family that matplotlib knows, or None."""
    from matplotlib.font_manager import fontManager  # noqa: PLC0415  (optional)

    known = {font.name for font in fontManager.ttflist}
    return next((name for name in _CHINESE_FONTS if name in known), None)


def _label(report: StepReport, *, is_chinese: bool) -> str:
    label = report.step.label if is_chinese else report.step.english
    is_marked = report.comparison is not None and report.comparison.p_holm < SIGNIFICANT
    return f"{label} *" if is_marked else label


def _draw_overall(axes: Axes, steps: Sequence[StepReport]) -> None:
    """One point a step and measure with its interval, measures side by side."""
    for at, name in enumerate(_OVERALL_MEASURES):
        estimates = [each.measures[OVERALL][name] for each in steps]
        places = [place + (at - 1) * 0.12 for place in range(len(steps))]
        axes.errorbar(
            places,
            [estimate.mean for estimate in estimates],
            yerr=_lengths(estimates),
            marker="o",
            capsize=3,
            linewidth=1,
            label=name,
        )
    _finish(axes)


def _draw_styles(axes: Axes, report: AblationReport) -> None:
    for style, count in report.questions.items():
        if style != OVERALL:
            means = [each.measures[style][_BY_STYLE].mean for each in report.steps]
            axes.plot(range(len(means)), means, marker="o", label=f"{style} ({count})")
    _finish(axes)


def _finish(axes: Axes) -> None:
    axes.set_ylim(0, 1.05)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(loc="lower right", fontsize="small")


def _lengths(estimates: Sequence[Estimate]) -> list[list[float]]:
    """How far the intervals reach below and above the means, shape ``(2, steps)``."""
    below = [max(0.0, estimate.mean - estimate.low) for estimate in estimates]
    above = [max(0.0, estimate.high - estimate.mean) for estimate in estimates]
    return [below, above]

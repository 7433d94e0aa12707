"""The ladder of an ablation and the reliability of refusals as figures.

Needs matplotlib, which is optional.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.ablation import SIGNIFICANT, AblationReport, StepReport
from eval.answerability import AnswerabilityReport
from eval.measures import Estimate
from eval.run import OVERALL
from indexer.errors import DianceError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
}
_ENGLISH = {
    "overall": "all {count} questions, 95 % intervals",
    "by_style": "success@1 by style of question",
    "mark": "* nDCG@10 differs from the step before (p < {level} after Holm)",
}


def require_plotting(path: Path) -> None:
    """Refuse what could not be plotted, before minutes are spent on measuring.

    Raises:
        DianceError: matplotlib is missing, or the name of the file has another ending.
    """
    if path.suffix.lower() not in FORMATS:
        raise DianceError(f"画图文件 {path} 的扩展名应为 .svg 或 .png。请换一个文件名。")
    try:
        import matplotlib  # noqa: F401, PLC0415  (optional)
    except ImportError:
        raise DianceError(
            "画图需要 matplotlib,还没有安装。请运行:"
            ".venv/bin/pip install -c constraints.txt -e '.[plots]'"
        ) from None


def plot_ladder(report: AblationReport, path: Path) -> None:
    """Write the figure: measures over all questions above, ``success@1`` by style below.

    Labels are Chinese where matplotlib finds a Chinese font, English otherwise.

    Raises:
        DianceError: see :func:`require_plotting`; or the file can't be written.
    """
    require_plotting(path)
    import matplotlib as mpl  # noqa: PLC0415  (optional)
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = chinese_font()
    words = _CHINESE if font else _ENGLISH
    families = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    # The salt makes the same figures the same file.
    with mpl.rc_context({"font.family": families, "svg.hashsalt": "diance"}):
        figure = Figure(figsize=(10, 9), layout="constrained")
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True)
        _draw_overall(above, report.steps)
        _draw_styles(below, report)
        above.set_title(words["overall"].format(count=report.questions[OVERALL]))
        below.set_title(words["by_style"])
        below.set_xticks(
            range(len(report.steps)),
            [_label(each, is_chinese=font is not None) for each in report.steps],
            rotation=25,
            ha="right",
        )
        figure.supxlabel(words["mark"].format(level=SIGNIFICANT), fontsize="small")
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        try:
            figure.savefig(path, dpi=150, metadata=metadata)
        except OSError as error:
            raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None


def plot_reliability(report: AnswerabilityReport, path: Path) -> None:
    """Write the figure: how often there was an answer, by confidence; the diagonal is right.

    Raises:
        DianceError: see :func:`require_plotting`; or the file can't be written.
    """
    require_plotting(path)
    import matplotlib as mpl  # noqa: PLC0415  (optional)
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = chinese_font()
    with mpl.rc_context({"font.family": font or "DejaVu Sans", "svg.hashsalt": "diance"}):
        figure = Figure(figsize=(5, 5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color="grey")
        means = [each.confidence for each in report.bins]
        axes.plot(means, [each.answered for each in report.bins], marker="o")
        axes.set_xlabel("平均把握" if font else "mean confidence")
        axes.set_ylabel("确有答案的比例" if font else "share answered")
        axes.set_title(f"Brier {report.brier:.3f}, ECE {report.calibration_error:.3f}")
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        try:
            figure.savefig(path, dpi=150, metadata=metadata)
        except OSError as error:
            raise DianceError(f"无法写入 {path}({error.strerror})。请换一个位置。") from None


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

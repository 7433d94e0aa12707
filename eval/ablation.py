"""What each part of the search is worth: the parts added one by one, each step measured.

Every step is the one pipeline (``build_index``, ``SearchIndex.search``) with other settings, and is
compared with the step before it question by question (:mod:`eval.significance`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from eval.measures import Estimate
from eval.progress import MeasureProgress
from eval.questions import Question
from eval.run import Scores, ask_all, measures_by_style, questions_by_style
from eval.significance import holm, randomisation_p
from indexer.build import build_index
from indexer.embedding.encoder import Encoder, open_encoder, resolve_model
from indexer.search import Mode, SearchIndex
from indexer.settings import BASE_MODEL, BUILT_IN_MODEL, IndexSettings

TESTED = "ndcg@10"
"""The measure that neighbouring steps are compared by: of all it tells most of each question."""

SIGNIFICANT = 0.05
"""Corrected p values below this are marked."""

Options = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: which side ranks, and what it changes in the settings before it.

    ``label`` is for readers, ``english`` for plots where there is no Chinese font.
    """

    name: str
    label: str
    english: str
    mode: Mode
    changes: Options = field(default_factory=dict)


LADDER = (
    Step(
        "bm25",
        "BM25,jieba 自带词典",
        "BM25, jieba's own dictionary",
        Mode.LEXICAL,
        {"model": BASE_MODEL, "dictionary": False, "lexicon": False, "questions": False},
    ),
    Step("dictionary", "+ 专业词典", "+ dictionary", Mode.LEXICAL, {"dictionary": True}),
    Step(
        "lexicon",
        "+ 日常词扩展、同音纠错",
        "+ everyday words, homophones",
        Mode.LEXICAL,
        {"lexicon": True},
    ),
    Step("dense-base", "向量,原始模型", "dense, base model", Mode.DENSE),
    Step(
        "dense-trained",
        "向量,训练后的模型",
        "dense, trained model",
        Mode.DENSE,
        {"model": BUILT_IN_MODEL},
    ),
    Step("hybrid", "综合,不用常见问法", "hybrid, without questions", Mode.HYBRID),
    Step("questions", "+ 常见问法", "+ asked-as questions", Mode.HYBRID, {"questions": True}),
)
"""Each step keeps what the steps before it have set. A new part of the search is one more entry."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A step against the one before it: mean difference of ``TESTED``, p, and p after Holm."""

    difference: float
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class StepReport:
    """Measures of a step by style, and its comparison; the first step has none."""

    step: Step
    settings: dict[str, str | bool]
    measures: dict[str, dict[str, Estimate]]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class AblationReport:
    """The whole ladder; ``skipped`` are steps that change nothing. ``questions`` are counts."""

    steps: tuple[StepReport, ...]
    skipped: tuple[Step, ...]
    questions: dict[str, int]


class VariantSettings(IndexSettings):
    """Settings of one step: an index folder of its own, vectors and models shared with the rest."""

    @property
    def index_folder(self) -> Path:
        """Named after what changes the index."""
        model = re.sub(r"\W+", "-", self.model).strip("-")
        parts = [model, "dictionary" * self.dictionary, "questions" * self.questions]
        return self.data_folder / "ablation" / "+".join(filter(None, parts))


def measure_ladder(
    settings: IndexSettings,
    questions: Sequence[Question],
    *,
    ladder: Sequence[Step] = LADDER,
    encoder_of: Callable[[IndexSettings], Encoder] | None = None,
    progress: MeasureProgress | None = None,
) -> AblationReport:
    """Build what each step needs and measure it.

    ``encoder_of`` loads the model of some settings; by default as search does.

    Raises:
        BuildError: an index can't be built.
        ModelError: a model can't be loaded.
    """
    progress = progress or MeasureProgress()
    load = encoder_of or (lambda each: open_encoder(each, resolve_model(each, progress.step)))
    encoders: dict[str, Encoder] = {}
    measured: list[tuple[Step, dict[str, str | bool], list[Scores]]] = []
    skipped: list[Step] = []
    chosen: dict[str, str | bool] = {}
    for step in ladder:
        chosen = {**chosen, **step.changes}
        if measured and (measured[-1][0].mode, measured[-1][1]) == (step.mode, chosen):
            skipped.append(step)
            continue
        progress.step(f"第{len(measured) + 1}步:{step.label}")
        variant = VariantSettings(**{**settings.model_dump(), **chosen})
        if variant.model not in encoders:
            encoders[variant.model] = load(variant)
        scores = _measure(variant, encoders[variant.model], step.mode, questions, progress)
        measured.append((step, chosen, scores))
    comparisons = _compare([scores for _, _, scores in measured])
    steps = tuple(
        StepReport(step, chosen, measures_by_style(questions, scores), comparison)
        for (step, chosen, scores), comparison in zip(measured, comparisons, strict=True)
    )
    return AblationReport(steps, tuple(skipped), questions_by_style(questions))


def _measure(
    settings: IndexSettings,
    encoder: Encoder,
    mode: Mode,
    questions: Sequence[Question],
    progress: MeasureProgress,
) -> list[Scores]:
    build_index(settings, encoder=encoder, progress=progress)
    index = SearchIndex.open(settings, encoder)
    asked = 0

    def advance() -> None:
        nonlocal asked
        asked += 1
        progress.asking(asked, len(questions))

    scores, _ = ask_all(index, questions, mode, advance)
    return scores


def _compare(systems: Sequence[Sequence[Scores]]) -> list[Comparison | None]:
    """Each system against the one before it; a single question tells nothing."""
    tested = [[score[TESTED] for score in scores] for scores in systems]
    if not tested or len(tested[0]) < 2:
        return [None] * len(tested)
    pairs = list(pairwise(tested))
    p_values = [randomisation_p(before, after) for before, after in pairs]
    differences = [(sum(after) - sum(before)) / len(after) for before, after in pairs]
    compared = zip(differences, p_values, holm(p_values), strict=True)
    return [None, *(Comparison(*each) for each in compared)]

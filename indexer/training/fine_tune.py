"""Fine-tuning of the base model by contrast, with sentence-transformers.

InfoNCE over in-batch and hard negatives (van den Oord et al., 2018), in both directions, with the
prefixes of e5 (Wang et al., arXiv:2402.05672).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.training.examples import Triple
from indexer.training.trainer import Schedule, run_training

if TYPE_CHECKING:
    from transformers import TrainerControl, TrainerState, TrainingArguments

_LONGEST = 112  # tokens
_SCALE = 33.0  # 1 / temperature

ANSWERED_BY = {"questions": "query: ", "passages": "passage: ", "statutes": "passage: "}
"""Kinds of examples, and the prefix of their positives and negatives; anchors are queries."""


def fine_tune(
    base: Path,
    examples: Mapping[str, Sequence[Triple]],
    target: Path,
    *,
    frozen_layers: int = 4,
    batch_size: int = 32,
    learning_rate: float = 5e-5,
    stop_after: int | None = None,
    threads: int = 2,
) -> None:
    """Train ``base`` on ``examples`` (by kind, see :data:`ANSWERED_BY`) and save it to ``target``.

    One pass over all examples, or its first ``stop_after`` steps; the schedule of the learning rate
    is that of the whole pass.

    Raises:
        ImportError: the packages of the extra ``train`` are missing.
    """
    from datasets import Dataset  # noqa: PLC0415  (slow to import)
    from sentence_transformers.sentence_transformer.losses import (  # noqa: PLC0415
        MultipleNegativesRankingLoss,
    )
    from transformers import TrainerCallback  # noqa: PLC0415

    class StopEarly(TrainerCallback):
        """Ends the pass after ``stop_after`` steps."""

        def on_step_end(
            self,
            args: TrainingArguments,
            state: TrainerState,
            control: TrainerControl,
            **kwargs: object,
        ) -> None:
            """Called by the trainer after each step."""
            control.should_training_stop |= state.global_step == stop_after

    run_training(
        base,
        target,
        {kind: Dataset.from_list([asdict(t) for t in examples[kind]]) for kind in examples},
        lambda model: MultipleNegativesRankingLoss(
            model, scale=_SCALE, directions=("query_to_doc", "doc_to_query")
        ),
        Schedule(_LONGEST, batch_size, learning_rate, 1, frozen_layers, threads),
        callbacks=[StopEarly()],
        weight_decay=0.01,
        batch_sampler="no_duplicates",
        prompts={
            kind: {
                "anchor": "query: ",
                "positive": ANSWERED_BY[kind],
                "negative": ANSWERED_BY[kind],
            }
            for kind in examples
        },
    )

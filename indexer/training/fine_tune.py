"""Fine-tuning of the base model by contrast, with sentence-transformers.

InfoNCE over in-batch and hard negatives (van den Oord et al., 2018), in both directions, with the
prefixes of e5 (Wang et al., arXiv:2402.05672).
The word embeddings and the lower layers stay as they are: there is little text to learn from, and
what they know of Chinese is not to be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.training.examples import Triple

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import TrainerControl, TrainerState, TrainingArguments

_SEED = 20261123
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
    import torch  # noqa: PLC0415  (slow to import)
    from datasets import Dataset  # noqa: PLC0415
    from sentence_transformers import (  # noqa: PLC0415
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
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

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(base), device="cpu")
    model.max_seq_length = _LONGEST
    freeze(model, frozen_layers)
    columns = {kind: Dataset.from_list([asdict(t) for t in examples[kind]]) for kind in examples}
    prompts: dict[str, Any] = {
        kind: {"anchor": "query: ", "positive": ANSWERED_BY[kind], "negative": ANSWERED_BY[kind]}
        for kind in examples
    }
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(target.parent / f".{target.name}.training"),
        num_train_epochs=1,
        per_device_train_batch_size=batch_size,
        learning_rate=learning_rate,
        warmup_steps=0.05,
        lr_scheduler_type="cosine",
        weight_decay=0.01,
        prompts=prompts,
        batch_sampler="no_duplicates",
        multi_dataset_batch_sampler="proportional",
        logging_steps=20,
        save_strategy="no",
        report_to="none",
        seed=_SEED,
        use_cpu=True,
        disable_tqdm=True,
    )
    loss = MultipleNegativesRankingLoss(
        model, scale=_SCALE, directions=("query_to_doc", "doc_to_query")
    )
    SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=columns,
        loss=loss,
        callbacks=[StopEarly()],
    ).train()
    model.max_seq_length = 512
    model.save(str(target))


def freeze(model: SentenceTransformer, layers: int) -> None:
    """Keep the embeddings and the lowest ``layers`` of a BERT model as they are."""
    transformer: Any = model[0].auto_model
    frozen = [transformer.embeddings, *transformer.encoder.layer[:layers]]
    for module in frozen:
        module.requires_grad_(False)

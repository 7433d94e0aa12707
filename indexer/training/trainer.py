"""What both ways of training share: the frozen layers, the settings of the trainer, the saving.

The word embeddings and the lower layers stay as they are: there is little text to learn from, and
what they know of Chinese is not to be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer
    from torch.nn import Module
    from transformers import TrainerCallback

SEED = 20261123
_LONGEST_SERVED = 512  # tokens


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard: passes over the data, examples a step, the highest learning rate.

    ``longest`` is the length in tokens at which texts are cut while training; the embeddings and
    the lowest ``frozen_layers`` aren't trained.
    """

    longest: int
    batch_size: int
    learning_rate: float
    epochs: int = 1
    frozen_layers: int = 4
    threads: int = 2


def run_training(
    start: Path,
    target: Path,
    data: Mapping[str, Dataset],
    loss_of: Callable[[SentenceTransformer], Module],
    schedule: Schedule,
    *,
    callbacks: Sequence[TrainerCallback] = (),
    **arguments: Any,  # noqa: ANN401  (whatever the trainer takes)
) -> None:
    """Train the model folder ``start`` and save it to ``target``; a step has one kind of ``data``.

    Raises:
        ImportError: the packages of the extra ``train`` are missing.
    """
    import torch  # noqa: PLC0415  (slow to import)
    from sentence_transformers import (  # noqa: PLC0415
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )

    torch.set_num_threads(schedule.threads)
    model = SentenceTransformer(str(start), device="cpu")
    model.max_seq_length = schedule.longest
    freeze(model, schedule.frozen_layers)
    SentenceTransformerTrainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(target.parent / f".{target.name}.training"),
            num_train_epochs=schedule.epochs,
            per_device_train_batch_size=schedule.batch_size,
            learning_rate=schedule.learning_rate,
            warmup_steps=0.05,
            lr_scheduler_type="cosine",
            multi_dataset_batch_sampler="proportional",
            logging_steps=20,
            save_strategy="no",
            report_to="none",
            seed=SEED,
            use_cpu=True,
            disable_tqdm=True,
            **arguments,
        ),
        train_dataset=dict(data),
        loss=loss_of(model),
        callbacks=list(callbacks),
    ).train()
    model.max_seq_length = _LONGEST_SERVED
    model.save(str(target))


def freeze(model: SentenceTransformer, layers: int) -> None:
    """Keep the embeddings and the lowest ``layers`` of a BERT model as they are."""
    transformer: Any = model[0].auto_model
    frozen = [transformer.embeddings, *transformer.encoder.layer[:layers]]
    for module in frozen:
        module.requires_grad_(False)

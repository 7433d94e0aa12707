"""A smaller model out of a larger one: fewer layers, fewer words, then taught by it.

The student begins with some of the teacher's layers (Sun et al., "Patient Knowledge Distillation",
EMNLP 2019) and learns to give the teacher's vectors (Kim et al., "EmbedDistill",
arXiv:2301.12005). Rows of word embeddings that Chinese policy text does not need are left out
(Abdaoui et al., "Load What You Need", 2020).
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save
from tokenizers import Tokenizer

from indexer.training.trainer import Schedule, run_training

_WEIGHTS = "model.safetensors"
_WORDS = "embeddings.word_embeddings.weight"
_LAYER = "encoder.layer."
_LONGEST = 96  # tokens


def tokens_to_keep(tokenizer_file: Path, texts: Iterable[str], size: int) -> NDArray[np.int64]:
    """The ids of ``size`` tokens to keep, ascending.

    First special ones, single characters of GB 2312, and those that occur in ``texts``, then those
    with the best scores. A character that is rarer and did not occur is read as unknown.
    """
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_truncation()
    pieces = json.loads(tokenizer_file.read_text(encoding="utf-8"))["model"]["vocab"]
    special = [at for at, (piece, _) in enumerate(pieces) if piece[0] == "<" and piece[-1] == ">"]
    single = [at for at, (piece, _) in enumerate(pieces) if _is_common_character(piece)]
    counted: Counter[int] = Counter()
    for text in texts:
        counted.update(tokenizer.encode(text).ids)
    by_score = sorted(range(len(pieces)), key=lambda at: -float(pieces[at][1]))
    kept = dict.fromkeys([*special, *single, *(at for at, _ in counted.most_common()), *by_score])
    return np.array(sorted(list(kept)[:size]), np.int64)


def _is_common_character(piece: str) -> bool:
    character = piece.removeprefix("▁")
    try:
        return len(character) == 1 and len(character.encode("gb2312")) > 0
    except UnicodeEncodeError:
        return False


def cut_down(
    source: Path, target: Path, layers: Sequence[int], tokens: NDArray[np.int64] | None = None
) -> None:
    """Write the model folder ``target``: ``source`` with these layers and these tokens only.

    Weights are kept as fp16; ``config.json`` asks for fp32 in memory.

    Raises:
        OSError: a folder can't be read or written.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    kept: dict[str, Any] = {}
    for name, tensor in load_file(source / _WEIGHTS).items():
        if name.startswith(_LAYER):
            number, rest = name.removeprefix(_LAYER).split(".", 1)
            if int(number) in layers:
                kept[f"{_LAYER}{list(layers).index(int(number))}.{rest}"] = tensor
        elif name == _WORDS and tokens is not None:
            kept[name] = tensor[tokens]
        else:
            kept[name] = tensor
    halves = {name: np.ascontiguousarray(tensor, np.float16) for name, tensor in kept.items()}
    (target / _WEIGHTS).write_bytes(save(halves, metadata={"format": "pt"}))
    config = json.loads((target / "config.json").read_text(encoding="utf-8"))
    config |= {
        "num_hidden_layers": len(layers),
        "vocab_size": len(halves[_WORDS]),
        "dtype": "float32",
    }
    _write(target / "config.json", config)
    if tokens is not None:
        _cut_tokenizer(target / "tokenizer.json", tokens)


def _cut_tokenizer(file: Path, tokens: NDArray[np.int64]) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    renumbered = {old: new for new, old in enumerate(tokens.tolist())}
    vocabulary = content["model"]["vocab"]
    content["model"]["vocab"] = [vocabulary[old] for old in tokens.tolist()]
    content["model"]["unk_id"] = renumbered[content["model"]["unk_id"]]
    for token in content["added_tokens"]:
        token["id"] = renumbered[token["id"]]
    for token in content["post_processor"]["special_tokens"].values():
        token["ids"] = [renumbered[old] for old in token["ids"]]
    _write(file, content)


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def distil(
    teacher: Path,
    student: Path,
    texts: Mapping[str, Sequence[str]],
    target: Path,
    *,
    frozen_layers: int = 4,
    epochs: int = 2,
    batch_size: int = 64,
    learning_rate: float = 2e-4,
    threads: int = 2,
) -> None:
    """Train ``student`` to give the vectors of ``teacher`` for ``texts``; save it to ``target``.

    ``texts`` are grouped by kind, so that batches hold texts of like length; each has its prefix.

    Raises:
        ImportError: the packages of the extra ``train`` are missing.
    """
    import torch  # noqa: PLC0415  (slow to import)
    from datasets import Dataset  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.losses import (  # noqa: PLC0415
        EmbedDistillLoss,
    )

    torch.set_num_threads(threads)
    master = SentenceTransformer(str(teacher), device="cpu")
    master.max_seq_length = _LONGEST
    lessons = {
        kind: Dataset.from_dict(
            {
                "text": list(those),
                "label": master.encode(list(those), prompt="", batch_size=32).tolist(),
            }
        )
        for kind, those in texts.items()
    }
    run_training(
        student,
        target,
        lessons,
        lambda model: EmbedDistillLoss(model, distance_metric="cosine"),
        Schedule(_LONGEST, batch_size, learning_rate, epochs, frozen_layers, threads),
    )

"""Queries encoded by ONNX Runtime in 8-bit integers: the same weights, several times as fast.

The model is exported once, at set-up: transformer, mean pooling over the tokens, unit length. Its
attention is fused into one operator a layer (ONNX Runtime's transformer optimiser); its linear
layers are quantised dynamically (weights to int8 per channel, activations as they come), after
Jacob et al., "Quantization and Training of Neural Networks" (CVPR 2018).
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_LONGEST = 512  # tokens
_OPSET = 17
QUERY_MODEL_FORM = 2
"""Counts up when the export changes what it writes; part of the file's name."""


def export_query_model(folder: Path, target: Path) -> None:
    """Write the query model of a sentence-transformers folder (BERT, mean pooling) to ``target``.

    Raises:
        OSError: the folder can't be read or written.
    """
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_name(f".whole.{os.getpid()}.onnx")
    partial = target.with_name(f".query.{os.getpid()}.onnx")
    logged = logging.root.manager.disable
    logging.disable(logging.WARNING)  # advice of the quantiser to whoever tunes it
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the tracer, about shapes that do not vary here
            _export(folder, whole)
            _fuse(folder, whole)
            _quantise(whole, partial)
        os.replace(partial, target)
    finally:
        logging.disable(logged)
        whole.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)


def _export(folder: Path, target: Path) -> None:
    import torch  # noqa: PLC0415  (slow to import, needed at set-up only)
    from transformers import AutoModel  # noqa: PLC0415

    class Pooled(torch.nn.Module):
        """The transformer with the mean of its token vectors, at unit length."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = AutoModel.from_pretrained(folder, attn_implementation="eager")

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask)
            mask = attention_mask.unsqueeze(-1).to(tokens.last_hidden_state.dtype)
            mean = (tokens.last_hidden_state * mask).sum(1) / mask.sum(1)
            return torch.nn.functional.normalize(mean, dim=1)

    sample = torch.ones((2, 8), dtype=torch.int64)
    lengths = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(
            Pooled().eval(),
            (sample, sample),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": lengths,
                "attention_mask": lengths,
                "embedding": {0: "batch"},
            },
            opset_version=_OPSET,
            dynamo=False,
        )


def _fuse(folder: Path, exported: Path) -> None:
    """Attention, layer norms and GELU as one operator each; before quantising, or none is found."""
    from onnxruntime.transformers import optimizer  # noqa: PLC0415

    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    fused = optimizer.optimize_model(
        str(exported),
        "bert",
        num_heads=shape["num_attention_heads"],
        hidden_size=shape["hidden_size"],
    )
    fused.save_model_to_file(str(exported))


def _quantise(exported: Path, target: Path) -> None:
    from onnx import TensorProto  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    quantize_dynamic(
        exported,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        # The shapes of fused operators can't be inferred; everything in the model is a float.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


class OnnxQueryEncoder:
    """One query -> its unit vector. Loads neither torch nor transformers.

    On one thread, the caller's: queries that come at once are encoded side by side, and a thread
    of the model's own would spin between them, which costs as much again as the whole search.
    """

    def __init__(self, query_model: Path, folder: Path, prompt: str) -> None:
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(query_model), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self._prompt = prompt

    def encode(self, query: str) -> NDArray[np.float32]:
        """Shape ``(dimension,)``."""
        encoding = self._tokenizer.encode(self._prompt + query)
        inputs = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": np.array([encoding.attention_mask], np.int64),
        }
        return np.asarray(self._session.run(None, inputs)[0][0], np.float32)

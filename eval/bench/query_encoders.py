"""Two ways to make a question into a vector, with the same weights."""

from __future__ import annotations

from enum import StrEnum

from eval.bench.collection import Vectors
from eval.bench.peers import QueryEncoder
from indexer.settings import IndexSettings


class Encoding(StrEnum):
    """Who encodes the questions of a system that embeds."""

    USUAL = "torch"
    """sentence-transformers on the CPU: what the documentation of all three hybrid peers uses."""
    OURS = "onnx"
    """Our exported 8-bit model, so that a peer doesn't lose by its encoder alone."""


def query_encoder(encoding: Encoding) -> QueryEncoder:
    """The encoder of a peer.

    Raises:
        ModelError: the model can't be loaded.
    """
    settings = IndexSettings()
    # Imported here: of the two only the one that is used counts towards the memory of a peer.
    from indexer.embedding.encoder import open_encoder, resolve_model  # noqa: PLC0415

    folder = resolve_model(settings)
    if encoding is Encoding.OURS:
        return open_encoder(settings, folder).encode_query
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(folder, device="cpu")

    def encode(question: str) -> Vectors:
        vector: Vectors = model.encode_query(
            question, normalize_embeddings=True, show_progress_bar=False
        )
        return vector

    return encode

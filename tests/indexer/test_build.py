"""Builds with the real pipeline on a small source, and an encoder that needs no model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.build import build_index
from indexer.errors import BuildError, IndexIncompatibleError, IndexMissingError
from indexer.index_folder import FORMAT_VERSION, MANIFEST, STORE, current_build, read_manifest
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings
from indexer.tokenizer import Tokenizer
from tests.indexer.small_collection import HashingEncoder, write_source

TEXT = """云南省人民政府关于某事的通知

云政发〔2030〕1号

各州、市人民政府:

为做好培训补贴工作,现通知如下。

一、补贴标准

每人每年补贴一千元。

云南省人民政府
2030年1月2日
"""


@pytest.fixture
def small(tmp_path: Path) -> IndexSettings:
    folder = tmp_path / "sources"
    folder.mkdir()
    write_source(folder, TEXT)
    return IndexSettings(data_folder=tmp_path / "data", sources_folder=folder, model="hashing")


def test_a_build_can_be_searched(small: IndexSettings) -> None:
    report = build_index(small, encoder=HashingEncoder())
    assert report.fresh
    assert report.counts["documents"] == 1
    index = SearchIndex.open(small, HashingEncoder())
    for mode in Mode:
        assert "一千元" in index.search("每人每年补贴多少", mode=mode).hits[0].unit.text


def test_the_same_inputs_are_not_built_twice(small: IndexSettings) -> None:
    first = build_index(small, encoder=HashingEncoder())
    second = build_index(small, encoder=HashingEncoder())
    assert not second.fresh
    assert second.folder == first.folder
    assert build_index(small, encoder=HashingEncoder(), force=True).fresh


def test_a_changed_source_is_built_anew_and_only_it_is_encoded(small: IndexSettings) -> None:
    encoder = HashingEncoder()
    build_index(small, encoder=encoder)
    before = encoder.encoded
    write_source(small.sources_folder, TEXT.replace("一千元", "二千元"))
    assert build_index(small, encoder=encoder).fresh
    assert encoder.encoded == before + 2  # the passage, and the one sentence that changed
    hit = SearchIndex.open(small, encoder).search("每人每年补贴多少").hits[0]
    assert "二千元" in hit.unit.text


def test_a_failed_build_leaves_the_running_index(
    small: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(small, encoder=HashingEncoder())
    running = current_build(small.index_folder)
    monkeypatch.setattr("indexer.build.seal", _full_disk)
    with pytest.raises(BuildError, match="磁盘空间"):
        build_index(small, encoder=HashingEncoder(), force=True)
    assert current_build(small.index_folder) == running
    assert sorted(p.name for p in small.index_folder.iterdir()) == sorted(["CURRENT", running.name])


def _full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_changed_source_file_fails_with_its_name(small: IndexSettings) -> None:
    (small.sources_folder / "a.txt").write_text("别的内容", encoding="utf-8")
    with pytest.raises(BuildError, match=r"a\.txt"):
        build_index(small, encoder=HashingEncoder())


def test_a_source_without_documents_fails(small: IndexSettings) -> None:
    write_source(small.sources_folder, "这里没有文件。")
    with pytest.raises(BuildError, match="没有找到任何文件"):
        build_index(small, encoder=HashingEncoder())


def test_old_builds_are_dropped_but_the_last_two(small: IndexSettings) -> None:
    for _ in range(4):
        build_index(small, encoder=HashingEncoder(), force=True)
    builds = [p for p in small.index_folder.iterdir() if p.is_dir()]
    assert len(builds) == 2
    assert current_build(small.index_folder) == max(builds)


def test_without_a_build_the_error_names_the_command(small: IndexSettings) -> None:
    with pytest.raises(IndexMissingError, match="diance build"):
        SearchIndex.open(small)


def test_a_damaged_file_is_found_when_the_index_is_opened(small: IndexSettings) -> None:
    build_index(small, encoder=HashingEncoder())
    path = current_build(small.index_folder) / STORE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexIncompatibleError, match="已损坏"):
        SearchIndex.open(small)
    assert build_index(small, encoder=HashingEncoder()).fresh


def test_an_index_of_another_format_is_refused(small: IndexSettings) -> None:
    build_index(small, encoder=HashingEncoder())
    build = current_build(small.index_folder)
    manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
    manifest["format_version"] = 99
    del manifest["checksum"]
    (build / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(IndexIncompatibleError, match="第99版"):
        read_manifest(build)


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"format_version": FORMAT_VERSION})])
def test_an_unreadable_manifest_is_one_clear_error(small: IndexSettings, content: str) -> None:
    build_index(small, encoder=HashingEncoder())
    build = current_build(small.index_folder)
    (build / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(IndexIncompatibleError, match="--force"):
        read_manifest(build)


def test_what_an_ablation_switches_off_is_another_index(small: IndexSettings) -> None:
    with_all = build_index(small, encoder=HashingEncoder())
    plain = small.model_copy(update={"dictionary": False})
    built = build_index(plain, encoder=HashingEncoder())
    assert built.fresh
    assert read_manifest(with_all.folder).terms
    assert read_manifest(built.folder).terms == ()
    # What is switched off in queries alone needs no build of its own.
    typed = plain.model_copy(update={"lexicon": False})
    assert not build_index(typed, encoder=HashingEncoder()).fresh


def test_queries_are_cut_as_the_texts_were(small: IndexSettings) -> None:
    plain = small.model_copy(update={"dictionary": False})
    build_index(plain, encoder=HashingEncoder())
    term = "企业新型学徒制"
    assert term in Tokenizer().words(term)
    assert term not in SearchIndex.open(plain).tokenizer.words(term)


def test_without_the_lexicon_a_query_is_searched_for_as_typed(small: IndexSettings) -> None:
    # The corrector needs words that occur several times.
    write_source(small.sources_folder, TEXT.replace("一千元。", "一千元。" + "培训补贴。" * 20))
    build_index(small, encoder=HashingEncoder())
    mended = SearchIndex.open(small).search("陪训补帖", mode=Mode.LEXICAL)
    assert mended.correction is not None
    typed = small.model_copy(update={"lexicon": False})
    as_typed = SearchIndex.open(typed).search("陪训补帖", mode=Mode.LEXICAL)
    assert as_typed.correction is None
    best = as_typed.hits[0].score if as_typed.hits else 0.0
    assert mended.hits[0].score > best


def test_vectors_of_a_damaged_cache_are_made_again(small: IndexSettings) -> None:
    build_index(small, encoder=HashingEncoder())
    caches = list((small.data_folder / "vectors").iterdir())
    assert len(caches) == 2  # of passages and of sentences
    for cache in caches:
        cache.write_bytes(b"PK\x03\x04 broken")
    encoder = HashingEncoder()
    assert build_index(small, encoder=encoder, force=True).fresh
    assert encoder.encoded > 0

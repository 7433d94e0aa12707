"""Adding a file: examined, added, found, and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import BuildError, IngestError
from indexer.ingest import examine, found_in, ingest, undo
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder, write_source

NOTICE = (
    "某省财政厅关于渔业补贴的通知\n某财〔2030〕7号\n各市财政局:\n一、总体要求\n"
    "(一)渔船更新。渔民更新渔船,每艘补贴三万元。\n(二)本通知自2030年3月1日起施行,有效期5年。\n"
    "某省财政厅\n2030年2月1日\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    sources = tmp_path / "sources"
    sources.mkdir()
    write_source(sources, NOTICE.replace("某财〔2030〕7号", "某财〔2030〕6号"))
    return IndexSettings(
        data_folder=tmp_path / "data", sources_folder=sources, added_folder=tmp_path / "added"
    )


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_examined_before_anything_changes(
    settings: IndexSettings, tmp_path: Path
) -> None:
    (addition,) = examine(settings, [write(tmp_path, "渔业.txt", NOTICE)])
    found = found_in(settings, addition)
    assert [document.doc_number for document in found.documents] == ["某财〔2030〕7号"]
    assert found.title == "某省财政厅关于渔业补贴的通知"
    assert found.doubts == ()
    assert not settings.added_folder.exists()


def test_an_added_document_is_found_and_goes_when_it_is_removed(
    settings: IndexSettings, tmp_path: Path
) -> None:
    additions = examine(settings, [write(tmp_path, "渔业.txt", NOTICE)])
    report = ingest(settings, additions, encoder=HashingEncoder())
    assert report.counts["documents"] == 2
    index = SearchIndex.open(settings, encoder=HashingEncoder())
    hits = index.search("渔船更新补贴", mode=Mode.LEXICAL).hits
    assert "某财-2030-7:一.(一)" in {hit.unit.id for hit in hits}
    report = undo(settings, "渔业.txt", encoder=HashingEncoder())
    assert report.counts["documents"] == 1
    assert not (settings.added_folder / "渔业.txt").exists()


def test_a_number_that_is_there_already_gets_a_qualified_id_that_stays(
    settings: IndexSettings, tmp_path: Path
) -> None:
    twin = NOTICE.replace("某财〔2030〕7号", "某财〔2030〕6号")
    (addition,) = examine(settings, [write(tmp_path, "重印.txt", twin)])
    (document,) = addition.compilation.documents
    assert document.id == "某财-2030-6@重印"
    assert "文号与已有文件相同" in addition.doubts[0]
    ingest(settings, [addition], encoder=HashingEncoder())
    index = SearchIndex.open(settings, encoder=HashingEncoder())
    assert [frame.id for frame in index.store.frames] == ["某财-2030-6", "某财-2030-6@重印"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("没有.txt", None, "无法打开"),
        ("空.txt", b"", "空的"),
        ("图.png", b"\x89PNG", "不认识这种格式"),
        ("坏.pdf", b"%PDF-1.7 broken", "损坏"),
        ("坏.docx", b"PK broken", "损坏"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(
    settings: IndexSettings, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(IngestError, match=words):
        examine(settings, [write(tmp_path, "好.txt", NOTICE), tmp_path / name])
    assert not settings.added_folder.exists()


def test_a_file_of_a_known_name_is_refused(settings: IndexSettings, tmp_path: Path) -> None:
    path = write(tmp_path, "渔业.txt", NOTICE)
    ingest(settings, examine(settings, [path]), encoder=HashingEncoder())
    with pytest.raises(IngestError, match="已有同名来源"):
        examine(settings, [path])


def test_a_failed_build_takes_the_files_away_again(
    settings: IndexSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BuildError("磁盘已满")

    additions = examine(settings, [write(tmp_path, "渔业.txt", NOTICE)])
    monkeypatch.setattr("indexer.ingest.build_index", fail)
    with pytest.raises(BuildError, match="磁盘已满"):
        ingest(settings, additions)
    assert not (settings.added_folder / "渔业.txt").exists()


def test_what_was_not_added_cannot_be_removed(settings: IndexSettings) -> None:
    with pytest.raises(IngestError, match="没有添加过"):
        undo(settings, "渔业.txt")


def test_what_is_missing_is_doubted(settings: IndexSettings, tmp_path: Path) -> None:
    text = "关于某事的说明\n一、第一件事。\n二、第二件事(见附件)。\n"
    (addition,) = examine(settings, [write(tmp_path, "说明.txt", text)])
    doubts = "\n".join(addition.doubts)
    for words in ("没有找到文号", "没有找到成文日期", "没有找到发文单位"):
        assert words in doubts


def test_a_stated_length_ends_the_document(settings: IndexSettings, tmp_path: Path) -> None:
    additions = examine(settings, [write(tmp_path, "渔业.txt", NOTICE)])
    ingest(settings, additions, encoder=HashingEncoder())
    stated = (
        SearchIndex.open(settings, encoder=HashingEncoder()).store.validity["某财-2030-7"].stated
    )
    assert stated is not None
    assert (str(stated.begins), str(stated.ends)) == ("2030-03-01", "2035-02-28")

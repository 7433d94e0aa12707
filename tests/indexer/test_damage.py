"""Damaged files, a full disk, a folder that can't be written, two builds at once."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.durable import partial_of
from corpus.sources import load_sources
from corpus.sources.added import unlisted
from indexer.build import build_index
from indexer.build_lock import only_one_changes
from indexer.errors import BuildError, IndexDamagedError, IngestError
from indexer.index_folder import (
    CURRENT,
    MANIFEST,
    builds_in,
    current_build,
    first_whole,
    make_current,
    read_manifest,
)
from indexer.ingest import examine, ingest, undo
from indexer.old_builds import BuildInUse, drop_old_builds
from indexer.search import SearchIndex
from indexer.settings import IndexSettings
from tests.indexer.small_collection import HashingEncoder, write_source
from tests.indexer.test_kills import NOTICE


@pytest.fixture(scope="module")
def two_builds(tmp_path_factory: pytest.TempPathFactory) -> IndexSettings:
    folder = tmp_path_factory.mktemp("collection")
    (folder / "sources").mkdir()
    settings = settings_in(folder)
    for amount in (1000, 2000):
        write_source(settings.sources_folder, NOTICE.format(number=1, amount=amount))
        build_index(settings, encoder=HashingEncoder())
    return settings


@pytest.fixture
def settings(two_builds: IndexSettings, tmp_path: Path) -> IndexSettings:
    """A collection of its own with two builds: the current one, and the one before it."""
    shutil.copytree(two_builds.data_folder.parent, tmp_path / "c")
    return settings_in(tmp_path / "c")


def settings_in(folder: Path) -> IndexSettings:
    return IndexSettings(
        data_folder=folder / "data",
        sources_folder=folder / "sources",
        added_folder=folder / "added",
        model="hashing",
    )


def verified(build: Path) -> Path:
    read_manifest(build, verify=True)
    return build


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [cut_off, flip_a_bit, empty, delete])
def test_whatever_file_is_damaged_the_build_before_is_used_and_it_is_said(
    settings: IndexSettings, damage: Callable[[Path], None]
) -> None:
    before, current = builds_in(settings.index_folder)
    files = [path for path in current.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in [*files, settings.index_folder / CURRENT]:
        whole = path.read_bytes()
        damage(path)
        build, fault = first_whole(settings.index_folder, verified)
        is_pointer = path.name == CURRENT
        assert build == (current if is_pointer else before)
        assert fault is not None
        assert "diance build" in fault
        path.write_bytes(whole)
    assert first_whole(settings.index_folder, verified) == (current, None)


def test_the_next_build_mends_and_tidies_and_keeps_the_whole_one_before(
    settings: IndexSettings,
) -> None:
    before, current = builds_in(settings.index_folder)
    flip_a_bit(current / MANIFEST)
    left = partial_of(settings.index_folder / "20300101T000000000000-00000000")
    left.mkdir()
    (left / "store.sqlite").write_bytes(b"what a killed build left")
    index = SearchIndex.open(settings, HashingEncoder())
    assert index.build == before
    index.close()
    report = build_index(settings, encoder=HashingEncoder())
    assert report.fresh
    assert builds_in(settings.index_folder) == [before, report.folder]
    assert first_whole(settings.index_folder, verified) == (report.folder, None)
    assert not left.exists()


def test_where_no_build_is_whole_the_error_names_the_file(settings: IndexSettings) -> None:
    for build in builds_in(settings.index_folder):
        empty(build / "store.sqlite")
    with pytest.raises(IndexDamagedError, match=r"store\.sqlite.*diance build"):
        SearchIndex.open(settings, HashingEncoder())


def test_a_build_that_is_open_is_not_deleted(settings: IndexSettings) -> None:
    before, current = builds_in(settings.index_folder)
    used = BuildInUse(before)
    new = published_again(current, "3")
    assert builds_in(settings.index_folder) == [before, current, new]
    used.release()
    newest = published_again(current, "4")
    assert builds_in(settings.index_folder) == [new, newest]


def published_again(build: Path, name: str) -> Path:
    """A copy of a build as the current one, as a build ends."""
    target = build.with_name(name + build.name)
    shutil.copytree(build, partial_of(target))
    make_current(partial_of(target), target)
    drop_old_builds(target.parent, target)
    return target


def _limited(folder: Path, largest: int) -> None:
    """In a process of its own: no file may grow beyond ``largest`` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    try:
        build_index(settings_in(folder), encoder=HashingEncoder(), force=True)
    except BuildError as error:
        sys.exit(3 if "磁盘空间" in str(error) else 4)


@pytest.mark.parametrize("largest", [5_000, 70_000])
def test_on_a_full_disk_the_index_stays_and_the_message_says_so(
    settings: IndexSettings, largest: int
) -> None:
    current = current_build(settings.index_folder)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.indexer.kills"])
    process = context.Process(target=_limited, args=(settings.data_folder.parent, largest))
    process.start()
    process.join()
    assert process.exitcode == 3
    assert first_whole(settings.index_folder, verified) == (current, None)
    assert not list(settings.index_folder.glob(".*"))


_READ_ONLY = """
import ctypes, os, sys
from pathlib import Path
from indexer.build import build_index
from indexer.errors import BuildError
from tests.indexer.small_collection import HashingEncoder
from tests.indexer.test_damage import settings_in
if os.geteuid() == 0:  # root may write anywhere, until it gives that up (CAP_DAC_OVERRIDE)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, none) == 0
settings = settings_in(Path(sys.argv[1]))
assert not build_index(settings, encoder=HashingEncoder()).fresh  # up to date: nothing to write
try:
    build_index(settings, encoder=HashingEncoder(), force=True)
except BuildError as error:
    print(error)
"""


def test_in_a_folder_that_cannot_be_written_the_index_stays(settings: IndexSettings) -> None:
    current = current_build(settings.index_folder)
    settings.index_folder.chmod(0o555)
    printed = subprocess.run(
        [sys.executable, "-c", _READ_ONLY, str(settings.data_folder.parent)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout
    assert "权限" in printed
    settings.index_folder.chmod(0o755)
    assert first_whole(settings.index_folder, verified) == (current, None)


def test_of_two_builds_at_once_one_waits_and_finds_nothing_to_do(settings: IndexSettings) -> None:
    write_source(settings.sources_folder, NOTICE.format(number=1, amount=3000))
    reports = []
    builds = [
        threading.Thread(
            target=lambda: reports.append(build_index(settings, encoder=HashingEncoder()))
        )
        for _ in range(2)
    ]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert sorted(report.fresh for report in reports) == [False, True]


def test_a_build_that_may_not_wait_says_that_another_one_runs(settings: IndexSettings) -> None:
    hurried = settings.model_copy(update={"build_wait": 0})
    errors: list[str] = []

    def build() -> None:
        try:
            build_index(hurried, encoder=HashingEncoder(), force=True)
        except BuildError as error:
            errors.append(str(error))

    with only_one_changes(settings, lambda _: None):
        second = threading.Thread(target=build)
        second.start()
        second.join()
    assert "DIANCE_BUILD_WAIT" in errors[0]


def notice(folder: Path, number: int) -> Path:
    path = folder / f"渔业{number}.txt"
    path.write_text(NOTICE.format(number=number, amount=9000), encoding="utf-8")
    return path


@pytest.fixture
def build_result(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """In place of a build: it succeeds, or raises what is put into the list."""
    errors: list[BaseException] = []

    def build(*_: object, **__: object) -> None:
        if errors:
            raise errors[0]

    monkeypatch.setattr("indexer.ingest.build_index", build)
    return errors


def sources_of(settings: IndexSettings) -> set[str]:
    return {source.file for source in load_sources(settings.sources_folder, settings.added_folder)}


@pytest.mark.usefixtures("build_result")
def test_files_that_were_examined_side_by_side_are_both_added(
    settings: IndexSettings, tmp_path: Path
) -> None:
    first, second = (examine(settings, [notice(tmp_path, number)]) for number in (2, 3))
    ingest(settings, first)
    ingest(settings, second)
    assert sources_of(settings) == {"a.txt", "渔业2.txt", "渔业3.txt"}


@pytest.mark.usefixtures("build_result")
def test_a_number_that_was_added_meanwhile_is_qualified(
    settings: IndexSettings, tmp_path: Path
) -> None:
    path = notice(tmp_path, 2)
    twin = path.with_name("重印.txt")
    shutil.copy(path, twin)
    first, second = examine(settings, [path]), examine(settings, [twin])
    ingest(settings, first)
    ingest(settings, second)
    qualified = load_sources(settings.added_folder)[-1].qualified
    assert qualified == {"某财-2030-2"}


@pytest.mark.usefixtures("build_result")
def test_a_file_that_was_added_meanwhile_is_not_added_again(
    settings: IndexSettings, tmp_path: Path
) -> None:
    first, second = (examine(settings, [notice(tmp_path, 2)]) for _ in range(2))
    ingest(settings, first)
    with pytest.raises(IngestError, match="已有同名来源"):
        ingest(settings, second)


def test_a_removal_whose_build_fails_keeps_the_file(
    settings: IndexSettings, tmp_path: Path, build_result: list[BaseException]
) -> None:
    ingest(settings, examine(settings, [notice(tmp_path, 2)]))
    build_result.append(BuildError("磁盘已满"))
    with pytest.raises(BuildError, match="磁盘已满"):
        undo(settings, "渔业2.txt")
    assert sources_of(settings) == {"a.txt", "渔业2.txt"}


def test_a_file_that_lay_there_before_survives_a_failed_ingest(
    settings: IndexSettings, build_result: list[BaseException]
) -> None:
    settings.added_folder.mkdir()
    path = notice(settings.added_folder, 2)
    build_result.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ingest(settings, examine(settings, [path]))
    assert path.exists()
    assert unlisted(settings.added_folder) == [path.name]
    assert sources_of(settings) == {"a.txt"}

"""Builds and ingests that are killed at random moments: nothing is lost, and the next one succeeds.

``make crash`` does it a hundred times and prints what happened; here it is done once each.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from corpus.sources import load_sources
from indexer.build import build_index
from indexer.index_folder import current_build, read_manifest
from indexer.ingest import examine, ingest
from indexer.search import Mode, SearchIndex
from indexer.settings import IndexSettings
from indexer.store import Store
from tests.indexer.kills import Moment, Run, add_file, build, run
from tests.indexer.small_collection import HashingEncoder, write_source

KILLS = int(os.environ.get("KILLS", "2"))
NOTICE = (
    "某省财政厅关于渔业补贴的通知\n某财〔2030〕{number}号\n各市财政局:\n一、总体要求\n"
    "(一)渔船更新。渔民更新渔船,每艘补贴{amount}元。\n(二)本通知自2030年3月1日起施行。\n"
    "某省财政厅\n2030年2月1日\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    sources = tmp_path / "sources"
    sources.mkdir()
    write_source(sources, NOTICE.format(number=1, amount=1000))
    settings = IndexSettings(
        data_folder=tmp_path / "data",
        sources_folder=sources,
        added_folder=tmp_path / "added",
        model="hashing",
    )
    build_index(settings, encoder=HashingEncoder())
    return settings


def moments(whole: Run) -> Iterator[Moment]:
    """By turns a random time and a random change of the disk, of those in a run to its end."""
    chance = random.Random(7)
    while True:
        yield Moment(change=chance.randint(1, whole.changes))
        yield Moment(seconds=chance.uniform(0, whole.seconds))


def found(settings: IndexSettings) -> str:
    """What the index that is used now answers."""
    index = SearchIndex.open(settings, HashingEncoder())
    text = index.search("渔民更新渔船每艘补贴", mode=Mode.LEXICAL).hits[0].unit.text
    index.close()
    return text


def stored(settings: IndexSettings) -> dict[str, str]:
    """Text by number of document, of the current index, each file of which is verified."""
    build = current_build(settings.index_folder)
    read_manifest(build, verify=True)
    store = Store(build / "store.sqlite")
    texts = {str(frame.doc_number): store.source_text(frame.source_file) for frame in store.frames}
    store.close()
    return texts


def leftovers(settings: IndexSettings) -> list[str]:
    folders = (settings.data_folder, settings.added_folder)
    return [str(path) for folder in folders for path in folder.rglob(".*")]


@contextmanager
def shown(title: str) -> Iterator[Table]:
    """A table of the runs, printed at the end (pytest -s)."""
    table = Table("killed at", "in step", "index in use", "next run", title=title)
    yield table
    Console(width=110).print(table)


def test_a_killed_build_leaves_a_whole_index_and_the_next_one_succeeds(
    settings: IndexSettings,
) -> None:
    times = moments(run(build, settings))
    before, killed = 1000, 0
    with shown("build, killed") as table:
        while killed < KILLS // 2:
            amount = before + 1
            write_source(settings.sources_folder, NOTICE.format(number=1, amount=amount))
            moment = next(times)
            ended = run(build, settings, moment=moment)
            killed += ended.killed
            now = found(settings)
            assert f"补贴{amount}元" in now or (ended.killed and f"补贴{before}元" in now)
            report = build_index(settings, encoder=HashingEncoder())
            assert f"补贴{amount}元" in stored(settings)["某财〔2030〕1号"]
            assert len(list(settings.index_folder.glob("[!.]*-*"))) <= 2
            if report.fresh:
                assert leftovers(settings) == []
            table.add_row(
                str(moment) if ended.killed else f"{moment}, after the end",
                ended.step,
                "before" if f"补贴{before}元" in now else "new",
                "built" if report.fresh else "nothing to do",
            )
            before = amount


def test_a_killed_ingest_has_added_the_file_or_not_and_loses_none(
    settings: IndexSettings, tmp_path: Path
) -> None:
    def notice(number: int) -> Path:
        file = tmp_path / f"渔业{number}.txt"
        file.write_text(NOTICE.format(number=number, amount=number * 1000), encoding="utf-8")
        return file

    times = moments(run(add_file, settings, notice(2)))
    expected = {"某财〔2030〕1号", "某财〔2030〕2号"}
    with shown("ingest, killed") as table:
        number, killed = 2, 0
        while killed < KILLS // 2:
            number += 1
            moment, file = next(times), notice(number)
            ended = run(add_file, settings, file, moment)
            killed += ended.killed
            sources = load_sources(settings.sources_folder, settings.added_folder)
            is_in = file.name in {source.file for source in sources}
            assert len(sources) == len(expected) + is_in
            assert is_in or ended.killed
            assert "补贴" in found(settings)
            if is_in:
                build_index(settings, encoder=HashingEncoder())
            else:
                ingest(settings, examine(settings, [file]), encoder=HashingEncoder())
            expected.add(f"某财〔2030〕{number}号")
            assert set(stored(settings)) == expected
            assert leftovers(settings) == [] or is_in
            table.add_row(
                str(moment) if ended.killed else f"{moment}, after the end",
                ended.step,
                "whole",
                "file was in: built" if is_in else "file wasn't in: added",
            )

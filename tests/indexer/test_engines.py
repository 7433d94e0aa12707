"""What every engine has to do, asked of each on the same build; and what the Milvus one adds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymilvus import MilvusClient

from corpus.validity import Status
from indexer.build import build_index
from indexer.engines.contract import Candidates, Found, Wanted, WeightedTerms
from indexer.engines.milvus import loading
from indexer.engines.milvus.collections import Collections, Kind
from indexer.engines.milvus.connection import connect
from indexer.engines.opening import load_engine
from indexer.errors import EngineError
from indexer.filters import Filters
from indexer.index_folder import Manifest, current_build, read_manifest
from indexer.passages import questions_of, sentence_texts
from indexer.related import related_units
from indexer.search import Mode, SearchIndex
from indexer.settings import EngineKind, IndexSettings
from tests.indexer.small_collection import HashingEncoder, write_source


def _notice(issuer: str, number: str, day: str, subject: str, body: str) -> str:
    return (
        f"{issuer}关于{subject}的通知\n\n{number}\n\n各州、市人民政府:\n\n"
        f"为做好{subject}工作,现通知如下。\n\n{body}\n\n{issuer}\n{day}\n\n"
    )


TEXT = _notice(
    "云南省人民政府",
    "云政发〔2019〕1号",
    "2019年1月2日",
    "培训补贴",
    "一、补贴标准\n\n每人每年补贴一千元。企业可以先培训后领取。\n\n"
    "二、申请办法\n\n向当地人力资源社会保障局提出申请。\n\n"
    "三、申请办法\n\n向当地人力资源社会保障局提出申请。",
) + _notice(
    "云南省财政厅",
    "云财规〔2021〕2号",
    "2021年3月4日",
    "失业保险",
    "一、领取条件\n\n失业人员缴费满一年的可以领取失业保险金。企业招用的,另给补贴。\n\n"
    "二、期限\n\n本通知自2021年4月1日起施行,有效期2年。",
)
ASKED = [
    ("云政发-2019-1:一", ["培训一次给多少钱", "参加培训有没有钱拿", "培训补贴标准是什么"]),
    ("云财规-2021-2:一", ["丢了工作能领钱吗", "失业金怎么领", "交多久才能领失业金"]),
]
QUERIES = ("培训补贴多少钱", "失业金怎么领", "申请办法", "人力资源社会保障局", "补贴", "企业")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def alone(folder: Path) -> IndexSettings:
    """Settings of the embedded engine; its index is built."""
    for name in ("sources", "questions"):
        (folder / name).mkdir()
    write_source(folder / "sources", TEXT)
    for clause, asked in ASKED:
        entry = json.dumps({"id": clause, "asked_as": asked, "keywords": ""})
        file = folder / "questions" / f"{clause.split(':')[0]}.jsonl"
        file.write_text(entry, encoding="utf-8")
    small = IndexSettings(
        data_folder=folder / "data",
        sources_folder=folder / "sources",
        questions_folder=folder / "questions",
        model="hashing",
    )
    build_index(small, encoder=HashingEncoder())
    return small


@pytest.fixture(scope="module")
def cluster(alone: IndexSettings, folder: Path) -> IndexSettings:
    """Settings of the Milvus engine; the same build is loaded."""
    there = alone.model_copy(
        update={"engine": EngineKind.MILVUS, "milvus_uri": str(folder / "milvus.db")}
    )
    build_index(there, encoder=HashingEncoder())
    return there


@pytest.fixture(scope="module")
def embedded(alone: IndexSettings) -> SearchIndex:
    return SearchIndex.open(alone, HashingEncoder())


@pytest.fixture(scope="module")
def milvus(cluster: IndexSettings) -> Iterator[SearchIndex]:
    index = SearchIndex.open(cluster, HashingEncoder())
    yield index
    index.engine.close()


@pytest.fixture(scope="module", params=list(EngineKind))
def opened(request: pytest.FixtureRequest) -> SearchIndex:
    index: SearchIndex = request.getfixturevalue(request.param)
    return index


def _wanted(index: SearchIndex, query: str, filters: Filters | None = None) -> Wanted:
    terms = [*index.tokenizer.words(query), *index.tokenizer.bigrams(query)]
    return Wanted([WeightedTerms(1.0, terms)], index.vector_of(query), filters or Filters())


def _ids(index: SearchIndex, candidates: Candidates) -> set[str]:
    return {unit.id for unit in index.store.units(candidates.units.tolist())}


# --- every engine ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES)
def test_each_unit_is_a_candidate_once_and_in_order(opened: SearchIndex, query: str) -> None:
    found = opened.engine.candidates(_wanted(opened, query))
    for side in (found.lexical, found.texts, found.questions):
        assert np.all(np.diff(side.units) > 0)
        assert len(side.units) == len(side.scores)
    assert np.all(found.lexical.scores > 0)
    assert len(found.which) == len(found.questions.units)
    assert len(found.unasked) == len(found.texts.units)


def test_a_term_that_is_given_twice_counts_twice(opened: SearchIndex) -> None:
    once = opened.engine.candidates(Wanted([WeightedTerms(1.0, ["补贴"])]))
    twice = opened.engine.candidates(Wanted([WeightedTerms(1.0, ["补贴", "补贴"])]))
    half = opened.engine.candidates(
        Wanted([WeightedTerms(0.5, ["补贴"]), WeightedTerms(0.5, ["补贴"])])
    )
    assert len(once.lexical.units)
    assert twice.lexical.scores == pytest.approx(2 * once.lexical.scores)
    assert half.lexical.scores == pytest.approx(once.lexical.scores)


def test_nothing_asked_finds_nothing(opened: SearchIndex) -> None:
    found = opened.engine.candidates(Wanted())
    assert [len(side.units) for side in (found.lexical, found.texts, found.questions)] == [0] * 3


def test_words_that_no_unit_has_find_nothing(opened: SearchIndex) -> None:
    found = opened.engine.candidates(Wanted([WeightedTerms(1.0, ["麒麟", "zzz"])]))
    assert len(found.lexical.units) == 0
    assert opened.engine.frequency("麒麟") == 0
    assert not opened.engine.have_all(["麒麟"])
    assert not opened.knows("麒麟")


def test_clauses_of_the_same_words_have_the_same_score(opened: SearchIndex) -> None:
    found = opened.engine.candidates(_wanted(opened, "向当地人力资源社会保障局提出申请"))
    of = dict(zip(found.lexical.units.tolist(), found.lexical.scores.tolist(), strict=True))
    second, third = (opened.store.unit_position[f"云政发-2019-1:{n}"] for n in "二三")
    assert of[second] == pytest.approx(of[third])
    hits = opened.search("向当地人力资源社会保障局提出申请", mode=Mode.LEXICAL).hits
    assert [hit.unit.id for hit in hits[:2]] == ["云政发-2019-1:二", "云政发-2019-1:三"]


def test_the_nearest_question_is_named_by_its_number(opened: SearchIndex) -> None:
    found = opened.engine.candidates(_wanted(opened, "失业金怎么领"))
    at = found.questions.units.tolist().index(opened.store.unit_position["云财规-2021-2:一"])
    assert found.which[at] == 1
    assert found.questions.scores[at] == pytest.approx(1.0, abs=1e-5)
    assert _ids(opened, found.questions) == {clause for clause, _ in ASKED}
    asked = {unit.id for unit in opened.store.units(found.texts.units[~found.unasked].tolist())}
    assert asked <= {clause for clause, _ in ASKED}


def test_filters_leave_only_what_passes_and_all_of_it(opened: SearchIndex) -> None:
    filters = Filters(issuer="财政厅")
    found = opened.engine.candidates(_wanted(opened, "补贴", filters))
    passing = set(np.flatnonzero(opened._narrowing.admitted(filters)).tolist())
    assert set(found.texts.units.tolist()) == passing
    assert set(found.lexical.units.tolist()) <= passing
    nobody = opened.engine.candidates(_wanted(opened, "补贴", Filters(issuer="\"%' or 1==1")))
    assert len(nobody.texts.units) == len(nobody.lexical.units) == 0


def test_held_says_which_unit_has_which_term(opened: SearchIndex) -> None:
    units = [opened.store.unit_position[name] for name in ("云政发-2019-1:一", "云财规-2021-2:一")]
    held = opened.engine.held(units, ["培训", "失业", "补贴", "麒麟"])
    assert held.tolist() == [[True, False, True, False], [False, True, True, False]]
    assert opened.engine.held([], ["培训"]).shape == (0, 1)
    assert opened.engine.frequency("补贴") >= 2


def test_have_all_asks_for_one_unit_with_all(opened: SearchIndex) -> None:
    assert opened.engine.have_all(["失业", "补贴"])
    assert not opened.engine.have_all(["失业", "培训"])
    assert not opened.engine.have_all([])


def test_vectors_of_units_come_in_the_order_of_their_texts(opened: SearchIndex) -> None:
    at = opened.store.unit_position["云财规-2021-2:一"]
    (unit,) = opened.store.units([at])
    for texts, vectors in (
        (questions_of(unit), opened.engine.question_vectors(at)),
        (sentence_texts(unit), opened.engine.sentence_vectors(at)),
    ):
        expected = HashingEncoder().encode_passages(texts)
        assert len(texts) == 3
        assert vectors == pytest.approx(expected, abs=1e-3)  # kept in 16 bits
    assert opened.engine.sentence_vectors(-1).shape[0] == 0


def test_a_unit_is_nearest_to_itself(opened: SearchIndex) -> None:
    at = opened.store.unit_position["云财规-2021-2:一"]
    near = opened.engine.nearest_to([at], 3)
    assert near.units[np.argmax(near.scores)] == at
    assert near.scores.max() == pytest.approx(1.0, abs=1e-5)
    assert np.all(np.diff(near.units) > 0)


# --- engines agree --------------------------------------------------------------------------


def _assert_same(ours: Candidates, theirs: Candidates) -> None:
    assert ours.units.tolist() == theirs.units.tolist()
    assert ours.scores == pytest.approx(theirs.scores, abs=1e-5)


def _assert_found_alike(ours: Found, theirs: Found) -> None:
    _assert_same(ours.lexical, theirs.lexical)
    _assert_same(ours.texts, theirs.texts)
    _assert_same(ours.questions, theirs.questions)
    assert ours.unasked.tolist() == theirs.unasked.tolist()
    assert ours.which.tolist() == theirs.which.tolist()


DAYS = st.dates(date(2018, 1, 1), date(2025, 1, 1))
FILTERS = st.builds(
    Filters,
    doc_number=st.none() | st.sampled_from(["云政发〔2019〕1号", "云财规[2021]2号", "无此号"]),
    issuer=st.none() | st.sampled_from(["", "云南省", "财政厅", "教育部"]),
    year_from=st.none() | st.integers(2018, 2022),
    year_to=st.none() | st.integers(2018, 2022),
    section=st.none() | st.sampled_from(["", "某编"]),
    as_of=st.none() | DAYS,
    status=st.none() | st.sampled_from(list(Status)),
)


@settings(max_examples=60, deadline=None)
@given(filters=FILTERS, query=st.sampled_from(QUERIES))
def test_the_same_candidates_under_any_filters(
    embedded: SearchIndex, milvus: SearchIndex, filters: Filters, query: str
) -> None:
    wanted = _wanted(embedded, query, filters)
    _assert_found_alike(embedded.engine.candidates(wanted), milvus.engine.candidates(wanted))


@pytest.mark.parametrize("query", QUERIES)
def test_the_same_hits_coverages_and_relatives(
    embedded: SearchIndex, milvus: SearchIndex, query: str
) -> None:
    for mode in Mode:
        ours, theirs = (i.search(query, mode=mode, facets=True) for i in (embedded, milvus))
        assert [hit.unit.id for hit in ours.hits] == [hit.unit.id for hit in theirs.hits]
        scores = [hit.score for hit in theirs.hits]
        assert [hit.score for hit in ours.hits] == pytest.approx(scores, abs=1e-6)
        assert [hit.asked_as for hit in ours.hits] == [hit.asked_as for hit in theirs.hits]
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets)
    ids = list(embedded.store.unit_position)
    assert embedded.coverages(query, ids) == milvus.coverages(query, ids)
    document = embedded.store.document("云政发-2019-1")
    assert document is not None
    for provision in document.provisions:
        assert related_units(embedded, document, provision, 3) == related_units(
            milvus, document, provision, 3
        )


# --- loading --------------------------------------------------------------------------------


@pytest.fixture
def fresh(cluster: IndexSettings, tmp_path: Path) -> IndexSettings:
    """The same build, and a Milvus that has nothing."""
    return cluster.model_copy(update={"milvus_uri": str(tmp_path / "other.db")})


def _build_of(there: IndexSettings) -> tuple[Path, Manifest]:
    build = current_build(there.index_folder)
    return build, read_manifest(build)


def _silent(_: str) -> None: ...


def test_a_killed_load_goes_on_where_it_was(
    fresh: IndexSettings, embedded: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_BATCH", 3)
    build, manifest = _build_of(fresh)
    sent: list[str] = []
    upsert = MilvusClient.upsert
    calls_before_it_dies = 5

    def counted(self: MilvusClient, name: str, rows: list[object]) -> object:
        if len(sent) == calls_before_it_dies:
            raise KeyboardInterrupt
        sent.append(name)
        return upsert(self, name, rows)

    monkeypatch.setattr(MilvusClient, "upsert", counted)
    with pytest.raises(KeyboardInterrupt):
        load_engine(fresh, build, manifest, _silent)
    with pytest.raises(EngineError, match=r"没有完整的本机索引.*还没有索引"):
        SearchIndex.open(fresh, HashingEncoder())
    first = len(sent)
    calls_before_it_dies = 1000
    load_engine(fresh, build, manifest, _silent)
    rows = manifest.counts["units"] + manifest.counts["passages"] + manifest.counts["questions"]
    assert len(sent) < 2 * first + rows / 3
    assert sent.count(sent[0]) == -(-manifest.counts["units"] // 3)  # none was sent twice
    index = SearchIndex.open(fresh, HashingEncoder())
    wanted = _wanted(embedded, "培训补贴")
    _assert_found_alike(embedded.engine.candidates(wanted), index.engine.candidates(wanted))
    index.engine.close()


def test_loading_twice_changes_nothing(fresh: IndexSettings) -> None:
    build, manifest = _build_of(fresh)
    for again in (False, False, True):
        load_engine(fresh, build, manifest, _silent, again=again)
        client = connect(fresh)
        collections = Collections(client, fresh, manifest)
        assert collections.count(Kind.UNITS) == manifest.counts["units"]
        assert collections.count(Kind.QUESTIONS) == manifest.counts["questions"]
        assert collections.current() == manifest.fingerprint[:16]
        for kind in Kind:
            client.release_collection(collections.name(kind))  # as after a restart
        client.close()
    SearchIndex.open(fresh, HashingEncoder()).engine.close()


def test_the_alias_moves_on_and_only_the_build_before_stays(fresh: IndexSettings) -> None:
    _, manifest = _build_of(fresh)
    client = connect(fresh)
    other = fresh.model_copy(update={"milvus_prefix": "diance_of_others"})
    foreign = Collections(client, other, manifest)
    foreign.create(Kind.UNITS)
    for digit in "abc":
        build = Collections(client, fresh, replace(manifest, fingerprint=digit * 64))
        for kind in Kind:
            build.create(kind)
        build.switch()
        assert build.current() == digit * 16
    present = set(client.list_collections())
    assert foreign.name(Kind.UNITS) in present
    assert {name.split("_")[1] for name in present - {foreign.name(Kind.UNITS)}} == {
        "b" * 16,
        "c" * 16,
    }
    assert not any(build.is_whole(kind) for kind in Kind if build.size(kind))
    client.close()


def test_collections_of_another_build_are_refused(fresh: IndexSettings) -> None:
    build, manifest = _build_of(fresh)
    load_engine(fresh, build, replace(manifest, fingerprint="d" * 64), _silent)
    with pytest.raises(EngineError, match=f"那里现在是 {'d' * 16}.*diance build"):
        SearchIndex.open(fresh, HashingEncoder())


@pytest.mark.parametrize(
    ("uri", "said"),
    [("", "DIANCE_MILVUS_URI"), ("http://127.0.0.1:1", "没有完成操作.*服务是否在运行")],
)
def test_a_server_that_is_not_there_is_named(cluster: IndexSettings, uri: str, said: str) -> None:
    away = cluster.model_copy(update={"milvus_uri": uri, "milvus_timeout": 0.5})
    with pytest.raises(EngineError, match=said):
        SearchIndex.open(away, HashingEncoder())


def test_a_build_that_cannot_be_loaded_leaves_the_current_one(cluster: IndexSettings) -> None:
    before = current_build(cluster.index_folder)
    away = cluster.model_copy(update={"milvus_uri": "http://127.0.0.1:1", "milvus_timeout": 0.5})
    with pytest.raises(EngineError):
        build_index(away, encoder=HashingEncoder(), force=True)
    assert current_build(cluster.index_folder) == before


def test_without_pymilvus_it_is_said_what_to_install(
    cluster: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pymilvus", None)
    with pytest.raises(EngineError, match=r"diance\[milvus\]"):
        SearchIndex.open(cluster, HashingEncoder())

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.filters import Filters
from indexer.near_duplicates import Folding, Restatement, find_restatements
from indexer.passages import Unit
from indexer.search import SearchIndex
from indexer.tokenizer import Tokenizer

ORDER, RULES = "云政办发-2019-69:四.(十二)", "云财规-2019-3:第四条.(三)"
QUERY = "吸纳贫困劳动力开展以工代训,补贴是工资的多少,最长几个月"


@pytest.fixture(scope="module")
def tokenizer(index: SearchIndex) -> Tokenizer:
    return index.tokenizer


@pytest.fixture(scope="module")
def rule(index: SearchIndex) -> Unit:
    (unit,) = index.store.units([index.store.unit_position[RULES]])
    return unit


def stated_twice(rule: Unit, text: str, tokenizer: Tokenizer) -> bool:
    other = replace(rule, id="b", document_id="另一文件", text=text)
    return any(found.words is None for found in find_restatements([rule, other], tokenizer))


def test_a_rule_that_two_documents_state_is_one_hit_that_names_both(index: SearchIndex) -> None:
    hits = index.search(QUERY, limit=50).hits
    found = [hit for hit in hits if hit.unit.id in (ORDER, RULES)]
    assert len(found) == 1
    (other,) = [same for same in found[0].same_as if same.words is None]
    assert {found[0].unit.id, other.id} == {ORDER, RULES}
    assert other.citation.endswith(("四、(十二)", "第四条第(三)项"))


def test_a_filtered_search_shows_the_clause_of_its_own_document(index: SearchIndex) -> None:
    for number, clause in (("云政办发〔2019〕69号", ORDER), ("云财规〔2019〕3号", RULES)):
        hits = index.search(QUERY, filters=Filters(doc_number=number), limit=3).hits
        assert hits[0].unit.id == clause
        assert hits[0].same_as


def test_total_ranks_and_pages_count_folded_hits(index: SearchIndex) -> None:
    whole = index.search(QUERY, limit=50)
    pages = [index.search(QUERY, limit=10, offset=at) for at in range(0, 50, 10)]
    hits = [hit for page in pages for hit in page.hits]
    assert [hit.unit.id for hit in hits] == [hit.unit.id for hit in whole.hits]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    last = index.search(QUERY, limit=50, offset=whole.total - 1)
    assert len(last.hits) == 1


def test_a_sentence_that_others_have_too_names_them_and_folds_nothing(index: SearchIndex) -> None:
    hits = index.search("规模以上企业帮助中小微企业开展职工培训,能不能补", limit=50).hits
    by_id = {hit.unit.id: hit for hit in hits}
    first, second = by_id["云政办发-2019-69:三.(六)"], by_id["云财规-2019-3:第四条.(一)"]
    (shared,) = first.same_as
    assert shared.id == second.unit.id
    assert shared.words is not None
    assert shared.words in first.unit.text


def test_what_a_ministry_leaves_open_and_the_province_fixes_is_not_the_same(
    index: SearchIndex,
) -> None:
    shared = index.store.restatements()
    ids = {at: name for name, at in index.store.unit_position.items()}
    pairs = {(ids[found.unit], ids[found.other]) for found in shared}
    assert ("云人社发-2020-15:二.(四)", "人社部发-2020-10:三.(五)") not in pairs


def test_rows_and_titles_are_no_restatements_of_each_other(index: SearchIndex) -> None:
    involved = {at for found in index.store.restatements() for at in (found.unit, found.other)}
    kinds = {unit.provision.kind.value for unit in index.store.units(sorted(involved))}
    assert kinds <= {"clause", "paragraph"}


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("20%", "30%"),
        ("6个月", "12个月"),
        ("参保企业", "参保院校"),
        ("给予生产经营主体", "不给予生产经营主体"),
        ("贫困劳动力", "残疾人"),
    ],
)
def test_rules_that_differ_in_a_number_or_in_who_is_meant_are_two(
    rule: Unit, tokenizer: Tokenizer, printed: str, other: str
) -> None:
    assert stated_twice(rule, rule.text, tokenizer)
    assert printed in rule.text
    assert not stated_twice(rule, rule.text.replace(printed, other), tokenizer)


def test_punctuation_misprints_and_a_heading_do_not_make_two_rules(
    rule: Unit, tokenizer: Tokenizer
) -> None:
    assert stated_twice(rule, rule.text.replace("用工方式", "用工方"), tokenizer)
    assert stated_twice(rule, rule.text.replace(",", "，").replace("%", "％"), tokenizer)
    assert stated_twice(rule, "以工代训补贴。" + rule.text, tokenizer)


def test_words_about_the_document_itself_mean_another_thing_elsewhere(
    rule: Unit, tokenizer: Tokenizer
) -> None:
    formula = "本办法由省财政厅会同省人力资源和社会保障厅按照各自职责分工负责解释和组织实施。"
    own = replace(rule, text=formula)
    assert not stated_twice(own, formula, tokenizer)


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[int], list[Restatement]]:
    size = draw(st.integers(1, 12))
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    said = [Restatement(a, b, None) for a, b in draw(st.lists(pairs, max_size=12)) if a != b]
    return draw(st.permutations(range(size))), said


@given(rankings())
def test_folding_drops_only_what_one_before_it_says_and_keeps_the_order(
    drawn: tuple[list[int], list[Restatement]],
) -> None:
    ranked, said = drawn
    folding = Folding(said, len(ranked))
    kept = folding.fold(np.array(ranked)).tolist()
    assert kept == [unit for unit in ranked if unit in set(kept)]
    for unit in ranked:
        before = set(kept[: kept.index(unit)] if unit in kept else kept)
        leaders = {found.other for found in said if found.unit == unit}
        earlier = {other for other in before if ranked.index(other) < ranked.index(unit)}
        assert (unit in kept) == leaders.isdisjoint(earlier)
    assert folding.fold(np.array(kept, np.int64)).tolist() == kept

"""The occupation that a person speaks of, found in the real catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalogue import CatalogueEntry, catalogue_of
from corpus.edition import Edition, prepare_edition
from corpus.occupation_names import load_occupation_names
from corpus.sources import load_sources
from indexer.tokenizer import fold
from server.eligibility.occupations import NamedOccupation, OccupationFinder

DOCUMENT = prepare_edition([load_sources()[0]], questions=False).compilations[0]
CATALOGUE = catalogue_of(DOCUMENT.by_id["云人社通-2021-22"])
SAYINGS = load_occupation_names(CATALOGUE)
FINDER = OccupationFinder(CATALOGUE, SAYINGS)

entries = st.sampled_from(CATALOGUE)
sayings = st.sampled_from([(word, name) for name, said in SAYINGS.items() for word in said])


def names(found: NamedOccupation | None) -> list[str]:
    return list(dict.fromkeys(entry.name for entry in found.entries)) if found else []


def numbers(found: NamedOccupation | None) -> list[str]:
    return [entry.provision_id.partition(":")[2] for entry in found.entries] if found else []


# --- laws over the whole catalogue ---


@pytest.mark.parametrize(
    "form", ["{printed}", "{name}", "{name}培训", "{name}培训班", "{name}证书"]
)
def test_every_entry_is_found_by_its_name_with_and_without_what_forms_add(form: str) -> None:
    for entry in CATALOGUE:
        typed = form.format(printed=entry.printed, name=entry.name)
        found = FINDER.named(typed)
        assert found is not None, typed
        assert found.exact, typed
        assert found.entries[0].name == entry.name, typed
        assert entry in found.entries, typed


@pytest.mark.parametrize(
    "sentence",
    ["我考了{}证", "参加了{}培训", "我在工厂上班,学的是{},想问问补贴怎么领", "{}培训班结业了"],
)
def test_every_entry_is_found_in_a_sentence_about_training(sentence: str) -> None:
    for entry in CATALOGUE:
        text = sentence.format(entry.name)
        found = FINDER.in_text(text)
        assert found is not None, text
        assert entry in found.entries or len(found.words) > len(entry.name), text


@given(saying=sayings)
@settings(max_examples=300, deadline=None)
def test_every_saying_leads_to_its_occupation(saying: tuple[str, str]) -> None:
    word, name = saying
    assert name in names(FINDER.named(word))
    found = FINDER.in_text(f"我想学{word},有补贴吗")
    assert found is not None
    assert name in names(found) or len(found.words) > len(word)


@given(entry=entries)
@settings(max_examples=300, deadline=None)
def test_a_denied_occupation_is_not_taken(entry: CatalogueEntry) -> None:
    assert entry.name not in names(FINDER.in_text(f"我不是{entry.name},参加了别的培训"))


@given(entry=entries, other=entries)
@settings(max_examples=300, deadline=None)
def test_the_certificate_decides_between_two_occupations(
    entry: CatalogueEntry, other: CatalogueEntry
) -> None:
    found = FINDER.in_text(f"我是{other.name},上个月考了{entry.name}证")
    assert entry.name in names(found)


@given(text=st.text(alphabet="电工焊的证考学了不是,。()5g培训班开挖机 患者", max_size=30))
@settings(max_examples=300, deadline=None)
def test_what_is_found_stands_in_the_text_and_in_the_catalogue(text: str) -> None:
    found = FINDER.in_text(text)
    if found is not None:
        assert found.words
        assert fold(found.words) in fold(text)
        assert found.entries
        assert len(set(numbers(found))) == len(found.entries)


# --- how people speak ---


@pytest.mark.parametrize(
    ("text", "words", "best"),
    [
        ("我是干电工的", "电工", "电工"),
        ("考了育婴的证", "育婴", "育婴员"),
        ("学的是盖房子的泥水活", "泥水活", "砌筑工"),
        ("我开挖机", "开挖机", "挖掘机操作"),
        ("在饭店当厨师", "厨师", "中式烹调师"),
        ("學電焊", "电焊", "焊工"),
        ("SYB结业了", "SYB", "SYB"),
        ("我想学做蛋糕", "做蛋糕", "西式面点师"),
        ("机床装调维修工证", "机床装调维修工", "机床装调维修工"),
        ("焊工资格证怎么领补贴", "焊工", "焊工"),
        ("电工作业证", "电工", "电工"),
        ("保洁员工资低,想培训", "保洁员", "保洁员"),
    ],
)
def test_everyday_words_stand_for_occupations(text: str, words: str, best: str) -> None:
    found = FINDER.in_text(text)
    assert found is not None
    assert fold(found.words) == fold(words)
    assert found.entries[0].name == best


@pytest.mark.parametrize(
    "text",
    [
        "",
        "机电工程专业毕业",
        "管工资的人",
        "政府采购给小企业留多少份额",
        "宣传部管工人的网上活动吗",
        "汽车工业的工会",
        "体检车有没有",
        "失业了能领多少钱",
        "我是大学生,毕业两年没工作",
        "想考宇航员证",
        "教师资格证",
        "上岗前体检谁出钱",
        "我们公司重视安全生产",
    ],
)
def test_words_inside_other_words_and_general_words_are_no_occupation(text: str) -> None:
    assert FINDER.in_text(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("在厂里干电工,想考焊工的证", "焊工"),
        ("我不干电工了,学了焊工", "焊工"),
        ("我不是保安,我是保洁员", "保洁员"),
        ("除了电工,我还有焊工证", "焊工"),
        ("在化工厂当保安", "保安员"),
        ("我是开滴滴的,想学挖掘机", "挖掘机操作"),
        ("能不能考焊工证", "焊工"),
        ("以前是厨师现在是保安", "保安员"),
        ("我是不是电工都能领吗", "电工"),
    ],
)
def test_the_occupation_that_is_trained_for_is_taken(text: str, name: str) -> None:
    assert names(FINDER.in_text(text))[0] == name


@pytest.mark.parametrize("text", ["不是电工", "没学过电工,想学", "不想干厨师了", "不再当保安"])
def test_nothing_is_left_of_what_is_denied(text: str) -> None:
    assert FINDER.in_text(text) is None


def test_questions_on_other_matters_name_few_occupations(edition: Edition) -> None:
    """Editors' questions on documents other than the catalogue; most of the hits are right."""
    asked = [
        question
        for apparatus in edition.apparatus.values()
        for provision_id, asked_as in apparatus.asked_as.items()
        if not provision_id.startswith("云人社通-2021-22")
        for question in asked_as.questions
    ]
    found = sum(FINDER.in_text(question) is not None for question in asked)
    assert len(asked) > 5000
    assert found < 0.05 * len(asked)


def test_a_course_is_meant_where_training_is_spoken_of() -> None:
    assert names(FINDER.in_text("参加安全生产培训")) == ["安全生产"]


# --- several entries of one name ---


@pytest.mark.parametrize(
    ("text", "numbers_of_entries"),
    [
        ("上了150个学时的医疗护理员班", ["附件4.第175行"]),
        ("上了一百二十个学时的医疗护理员班", ["附件4.第174行"]),
        ("医疗护理员,照顾老年患者的那种", ["附件4.第175行"]),
        ("学了医疗护理员,护理产妇和新生儿", ["附件4.第175行"]),
        ("医疗护理员班,以患者为主", ["附件4.第174行"]),
        ("医疗护理员培训", ["附件4.第174行", "附件4.第175行"]),
        ("医疗护理员培训,交了150元", ["附件4.第174行", "附件4.第175行"]),
    ],
)
def test_remarks_tell_entries_of_one_name_apart(text: str, numbers_of_entries: list[str]) -> None:
    assert numbers(FINDER.in_text(text)) == numbers_of_entries


def test_a_name_of_several_attachments_has_all_its_entries_own_name_first() -> None:
    assert names(FINDER.named("养老护理")) == ["养老护理", "养老护理员"]
    assert names(FINDER.named("养老护理员")) == ["养老护理员", "养老护理"]
    embroidery = FINDER.in_text("民族刺绣培训")
    assert embroidery is not None
    assert {entry.part for entry in embroidery.entries} == {"附件3", "附件4"}


def test_a_saying_that_a_remark_has_leads_there_first() -> None:
    nanny = FINDER.in_text("我在学月嫂")
    assert nanny is not None
    assert nanny.entries[0].printed == "保姆(月嫂)培训(★)"
    assert not nanny.exact


# --- form fields ---


@pytest.mark.parametrize(
    ("typed", "best", "exact"),
    [
        ("特色养殖", "特色养殖", True),
        ("中级电工证", "电工", True),
        ("电工(中级)", "电工", True),
        ("三级健康管理师", "健康管理师", True),
        ("挖掘机操作工", "挖掘机操作", True),
        ("汽车维修", "汽车维修工", True),
        ("电焊工", "焊工", True),
        ("叉车", "叉车操作", False),
        ("医疗护里员", "医疗护理员", False),
        ("消防设施操做员", "消防设施操作员", False),
    ],
)
def test_a_form_field_is_read_leniently(typed: str, best: str, exact: bool) -> None:
    found = FINDER.named(typed)
    assert found is not None
    assert (found.words, found.exact) == (typed, exact)
    assert best in names(found)


@pytest.mark.parametrize(
    "typed", ["", "x", "无", "宇航员", "公务员", "飞行员", "护士", "工程师", "证"]
)
def test_what_the_catalogue_does_not_have_is_not_found(typed: str) -> None:
    assert FINDER.named(typed) is None

"""Who is entitled to what: facts from words, verdicts from facts, amounts with their working."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.benefits.conditions import AllOf, AnyOf, Chosen, Expression, Is, Not, Within
from corpus.benefits.facts import Fact, FactType, FactValue
from corpus.catalogue import CatalogueEntry, catalogue_of
from corpus.skill_levels import LEVEL_BY_NAME
from eval.questions import DATASETS, read_questions
from indexer.search import SearchIndex
from server.app import create_app
from server.eligibility.benefit_finder import BenefitFinder
from server.eligibility.matching import Verdict
from server.eligibility.reading import FactReader
from server.eligibility.stated_facts import StatedFacts, holds
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitOut, BenefitsIn, BenefitsOut

CATALOGUE = "云人社通-2021-22"


@pytest.fixture(scope="module")
def finder(index: SearchIndex) -> BenefitFinder:
    return BenefitFinder(index)


@pytest.fixture(scope="module")
def entries(index: SearchIndex) -> tuple[CatalogueEntry, ...]:
    document = index.store.document(CATALOGUE)
    assert document is not None
    return catalogue_of(document)


def profile(kb: KnowledgeBase, **given: Any) -> BenefitsOut:  # noqa: ANN401  (any field)
    return kb.benefits(BenefitsIn.model_validate({"profile": given}))


def asked(kb: KnowledgeBase, question: str, **more: Any) -> BenefitsOut:  # noqa: ANN401
    return kb.benefits(BenefitsIn.model_validate({"question": question, **more}))


def of_catalogue(found: BenefitsOut) -> BenefitOut:
    return next(b for b in found.benefits if b.id == "技能等级证书培训补贴-目录-2021")


# --- amounts ----------------------------------------------------------------------------------


def test_an_amount_comes_with_its_working_and_the_clauses_for_each_number(
    knowledge_base: KnowledgeBase,
) -> None:
    found = of_catalogue(
        profile(
            knowledge_base,
            occupation="旅店服务员",
            certificate="技能等级证书",
            level="中级",
            year=2021,
            facts={"持有低一级证书": True, "同一职业同一等级已享受补贴": False},
        )
    )
    assert found.verdict is Verdict.APPLIES
    assert found.amount is not None
    assert (found.amount.value, found.amount.per) == (2160, "人")  # 1800, and 20 % for the star
    assert "1800元 × 1.2" in found.explanation
    cited = {hit.clause.id for hit in found.citations}
    assert {f"{CATALOGUE}:附件2.服务类", f"{CATALOGUE}:八"} <= cited


def test_amounts_rise_with_the_level_for_every_occupation(
    knowledge_base: KnowledgeBase, entries: tuple[CatalogueEntry, ...]
) -> None:
    for entry in [e for e in entries if e.part == "附件2"][::40]:
        amounts = []
        for level in LEVEL_BY_NAME:
            found = of_catalogue(
                profile(
                    knowledge_base,
                    occupation=entry.printed,
                    certificate="技能等级证书",
                    level=level,
                    year=2021,
                )
            )
            assert found.amount is not None
            amounts.append(found.amount.value)
        assert amounts == sorted(set(amounts), key=lambda value: value or 0), entry.printed


@pytest.mark.parametrize("fisherman", [False, True])
@pytest.mark.parametrize("own_business", [False, True])
@pytest.mark.parametrize("occupation", ["电工", "旅店服务员"])
def test_nobody_gets_two_uplifts(
    knowledge_base: KnowledgeBase, occupation: str, own_business: bool, fisherman: bool
) -> None:
    found = of_catalogue(
        profile(
            knowledge_base,
            occupation=occupation,
            certificate="技能等级证书",
            level="初级",
            groups=["退捕渔民"] if fisherman else [],
            year=2021,
            facts={"企业组织主营业务培训": own_business},
        )
    )
    starred = occupation == "旅店服务员"
    earned = [1.3] * fisherman + [1.2] * own_business + [1.2] * starred
    base = 1400 if starred else 1600
    assert found.amount is not None
    assert found.amount.value == pytest.approx(base * max(earned, default=1))
    choice = f"{CATALOGUE}:九" in {hit.clause.id for hit in found.citations}
    assert choice == (len(earned) > 1)


def test_a_share_is_worked_out_within_its_limits(knowledge_base: KnowledgeBase) -> None:
    question = "我开了个扶贫车间,招了3个建档立卡户边干边学,每人每月2000元,一共干了8个月,能补多少?"
    found = asked(knowledge_base, question)
    trained = [b for b in found.benefits if b.topic == "以工代训" and b.amount is not None]
    assert "7200元" in {b.amount.text for b in trained if b.amount}  # 2000 × 3 × 6 × 20 %
    assert any("最多计6个月" in b.explanation for b in trained)


# --- verdicts ---------------------------------------------------------------------------------


def test_no_benefit_is_shown_without_a_citation(knowledge_base: KnowledgeBase) -> None:
    for question in read_questions(DATASETS / "dev.jsonl"):
        for benefit in asked(knowledge_base, question.question).benefits:
            assert benefit.citations
            texts = {hit.clause.id: hit.clause.text for hit in benefit.citations}
            for condition in benefit.conditions:
                if condition.clause_id is not None and condition.quote is not None:
                    assert condition.quote in texts[condition.clause_id]


def test_outside_its_period_nothing_applies(knowledge_base: KnowledgeBase) -> None:
    for year in (2016, 2024):
        found = profile(
            knowledge_base,
            occupation="电工",
            certificate="技能等级证书",
            level="中级",
            groups=["贫困劳动力", "退役军人", "云南省技术能手"],
            year=year,
        )
        for benefit in found.benefits:
            period = benefit.period
            if period is not None and benefit.verdict is not Verdict.DOES_NOT_APPLY:
                if period.ends is not None:
                    assert period.ends.year >= year
                if period.begins is not None:
                    assert period.begins.year <= year
            if year == 2016:
                assert benefit.verdict is Verdict.DOES_NOT_APPLY  # no document is as old


def test_the_day_asked_for_counts_as_the_year(knowledge_base: KnowledgeBase) -> None:
    question = "我是建档立卡户,去学手艺每天有生活费吗?"
    in_time = asked(knowledge_base, question, as_of="2020-05-01")
    late = asked(knowledge_base, question, as_of="2023-05-01")
    wanted = "培训期间生活费补贴-2019"
    verdicts = [{b.id: b.verdict for b in found.benefits} for found in (in_time, late)]
    assert verdicts[0][wanted] is not Verdict.DOES_NOT_APPLY
    assert verdicts[1][wanted] is Verdict.DOES_NOT_APPLY


def test_what_is_not_known_is_asked_for(knowledge_base: KnowledgeBase) -> None:
    found = asked(knowledge_base, "我是电工,考了技能等级证能补多少钱?")
    benefit = of_catalogue(found)
    assert benefit.verdict is Verdict.MAY_APPLY
    assert benefit.amount is not None
    assert benefit.amount.value is None
    assert any("哪一级" in question for question in found.questions)


def test_a_condition_that_fails_is_named(knowledge_base: KnowledgeBase) -> None:
    found = asked(knowledge_base, "我没考过初级,直接去考中级旅店服务员技能等级证,2021年的,能补吗?")
    benefit = of_catalogue(found)
    assert benefit.verdict is Verdict.DOES_NOT_APPLY
    assert benefit.amount is None
    assert "低一" in benefit.explanation


INSURED = {"certificate": "职业资格证书", "level": "初级", "groups": ["失业保险参保职工"]}


def of_insurance(found: BenefitsOut, listed: str) -> BenefitOut:
    return next(b for b in found.benefits if b.id == f"失业保险技能提升补贴-{listed}-2019")


def test_an_occupation_on_a_list_is_cited_with_its_row(knowledge_base: KnowledgeBase) -> None:
    found = profile(knowledge_base, occupation="车工", year=2019, **INSURED)
    listed = of_insurance(found, "紧缺急需职业")
    rows = [hit.clause.text for hit in listed.citations if "附件" in hit.clause.id]
    assert [row.split() for row in rows] == [["8", "车工"]]


def test_an_occupation_that_is_not_on_a_list_is_named_as_another(
    knowledge_base: KnowledgeBase,
) -> None:
    found = profile(knowledge_base, occupation="旅店服务员", year=2019, **INSURED)
    assert of_insurance(found, "紧缺急需职业").verdict is Verdict.DOES_NOT_APPLY
    assert of_insurance(found, "目录外职业").verdict is not Verdict.DOES_NOT_APPLY


def test_who_is_insured_against_unemployment_is_not_unemployed(
    knowledge_base: KnowledgeBase,
) -> None:
    assert "失业人员" not in profile(knowledge_base, **INSURED).profile.groups


def test_a_profile_as_understood_can_be_sent_back(knowledge_base: KnowledgeBase) -> None:
    found = asked(knowledge_base, "我是2021年退捕上岸的渔民,考了中级旅店服务员技能等级证,能补多少?")
    again = profile(knowledge_base, **found.profile.model_dump(exclude_none=True))
    one, other = of_catalogue(found), of_catalogue(again)
    assert one.amount == other.amount
    assert one.verdict == other.verdict


# --- the surface ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


def test_the_api_answers_with_the_fields_of_the_contract(client: TestClient) -> None:
    response = client.post(
        "/api/v1/benefits/match", json={"question": "我是电工,考了中级证,能领多少钱"}
    )
    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"profile", "benefits", "questions", "ask"}
    contract = {"id", "name", "verdict", "amount", "conditions", "period", "explanation"}
    assert contract | {"citations"} <= set(body["benefits"][0])
    assert body["profile"]["occupation"] == "电工"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "profile"),
        ({"profile": {"facts": {"星座": True}}}, "没有名为“星座”的情况"),
        ({"profile": {"facts": {"月工资": "很多"}}}, "应为:数字"),
        ({"profile": {"year": 20210}}, "year"),
        ({"profile": {"year": 2021.5}}, "year"),
        ({"profile": {"year": True}}, "year"),
        ({"question": ""}, "question"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    client: TestClient, body: dict[str, object], words: str
) -> None:
    response = client.post("/api/v1/benefits/match", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


def test_a_year_is_a_whole_number_however_it_is_written(client: TestClient) -> None:
    for year in ("2021", "2021.0"):
        response = client.post(
            "/api/v1/benefits/match",
            content=f'{{"profile": {{"year": {year}}}}}',
            headers={"Content-Type": "application/json"},
        )
        assert response.json()["profile"]["year"] == 2021


# --- words and logic --------------------------------------------------------------------------

VOCABULARY: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(
            name="类别",
            type=FactType.SOME_OF,
            question="?",
            values=(
                FactValue(name="甲类人员", say=("甲类",), implies=("乙类人员",)),
                FactValue(name="乙类人员", say=("乙类",)),
            ),
            unrelated=("乙类合同",),
        ),
        Fact(name="参保", type=FactType.YES_NO, question="?", say=("交了社保",), deny=("断缴",)),
        Fact(
            name="月数",
            type=FactType.NUMBER,
            question="?",
            say=("干了#个月", "干满#年"),
            larger_units={"年": 12},
        ),
        Fact(name="工资", type=FactType.NUMBER, question="?", say=("工资#", "一个月*#块")),
        Fact(name="取证年份", type=FactType.NUMBER, question="?", say=("#年考",)),
    )
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我是甲类的", StatedFacts(chosen={"类别": frozenset({"甲类人员"})})),
        ("我不是甲类", StatedFacts(ruled_out={"类别": frozenset({"甲类人员"})})),
        ("厂里交了社保", StatedFacts(answers={"参保": True})),
        ("厂里断缴了", StatedFacts(answers={"参保": False})),
        ("一共干了十二个月", StatedFacts(numbers={"月数": 12})),
        ("今天天气好", StatedFacts()),
        ("签的是乙类合同", StatedFacts()),
        ("签乙类合同的甲类", StatedFacts(chosen={"类别": frozenset({"甲类人员"})})),
        ("工资一共是多少", StatedFacts()),
        ("干满半年", StatedFacts(numbers={"月数": 6})),
        ("一个月给我3000块", StatedFacts(numbers={"工资": 3000})),
        ("证是我19年考的", StatedFacts(numbers={"年份": 2019, "取证年份": 2019})),
        ("干了19年", StatedFacts()),
    ],
)
def test_sentences_are_read_into_facts(text: str, expected: StatedFacts) -> None:
    assert FactReader(VOCABULARY).read(text) == expected


def test_this_year_is_a_year_only_as_of_a_day() -> None:
    reader = FactReader(VOCABULARY)
    assert reader.read("去年的事").numbers == {}
    assert reader.read("去年的事", date(2021, 6, 1)).numbers == {"年份": 2020}


single = st.one_of(
    st.builds(Chosen, st.just("类别"), st.sampled_from([("甲类人员",), ("乙类人员",)])),
    st.builds(Is, st.just("参保"), st.booleans()),
    st.builds(Within, st.just("月数"), st.floats(0, 9), st.none() | st.floats(9, 20)),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    single,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=6,
)
known = st.builds(
    StatedFacts,
    chosen=st.sampled_from([{}, {"类别": frozenset({"甲类人员"})}]),
    answers=st.sampled_from([{}, {"参保": True}, {"参保": False}]),
    numbers=st.sampled_from([{}, {"月数": 3.0}, {"月数": 12.0}]),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(expressions, known)
def test_what_is_decided_stays_decided_when_more_becomes_known(
    expression: Expression, stated: StatedFacts
) -> None:
    before = holds(expression, stated, VOCABULARY)
    more = StatedFacts(
        answers={} if stated.answers else {"参保": True},
        numbers={} if stated.numbers else {"月数": 5.0},
    )
    after = holds(expression, stated | more, VOCABULARY)
    assert before is None or before == after


@given(expressions, known)
def test_an_expression_and_its_contrary_never_both_hold(
    expression: Expression, stated: StatedFacts
) -> None:
    one, other = (holds(each, stated, VOCABULARY) for each in (expression, Not(expression)))
    assert (one is None and other is None) or one != other

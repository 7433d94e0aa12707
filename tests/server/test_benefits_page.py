"""The page of benefits: a sentence or a form, correction, narrowing, and what is shown of results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from corpus.benefits.facts import Fact, FactType
from corpus.benefits.loading import BENEFITS_FOLDER, load_facts
from server.app import create_app
from server.eligibility.benefit_form import BenefitForm
from server.knowledge_base import KnowledgeBase
from server.schemas.benefit import BenefitsIn, BenefitsOut

FACTS: Mapping[str, Fact] = load_facts(BENEFITS_FOLDER / "facts")
ELECTRICIAN = "我是电工,2021年考了中级技能等级证,能领多少钱"
WORKSHOP = "我们厂招了5个建档立卡户边干边学,每月开2500,能补吗"
CATALOGUE = "技能等级证书培训补贴-目录-2021"


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base))


def page(client: TestClient, parameters: object = (), status: int = 200) -> html.HtmlElement:
    response = client.get("/benefits", params=parameters)  # type: ignore[arg-type]
    assert response.status_code == status
    return html.fromstring(response.text)


def submitted(form: html.HtmlElement, **answers: str) -> list[tuple[str, str]]:
    """What a browser sends for a form in which somebody has chosen further answers."""
    return [(name, value) for name, value in form.form_values() if value] + list(answers.items())


def form_of(content: html.HtmlElement, id_: str) -> html.HtmlElement:
    (form,) = content.xpath("//form[@id=$id]", id=id_)
    return form


def chips(content: html.HtmlElement) -> list[str]:
    return content.xpath("//ul[@class='chips']//span/text()")  # type: ignore[no-any-return]


def text_of(content: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(each.text_content().split()) for each in content.xpath(path))


def questions(content: html.HtmlElement) -> list[str]:
    names = content.xpath("//*[@class='question']//input/@name")
    return list(dict.fromkeys(names))


# --- the journey ------------------------------------------------------------------------------


def test_the_page_begins_with_a_sentence_a_short_form_and_its_promise(client: TestClient) -> None:
    content = page(client)
    form = form_of(content, "sentence-form")
    assert {"q", "身份", "工种", "证书", "等级", "年份"} <= set(form.fields)
    assert "不保存" in form.text_content()
    assert not content.xpath("//*[@id='results']")


def test_every_field_has_a_label_and_every_id_is_single(client: TestClient) -> None:
    for content in (page(client), page(client, {"q": ELECTRICIAN}), page(client, {"q": WORKSHOP})):
        ids = content.xpath("//@id")
        assert len(ids) == len(set(ids))
        for field in content.xpath("//form//input[not(@type='hidden')] | //form//select"):
            labelled = content.xpath("//label[@for=$id]", id=field.get("id") or "-")
            assert labelled or field.get("aria-label") or field.xpath("ancestor::label")


def test_a_sentence_is_understood_and_brings_amount_working_and_clauses(
    client: TestClient,
) -> None:
    content = page(client, {"q": ELECTRICIAN})
    assert {"工种:电工", "等级:中级", "年份:2021年"} <= set(chips(content))
    first = content.xpath("//section[contains(@class,'glance')]//a/@href")[0]
    (card,) = content.xpath("//article[@id=$id]", id=first.removeprefix("#"))
    assert "2000元/人" in text_of(card, ".//p[contains(@class,'figure')]")
    assert "“电工”" in text_of(card, ".//ol[@class='steps']")
    assert card.xpath(".//ol[@class='steps']//a[starts-with(@href,'/clauses/')]")
    assert "技能等级证书" in text_of(card, ".//li[contains(., '技能等级证书')]")


def test_what_was_misunderstood_is_taken_back_by_a_link(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN})
    (link,) = content.xpath("//a[@aria-label='去掉“等级:中级”']/@href")
    corrected = page(client, parse_qsl(urlsplit(link).query))
    assert set(chips(corrected)) == set(chips(content)) - {"等级:中级"}
    assert "2000元/人" not in text_of(corrected, "//p[contains(@class,'figure')]")


def test_a_corrected_field_changes_the_sum(client: TestClient) -> None:
    form = form_of(page(client, {"q": ELECTRICIAN}), "profile-form")
    form.fields["等级"] = "高级"
    corrected = page(client, submitted(form))
    assert "等级:高级" in chips(corrected)
    assert "等级:中级" not in chips(corrected)
    assert "2000元/人" not in text_of(corrected, "//section[contains(@class,'glance')]")


def test_an_answer_decides_and_is_not_asked_again(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN})
    assert "同一职业同一等级已享受补贴" in questions(content)
    form = form_of(content, "profile-form")
    answered = page(client, submitted(form, 同一职业同一等级已享受补贴="是"))
    assert "同一职业同一等级已享受补贴" not in questions(answered)
    assert "没有领过培训补贴" in text_of(answered, "//section[@id='group-refused']")


def test_who_cannot_tell_is_asked_something_else(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN})
    asked = questions(content)
    form = form_of(content, "profile-form")
    skipped = page(client, submitted(form, **dict.fromkeys(asked, "说不清")))
    assert questions(skipped)
    assert not set(asked) & set(questions(skipped))


def test_none_of_the_choices_is_an_answer(client: TestClient) -> None:
    content = page(client, {"q": "我在工地上受了伤,老板没给上工伤保险"})
    (none,) = content.xpath(
        "//*[@class='question']//input[@name='伤病情况'][contains(@value,'不是')]"
    )
    form = form_of(content, "profile-form")
    answered = page(client, submitted(form, 伤病情况=none.get("value")))
    assert "伤病情况" not in questions(answered)
    assert any(chip.startswith("伤病情况不是:") for chip in chips(answered))


def test_a_company_is_asked_its_own_questions(client: TestClient) -> None:
    content = page(client, {"q": WORKSHOP})
    assert "身份:企业" in chips(content)
    assert "月数" in questions(content)
    form = form_of(content, "profile-form")
    answered = page(client, submitted(form, 月数="4", 年份="2020"))
    assert "2500元 × 5人 × 4个月 × 20% = 1万元" in text_of(
        answered, "//ol[@class='steps']"
    ).replace("10000元", "1万元")


def test_the_form_alone_is_enough(client: TestClient) -> None:
    given_ = {
        "身份": "劳动者",
        "工种": "旅店服务员",
        "证书": "技能等级证书",
        "等级": "中级",
        "年份": "2021",
    }
    content = page(client, given_)
    assert "1800元" in text_of(content, "//ol[@class='steps'] | //p[contains(@class,'amount')]")
    assert "工种:旅店服务员" in chips(content)


def test_fields_filled_in_go_before_the_sentence(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN, "等级": "技师"})
    assert "等级:技师" in chips(content)
    assert "等级:中级" not in chips(content)


def test_one_benefit_stands_on_its_own_to_take_along(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN, "只看": CATALOGUE})
    (article,) = content.xpath("//article")
    assert "到哪里办" in article.text_content()
    assert "要带什么" in article.text_content()
    (back,) = content.xpath("//p[@class='back']/a/@href")
    assert page(client, parse_qsl(urlsplit(back).query)).xpath("//*[@id='results']")


def test_entries_of_one_benefit_are_told_apart(client: TestClient) -> None:
    content = page(client, {"q": "我考了厨师证,中级,2021年,技能等级证,能补多少"})
    links = content.xpath("//h3/a/@href | //p[@class='alone']/a/@href")
    several = [link for link in links if "/" in dict(parse_qsl(urlsplit(link).query))["只看"]]
    names = [
        page(client, parse_qsl(urlsplit(link).query)).xpath("string(//h1)") for link in several
    ]
    assert len(names) > 1
    assert len(set(names)) == len(names)


def test_an_occupation_of_no_catalogue_is_kept_and_said(client: TestClient) -> None:
    content = page(client, {"工种": "量子炼丹师", "等级": "中级"})
    assert "没有找到“量子炼丹师”" in text_of(content, "//form")
    assert form_of(content, "profile-form").fields["工种"] == "量子炼丹师"


# --- what must never go wrong -----------------------------------------------------------------


def test_what_has_run_out_is_never_among_what_can_be_claimed(client: TestClient) -> None:
    today = page(client, {"q": ELECTRICIAN})
    for group in ("applies", "may"):
        assert "已过期" not in text_of(today, f"//section[@id='group-{group}']")
    cards = today.xpath("//section[@id='group-over']//article")
    assert cards
    assert all("已过期,截至" in card.text_content() for card in cards)
    in_time = page(client, {"q": ELECTRICIAN, "as_of": "2021-06-01"})
    assert "已过期" not in text_of(in_time, "//*[@id='results']")
    assert "2000元/人" in text_of(in_time, "//section[@id='group-may']")


def test_each_condition_says_in_words_how_it_stands(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN})
    signs = content.xpath("//ul[@class='conditions']//span[@class='sign']")
    assert {each.text_content().split()[-1] for each in signs} == {"符合", "不符合", "待确认"}


def test_quotes_are_the_words_of_their_clause(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    content = page(client, {"q": WORKSHOP})
    shown = content.xpath("//details[@class='evidence']//li")
    cited = {
        hit.citation.text: (hit.clause.text, hit.citation.quote)
        for benefit in knowledge_base.benefits(BenefitsIn(question=WORKSHOP)).benefits
        for hit in benefit.citations
    }
    assert shown
    for item in shown:
        texts = cited[item.xpath("string(.//cite)")]
        for quote in item.xpath(".//blockquote"):
            assert any(quote.text_content() in text for text in texts)


@pytest.mark.parametrize("name", ["q", "工种", "人员类别", "只看", "utm_source"])
def test_what_is_typed_is_escaped(client: TestClient, name: str) -> None:
    nasty = '"><script>alert(1)</script>'
    response = client.get("/benefits", params={"q": "我是电工", name: nasty})
    assert "<script>alert" not in response.text
    assert response.status_code in (200, 422)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"月工资": "很多"}, "请填数字"),
        ({"月工资": "inf"}, "请填数字"),
        ({"参加失业保险": "也许"}, "请回答“是”或“否”"),
        ({"等级": "九级"}, "应为"),
        ({"q": "x" * 3000}, "太多"),
    ],
)
def test_wrong_values_are_answered_with_what_to_do(
    client: TestClient, parameters: dict[str, str], words: str
) -> None:
    content = page(client, parameters, status=422)
    assert words in text_of(content, "//*[@role='alert']")
    assert form_of(content, "sentence-form") is not None


def test_where_nothing_fits_the_page_says_how_to_go_on(client: TestClient) -> None:
    content = page(client, {"q": "今天天气好吗"})
    assert "没有找到" in text_of(content, "//*[@id='results']")
    assert "还没有看出" in text_of(content, "//*[@id='profile-form']")


def test_empty_fields_leave_the_address(client: TestClient) -> None:
    response = client.get(
        "/benefits",
        params={"q": "", "工种": "电工", "等级": "", "as_of": "2021-01-01"},
        follow_redirects=False,
    )
    assert response.status_code == 303
    address = urlsplit(response.headers["location"])
    assert dict(parse_qsl(address.query)) == {"工种": "电工", "as_of": "2021-01-01"}


def test_no_script_or_style_stands_in_the_page(client: TestClient) -> None:
    content = page(client, {"q": ELECTRICIAN})
    assert not content.xpath("//script[not(@src)] | //style | //@style | //@onclick")


def test_occupations_are_suggested_from_the_catalogues(client: TestClient) -> None:
    names = client.get("/benefits/occupations").json()
    assert len(names) == len(set(names))
    assert {"电工", "育婴员"} <= set(names)


# --- there and back ---------------------------------------------------------------------------


def understood(kb: KnowledgeBase, question: str) -> tuple[BenefitsOut, BenefitForm]:
    found = kb.benefits(BenefitsIn(question=question))
    return found, BenefitForm.of(found.profile, kb.benefit_facts)


@pytest.mark.parametrize(
    "question",
    [
        ELECTRICIAN,
        WORKSHOP,
        "我不是贫困户,失业了,想去学电焊,有没有补贴",
        "我是退捕渔民,去学厨师,有生活费吗",
        "我得了省级技术能手,又是高级技师,能评职称吗",
        "我没考过初级,直接去考中级旅店服务员技能等级证,2021年的,能补吗?",
        "带徒弟有补助吗",
    ],
)
def test_a_profile_as_understood_brings_the_same_benefits(
    knowledge_base: KnowledgeBase, question: str
) -> None:
    found, form = understood(knowledge_base, question)
    through_api = BenefitsIn.model_validate(
        {"question": question, "profile": found.profile.model_dump()}
    )
    assert knowledge_base.benefits(through_api) == found
    address = [*form.parameters()]
    again = BenefitForm.read(address, knowledge_base.benefit_facts)
    assert again == form
    through_form = BenefitsIn(question=question, profile=again.profile(FACTS))
    assert knowledge_base.benefits(through_form) == found


def values_of(fact: Fact) -> st.SearchStrategy[tuple[str, ...]]:
    match fact.type:
        case FactType.YES_NO:
            return st.sampled_from([("是",), ("否",)])
        case FactType.NUMBER:
            return st.integers(0, 10**7).map(lambda number: (str(number),))
        case _:
            names = st.sampled_from([value.name for value in fact.values])
            return st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def forms(draw: st.DrawFn) -> BenefitForm:
    names = draw(st.lists(st.sampled_from(sorted(FACTS)), max_size=6, unique=True))
    half = draw(st.integers(0, len(names)))
    listed = [name for name in names[half:] if FACTS[name].values]
    order = list(FACTS)
    return BenefitForm(
        draw(st.sampled_from(["", ELECTRICIAN, "a&b=c|d#%?"])),
        draw(st.sampled_from(["", "电工", "焊 工+"])),
        {name: draw(values_of(FACTS[name])) for name in names[:half]},
        {name: draw(values_of(FACTS[name])) for name in listed},
        tuple(sorted((n for n in names[half:] if n not in listed), key=order.index)),
        draw(st.booleans()),
    )


@given(forms())
def test_any_form_comes_back_from_its_address(form: BenefitForm) -> None:
    assert BenefitForm.read(form.parameters(), FACTS) == form


def _names(found: BenefitsOut) -> Iterator[str]:
    yield from (question.fact for question in found.ask)


def test_questions_for_programs_are_those_for_people(knowledge_base: KnowledgeBase) -> None:
    for question in (ELECTRICIAN, WORKSHOP, "我是退捕渔民,去学厨师,有生活费吗"):
        found = knowledge_base.benefits(BenefitsIn(question=question))
        assert [each.text for each in found.ask] == found.questions
        for each in found.ask:
            fact = knowledge_base.benefit_facts[each.fact]
            assert bool(each.choices) == bool(fact.values) or each.type == "occupation"
            if each.type != "occupation":
                assert set(each.choices) <= {value.name for value in fact.values}
                assert each.unit == fact.unit
        skipped = knowledge_base.benefits(BenefitsIn(question=question, skip=list(_names(found))))
        assert not set(_names(found)) & set(_names(skipped))


def test_every_step_names_clauses_that_are_cited(knowledge_base: KnowledgeBase) -> None:
    for question in (ELECTRICIAN, WORKSHOP):
        for benefit in knowledge_base.benefits(BenefitsIn(question=question)).benefits:
            cited = {hit.clause.id for hit in benefit.citations}
            for amount in benefit.amounts:
                assert set(amount.clause_ids) <= cited
                for step in amount.steps:
                    assert step.clause_ids
                    assert set(step.clause_ids) <= cited
                    assert re.sub(r"\W", "", step.text) in re.sub(r"\W", "", benefit.explanation)

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from corpus.validity import Status
from indexer.facets import Facet, Sort
from indexer.search import Mode
from server.app import create_app
from server.knowledge_base import KnowledgeBase
from server.routes.pages.search_address import SearchAddress
from server.settings import ServerSettings
from server.web.rendering import WEB

BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(knowledge_base: KnowledgeBase) -> TestClient:
    return TestClient(create_app(knowledge_base=knowledge_base), headers=BROWSER)


def page_of(client: TestClient, address: str = "/", **parameters: object) -> html.HtmlElement:
    response = client.get(address, params=parameters or None)  # type: ignore[arg-type]
    assert response.status_code == 200
    page = html.fromstring(response.text)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//@style | //@onclick | //style | //script[not(@src)]") == []
    for label in page.xpath("//@aria-labelledby | //@aria-describedby"):
        assert label in ids
    return page


def text_of(page: html.HtmlElement, path: str = ".") -> str:
    return "".join("".join(each.itertext()) for each in page.xpath(path))


def links(page: html.HtmlElement, path: str = ".") -> list[str]:
    return [str(link) for link in page.xpath(f"{path}//a/@href")]


# --- home ---


def test_home_tells_how_much_there_is_from_the_data(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    lead = text_of(page_of(client), "//p[@class='lead']")
    assert f"{len(knowledge_base.index.store.frames)} 份" in lead
    clauses = sum(
        len(knowledge_base.find_document(frame.id).provisions)
        for frame in knowledge_base.index.store.frames
    )
    assert f"{clauses:,} 个" in lead


def test_every_example_finds_what_it_asks_for(client: TestClient) -> None:
    examples = links(page_of(client), "//section[@aria-labelledby='examples-heading']")
    assert len(examples) == 9
    for example in examples:
        found = page_of(client, example)
        assert found.xpath("//section[@class='answer' or @class='lookup']")


def test_the_navigation_marks_the_page_that_one_is_on(client: TestClient) -> None:
    def current(address: str) -> list[str]:
        return links(page_of(client, address), "//nav[@aria-label='主导航']//*[a/@aria-current]")

    assert current("/") == ["/"]
    assert current("/documents") == ["/documents"]
    assert current(f"/documents/{quote('云财规-2019-3')}") == ["/documents"]


def test_everything_a_page_loads_is_local_and_there(client: TestClient) -> None:
    for address in ("/", "/?q=电工", "/docs"):
        loaded = page_of(client, address).xpath("//link/@href | //script/@src")
        assert loaded
        for each in loaded:
            assert each.startswith("/static/")
            assert client.get(each).status_code == 200


# --- answer ---


def test_the_answer_comes_first_in_the_words_of_its_sources(
    client: TestClient, knowledge_base: KnowledgeBase
) -> None:
    question = "学徒制一年补多少钱"
    answer = knowledge_base.answer(question)
    page = page_of(client, q=question)
    said = text_of(page, "//div[@class='said']")
    for part in answer.parts:
        assert part.text in said
        hit = answer.citations[part.citation]
        source = page.get_element_by_id(f"source-{part.citation + 1}")
        assert f"/clauses/{quote(hit.clause.id, safe='')}" in links(source)
        assert f"/documents/{quote(hit.document.id, safe='')}#{hit.clause.id}" in links(source)
        assert hit.clause.status.label in text_of(source)
    for notice in answer.notices:
        assert notice in text_of(page, "//ul[@class='notices']")
    sections = page.xpath("//main//section[@aria-labelledby]/@aria-labelledby")
    assert sections.index("answer-heading") < sections.index("hits")


def test_each_mark_of_an_answer_leads_to_its_source(client: TestClient) -> None:
    page = page_of(client, q="带徒弟有补助吗")
    marks = links(page, "//div[@class='said']")
    assert marks
    assert {mark.removeprefix("#") for mark in marks} == set(
        page.xpath("//ol[@class='sources']/li/@id")
    )


def test_benefits_that_fit_lead_to_their_page_with_the_question(client: TestClient) -> None:
    page = page_of(client, q="学徒制一年补多少钱")
    card = "//section[@class='fitting']"
    assert "企业新型学徒制培训补贴" in text_of(page, card)
    assert "不低于4000元/人·年" in text_of(page, card)
    assert links(page, card) == [f"/benefits?q={quote('学徒制一年补多少钱')}"]


def test_what_is_absent_is_said_plainly_before_the_nearest_clauses(client: TestClient) -> None:
    page = page_of(client, q="北京的补贴标准")
    assert "没有北京市的规定" in text_of(page, "//section[contains(@class, 'absent')]")
    assert text_of(page, "//h2[@id='hits']") == "最接近的条款"
    assert page.xpath("//article[@class='hit']")


@pytest.mark.parametrize("change", ["page=2", "sort=newest", "mode=lexical", "year=2019"])
def test_the_answer_is_only_on_the_plain_first_page(client: TestClient, change: str) -> None:
    page = page_of(client, f"/?q={quote('带徒弟有补助吗')}&{change}")
    assert not page.xpath("//section[contains(@class, 'answer')]")
    assert page.xpath("//article[@class='hit']")


# --- numbers and clauses ---


def test_a_clause_by_its_number_is_shown_instead_of_an_answer(client: TestClient) -> None:
    page = page_of(client, q="云财规(2019)3 第四条第(二)项")
    card = "//section[@class='lookup']"
    assert "给予企业每人每年4000元以上的职业培训补贴" in text_of(page, f"{card}//blockquote")
    assert f"/documents/{quote('云财规-2019-3')}" in links(page, card)
    assert any(link.startswith("/clauses/") for link in links(page, card))
    assert not page.xpath("//section[contains(@class, 'answer')]")


def test_a_document_by_its_title_is_shown(client: TestClient) -> None:
    page = page_of(client, q="云南省中小企业促进条例")
    assert "云南省中小企业促进条例" in text_of(page, "//section[@class='lookup']/p[@class='found']")
    assert not page.xpath("//section[contains(@class, 'answer')]")


def test_a_question_about_a_numbered_document_is_answered_beside_it(client: TestClient) -> None:
    page = page_of(client, q="云人社发〔2019〕16号里学徒制补贴标准是多少")
    assert page.xpath("//section[@class='lookup']")
    assert page.xpath("//section[contains(@class, 'answer')]")


def test_a_number_that_is_nowhere_is_said_to_be_absent(client: TestClient) -> None:
    page = page_of(client, q="京教函〔1999〕777号")
    assert "汇编中没有这个文号" in text_of(page, "//section[@class='lookup']")


# --- clauses ---


def test_a_hit_says_why_where_and_how_it_stands(client: TestClient) -> None:
    page = page_of(client, q="2019年开展以工代训 贫困劳动力 工资总额20% 补贴")
    assert "已留意：年份 2019年" in text_of(page, "//p[@class='understood']")
    assert "同样的规定还见于" in text_of(page, "//details[@class='same']")
    first = page.xpath("//article[@class='hit']")[0]
    assert first.xpath(".//mark")
    assert any(status.value in text_of(first, ".//span") for status in Status)
    assert first.xpath(".//time/@datetime")
    everyday = page_of(client, q="带徒弟有补助吗")
    assert "常见问法" in text_of(everyday, "//p[@class='asked']")


def test_the_links_of_a_hit_lead_to_its_clause(client: TestClient) -> None:
    page = page_of(client, q="企业导师享受导师带徒津贴")
    first = page.xpath("//article[@class='hit']")[0]
    (clause,) = links(first, ".//h3")
    assert clause.startswith("/clauses/")
    address, anchor = links(first, ".//p[@class='source']")[0].split("#")
    assert page_of(client, address).xpath(f"//*[@id='{anchor}']")


def test_what_a_facet_counts_is_what_its_link_shows(client: TestClient) -> None:
    page = page_of(client, q="工伤保险")
    choices = page.xpath("//aside//section[position() < 5]//li/a")
    assert len(choices) > 10
    for choice in choices[:: max(1, len(choices) // 8)]:
        count = int(text_of(choice, ".//span[@class='n']"))
        narrowed = page_of(client, choice.get("href"))
        assert text_of(narrowed, "//p[@class='count']").startswith(f"{count} 个")
        (taken,) = narrowed.xpath("//ul[@class='taken']//a/@href")
        assert parse_qs(urlsplit(taken).query) == {"q": ["工伤保险"]}


def test_pages_keep_what_was_chosen(client: TestClient) -> None:
    page = page_of(client, f"/?q={quote('培训补贴')}&sort=newest&status={quote('有效')}")
    (following,) = page.xpath("//a[@rel='next']/@href")
    second = page_of(client, following)
    assert second.xpath("//ol[@class='hits']/@start") == ["11"]
    standings = second.xpath("//article//span[contains(@class, 'status')]/text()")
    assert set(standings) == {"有效"}


def test_a_page_without_hits_says_what_to_do(client: TestClient) -> None:
    page = page_of(client, f"/?q={quote('工伤保险')}&issuer={quote('没有这个单位')}")
    assert "去掉上面的一个条件" in text_of(page, "//div[contains(@class, 'empty')]")
    beyond = page_of(client, f"/?q={quote('工伤保险')}&page=900")
    assert "回到第一页" in text_of(beyond, "//div[contains(@class, 'empty')]")


def test_what_a_visitor_types_is_escaped(client: TestClient) -> None:
    content = client.get("/", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in content
    assert "&lt;script&gt;" in content


# --- what goes wrong ---


@pytest.mark.parametrize(
    "address", ["/?q=%00", "/?q=" + "字" * 501, "/?q=电工&year=abc", "/?q=电工&status=x"]
)
def test_bad_input_is_explained_on_a_page_with_the_box(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 422
    page = html.fromstring(response.text)
    assert text_of(page, "//*[@role='alert']").strip()
    assert page.xpath("//form[@role='search']//input[@name='q']")


def test_a_service_that_is_not_ready_says_why(empty_data_folder: Path) -> None:
    client = TestClient(create_app(settings=ServerSettings()), headers=BROWSER)
    response = client.get("/?q=电工")
    assert response.status_code == 503
    assert "正在启动" in text_of(html.fromstring(response.text), "//*[@role='alert']")


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(
    client: TestClient,
) -> None:
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert "没有这个页面" in response.text
    program = client.get("/api/v1/nothing")
    assert program.headers["content-type"] == "application/problem+json"


# --- addresses ---

_ADDRESSES = st.builds(
    SearchAddress,
    q=st.text(min_size=1, max_size=30),
    page=st.integers(1, 1000),
    mode=st.sampled_from(Mode),
    sort=st.sampled_from(Sort),
    issuer=st.none() | st.text(min_size=1, max_size=20),
    year=st.none() | st.integers(1900, 2200),
    section=st.none() | st.text(min_size=1, max_size=20),
    status=st.none() | st.sampled_from(Status),
)


def _read(address: str) -> SearchAddress:
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    return SearchAddress.model_validate({name: values[0] for name, values in query.items()})


@given(address=_ADDRESSES, number=st.integers(1, 1000))
def test_an_address_says_all_that_was_chosen(address: SearchAddress, number: int) -> None:
    assert _read(address.at_page(number)) == address.model_copy(update={"page": number})


@given(address=_ADDRESSES, facet=st.sampled_from(Facet))
def test_taking_a_choice_back_leaves_the_others(address: SearchAddress, facet: Facet) -> None:
    without = _read(address.choosing(facet, None))
    assert without.chosen(facet) is None
    for other in Facet:
        if other is not facet:
            assert without.chosen(other) == address.chosen(other)


def test_blank_parameters_of_a_form_count_as_absent(client: TestClient) -> None:
    page = page_of(client, "/?q=电工&year=&issuer=&section=&status=&sort=&mode=&page=")
    assert not page.xpath("//ul[@class='taken']")


def test_the_sheets_of_the_page_name_no_raw_colours() -> None:
    sheet = (WEB / "static" / "search.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", sheet) == []

"""What people come for, from the question to what they take away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from server.knowledge_base import KnowledgeBase
from tests.browser.addresses import QUESTION, asked
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

_AMOUNT = re.compile(r"\d[\d,.]*\s*元|\(元\)[::]?\s*\d")
_STORY = "我是电工,2021年考了中级技能等级证,以前没领过"


def _ask(page: Page, query: str) -> Locator:
    """Type into the search box, send, and give the main part of what comes."""
    page.get_by_role("search").locator("[name=q]").fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=**")
    return page.get_by_role("main")


def test_a_worker_reads_an_amount_and_opens_the_clause(
    phone: Visitor, knowledge_base: KnowledgeBase
) -> None:
    answer = knowledge_base.answer(QUESTION)
    main = _ask(phone.open("/"), QUESTION)
    for part in answer.parts:
        expect(main).to_contain_text(part.text)
    cited = answer.citations[0]
    place = f"{cited.document.doc_number} {cited.clause.label}"
    main.get_by_role("link", name=place).first.click()
    phone.page.wait_for_url("**/clauses/**")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    expect(main).to_contain_text(cited.document.doc_number or cited.document.title)
    expect(main).to_contain_text(
        cited.clause.cells[0].value if cited.clause.cells else cited.clause.text
    )


def test_a_worker_who_asks_for_money_reads_an_amount(phone: Visitor) -> None:
    expect(_ask(phone.open("/"), "考了电工中级证能拿多少钱")).to_contain_text(_AMOUNT)


def test_a_worker_tells_a_story_and_reads_what_it_brings(phone: Visitor) -> None:
    page = phone.open("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="补贴").click()
    page.wait_for_url("**/benefits")
    page.get_by_label("用一句话说说您的情况").fill(_STORY)
    page.get_by_role("main").get_by_role("button", name="看看有哪些").click()
    page.wait_for_url("**/benefits?**")
    main = page.get_by_role("main")
    expect(main).to_contain_text("电工")
    expect(main).to_contain_text(_AMOUNT)


def test_an_answer_leads_to_the_benefits_with_the_question_filled_in(phone: Visitor) -> None:
    main = _ask(phone.open("/"), QUESTION)
    main.locator("a[href^='/benefits?']").first.click()
    phone.page.wait_for_url("**/benefits?**")
    expect(main.get_by_label("用一句话说说您的情况")).to_have_value(QUESTION)
    expect(main).to_contain_text(_AMOUNT)


def test_an_official_types_a_number_sloppily_and_copies_a_citation(desktop: Visitor) -> None:
    main = _ask(desktop.open("/"), "人社发2019 16号")
    main.get_by_role("link", name="企业新型学徒制").first.click()
    page = desktop.page
    page.wait_for_url("**/documents/**")
    expect(main.get_by_role("heading", level=1)).to_contain_text("企业新型学徒制")
    copying = main.get_by_role("button", name=re.compile("^复制"))
    if not copying.first.is_visible():
        desktop.unfold()
    copying.first.click()
    expect(main.get_by_role("status").filter(has_text="已复制").first).to_be_visible()
    assert "云人社发〔2019〕16号" in page.evaluate("navigator.clipboard.readText()")


def test_an_official_narrows_the_list_of_documents(desktop: Visitor) -> None:
    page = desktop.open("/collection")
    page.get_by_role("main").get_by_role("link", name="云南省教育厅", exact=True).click()
    page.wait_for_url("**/documents?issuer=**")
    main = page.get_by_role("main")
    expect(main).to_contain_text("云教发〔2018〕181号")
    expect(main).not_to_contain_text("云人社发〔2019〕4号")


def test_a_month_of_the_collection_leads_into_the_list(phone: Visitor) -> None:
    page = phone.open("/collection")
    listed = page.get_by_role("link", name="深化产教融合的实施意见")
    expect(listed.first).to_be_hidden()
    page.get_by_role("link", name=re.compile("^2018年8月")).click()
    expect(listed.first).to_be_in_viewport()


def test_the_arcs_of_a_document_are_brought_out(desktop: Visitor) -> None:
    page = desktop.open("/collection")
    page.get_by_role("link", name=re.compile("^云政办发〔2019〕69号")).first.focus()
    arcs = page.locator(".graph path.on title")
    assert arcs.count() > 1
    assert all("云政办发〔2019〕69号" in words for words in arcs.all_text_contents())


def test_a_visitor_says_that_an_answer_did_not_help(phone: Visitor, feedback_file: Path) -> None:
    main = phone.open(asked(QUESTION)).get_by_role("main")
    form = main.get_by_role("form", name="评价这个回答")
    form.get_by_text("补充说明").click()
    form.get_by_role("textbox").fill("想知道去哪里办")
    form.get_by_role("button", name="没有帮助").click()
    expect(main.get_by_role("heading", level=1)).to_contain_text("谢谢")
    last = json.loads(feedback_file.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["question"], last["helpful"]) == (QUESTION, False)
    assert last["comment"] == "想知道去哪里办"
    main.get_by_role("link", name=QUESTION).click()
    expect(main).to_contain_text("电工")

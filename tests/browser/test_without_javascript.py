"""Everything that matters works for a visitor whose browser runs no scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.knowledge_base import KnowledgeBase
from tests.browser.addresses import CLAUSE, DOCUMENT, PAGES, QUESTION, asked, benefits_for
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_there(without_javascript: Visitor, address: str) -> None:
    page = without_javascript.open(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert without_javascript.overhang() <= 0


def test_a_question_is_asked_and_answered(
    without_javascript: Visitor, knowledge_base: KnowledgeBase
) -> None:
    page = without_javascript.open("/")
    page.get_by_role("search").locator("[name=q]").fill(QUESTION)
    page.get_by_role("search").get_by_role("button").first.click()
    page.wait_for_url("**/?q=**")
    for part in knowledge_base.answer(QUESTION).parts:
        expect(page.get_by_role("main")).to_contain_text(part.text)


def test_the_source_of_a_hit_can_be_unfolded_and_followed(without_javascript: Visitor) -> None:
    main = without_javascript.open(asked("企业导师带徒津贴")).get_by_role("main")
    main.get_by_role("link").filter(has_text="云").first.click()
    expect(main.get_by_role("heading", level=1)).to_be_visible()


def test_documents_and_clauses_link_to_each_other(without_javascript: Visitor) -> None:
    main = without_javascript.open(CLAUSE).get_by_role("main")
    main.locator("a[href*='/documents/'][href*='#']").first.click()
    expect(main.locator(":target")).to_be_visible()
    expect(without_javascript.open(DOCUMENT).get_by_role("main")).to_contain_text(
        "云人社发〔2019〕16号"
    )


def test_benefits_are_matched_by_sending_the_form(without_javascript: Visitor) -> None:
    page = without_javascript.open(benefits_for("我是退捕渔民,去学厨师,有生活费吗"))
    expect(page.get_by_role("main")).to_contain_text("元")
    page.get_by_role("main").get_by_role("button", name="更新结果").first.click()
    page.wait_for_url("**/benefits?**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_whole_collection_can_be_unfolded(without_javascript: Visitor) -> None:
    main = without_javascript.open("/collection").get_by_role("main")
    main.get_by_text("按时间列出全部文件").click()
    expect(main.get_by_role("link", name="深化产教融合的实施意见")).to_be_visible()

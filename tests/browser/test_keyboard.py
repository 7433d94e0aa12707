"""Everything by keyboard alone, and the focus always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import PAGES, asked
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

_FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {
    tag: at.tagName, href: at.getAttribute("href") || "", name: at.getAttribute("name") || "",
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
  };
}"""
_MOST_STEPS = 80
_LOOKED_AT = 20


def _tab_to(page: Page, **wanted: str) -> None:
    """Press Tab until what has the focus is of that tag, name or beginning of its address."""
    for _ in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if all(focused[key].startswith(value) for key, value in wanted.items()):
            return
    raise AssertionError(f"no {wanted} within {_MOST_STEPS} steps")


def test_searching_and_reading_need_no_mouse(desktop: Visitor) -> None:
    page = desktop.open("/")
    focused = page.evaluate(_FOCUSED)
    if focused["name"] != "q":
        _tab_to(page, name="q")
    page.keyboard.type("带徒弟有补助吗")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=**")
    _tab_to(page, tag="A", href="/documents/")
    title = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/**")
    assert page.url.split("/documents/")[1].split("#")[0] in title
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()


def test_suggestions_are_chosen_by_arrow_keys_and_left_by_escape(desktop: Visitor) -> None:
    page = desktop.open("/")
    box = page.get_by_role("search").locator("[name=q]")
    box.focus()
    page.keyboard.type("云人社发")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_be_focused()
    page.keyboard.type("〔2019〕16")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "q=" in address or "/documents/" in address)
    expect(page.get_by_role("main")).to_contain_text("云人社发〔2019〕16号")


def test_the_first_step_leads_past_the_navigation(desktop: Visitor) -> None:
    page = desktop.open(asked("培训补贴"))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_the_focus_is_always_to_be_seen(desktop: Visitor, address: str) -> None:
    page = desktop.open(address)
    for _ in range(_LOOKED_AT):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["tag"] == "BODY":
            break
        assert focused["ringed"], focused
        assert focused["seen"], focused

"""Chromium keeps the pages to their Content Security Policy, and none of them breaks it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.addresses import DOCUMENT, PAGES, TABLES
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

_SMUGGLED = """
<script>window.smuggled = true</script>
<img alt="" src="/static/none.svg" onerror="window.smuggled = true">
<p style="display: none">x</p>
<img alt="" src="https://example.org/x.png">
<iframe title="x" src="/benefits"></iframe>
</main>"""


@pytest.fixture
def watched(desktop: Visitor) -> Visitor:
    desktop.page.add_init_script(_WATCH)
    return desktop


def violations(visitor: Visitor) -> list[str]:
    found: list[str] = visitor.page.evaluate("window.violations")
    return found


@pytest.mark.parametrize("address", [*PAGES.values(), TABLES], ids=[*PAGES.keys(), "tables"])
def test_no_page_breaks_its_policy(watched: Visitor, address: str) -> None:
    watched.open(address)
    watched.unfold()
    watched.rest()
    assert violations(watched) == []


def test_suggestions_while_typing_break_no_policy(watched: Visitor) -> None:
    page = watched.open("/")
    page.get_by_role("combobox").press_sequentially("学徒")
    page.get_by_role("option").first.wait_for()
    assert violations(watched) == []


def test_printing_breaks_no_policy(watched: Visitor) -> None:
    page = watched.open(DOCUMENT)
    page.emulate_media(media="print")
    assert page.pdf().startswith(b"%PDF")
    assert violations(watched) == []


def test_swagger_ui_opened_and_tried_out_breaks_no_policy(watched: Visitor) -> None:
    page = watched.open("/docs")
    page.locator("#operations-health-healthz_healthz_get").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table").get_by_text('"ok"').wait_for()
    assert violations(watched) == []


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_what_somebody_smuggles_into_a_page_does_nothing(watched: Visitor, address: str) -> None:
    def with_what_is_smuggled(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("</main>", _SMUGGLED))

    watched.page.route("**" + address, with_what_is_smuggled)
    page = watched.open(address)
    page.wait_for_function("() => window.violations.length >= 5")
    blocked = {violation.split()[0] for violation in violations(watched)}
    assert blocked == {
        "script-src-elem",
        "script-src-attr",
        "style-src-attr",
        "img-src",
        "frame-src",
    }
    assert page.evaluate("window.smuggled") is None
    watched.errors.clear()  # Chromium says on the console what it has refused

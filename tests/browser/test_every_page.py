"""What holds on every page: accessible, quick, narrow enough, still, without other hosts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.addresses import DOCUMENT, PAGES, TABLES
from tests.browser.conftest import Arrive, Timetable
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())

_MOST_BYTES = 100_000
_MOST_REQUESTS = 8
_MOST_SHIFT = 0.01  # a tenth of what counts as good (web.dev/cls)


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_on_a_phone_with_all_unfolded(
    arrive: Arrive, address: str, scheme: str
) -> None:
    visitor = arrive(replace(PHONE, scheme=scheme))
    visitor.open(address)
    visitor.unfold()
    assert visitor.barriers() == []


@every_page
def test_axe_finds_no_barrier_on_a_wide_screen(desktop: Visitor, address: str) -> None:
    desktop.open(address)
    assert desktop.barriers() == []


@pytest.mark.parametrize("address", [*PAGES.values(), TABLES], ids=[*PAGES.keys(), "tables"])
def test_no_page_scrolls_sideways(desktop: Visitor, address: str) -> None:
    page = desktop.open(address)
    desktop.unfold()
    for width in (320, 360, 768, 1440):
        page.set_viewport_size({"width": width, "height": DESKTOP.height})
        assert desktop.overhang() <= 0, width


@every_page
def test_the_first_view_is_light_and_does_not_jump(phone: Visitor, address: str) -> None:
    phone.open(address)
    phone.rest()
    sent = phone.sent()
    assert sum(each.size for each in sent) < _MOST_BYTES, sent
    assert len(sent) <= _MOST_REQUESTS, sent
    assert phone.shifted() <= _MOST_SHIFT


@pytest.mark.parametrize(
    "name", ["home", "answered", "document", "clause", "benefits", "collection"]
)
def test_a_slow_phone_paints_the_whole_first_view_at_once(
    phone: Visitor, timetable: Timetable, name: str
) -> None:
    phone.slow_down()
    phone.open(PAGES[name])
    phone.rest()
    timings = phone.timings()
    timetable[name] = (timings, sum(each.size for each in phone.sent()))
    assert 0 < timings.first_byte < timings.first_paint
    # Nothing large comes later than the first text: no font, picture or script is waited for.
    assert timings.first_paint <= timings.largest_paint <= 1.5 * timings.first_paint


@every_page
def test_a_page_has_one_title_and_named_parts(desktop: Visitor, address: str) -> None:
    page = desktop.open(address)
    assert page.get_by_role("heading", level=1).count() == 1
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).first.is_visible(), landmark
    assert page.title().endswith("滇策") or page.title().startswith("滇策")


@pytest.mark.parametrize("address", ["/", "/benefits"])
def test_a_phone_does_not_zoom_into_a_field(phone: Visitor, address: str) -> None:
    page = phone.open(address)
    phone.unfold()
    sizes = page.locator("input:visible, textarea:visible, select:visible").evaluate_all(
        "fields => fields.filter(f => !['radio', 'checkbox'].includes(f.type))"
        ".map(f => parseFloat(getComputedStyle(f).fontSize))"
    )
    assert sizes
    assert min(sizes) >= 16  # below that iOS zooms


def test_a_page_prints_without_navigation(desktop: Visitor) -> None:
    page = desktop.open(DOCUMENT)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="主导航").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()


def test_the_description_of_the_api_needs_no_other_host(desktop: Visitor) -> None:
    page = desktop.open("/docs")
    page.get_by_text("/api/v1/search").first.wait_for()

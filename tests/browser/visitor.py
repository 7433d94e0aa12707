"""Somebody with a browser: a screen, a colour scheme, with JavaScript or without.

What no visitor may meet on any page is written down as it happens: requests to other hosts,
errors on the console, scripts that fail, parts of the page that jump.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_WATCH = """
window.shifted = 0;
window.largestPaint = 0;
window.blocked = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.blocked += entry.duration - 50;
}).observe({type: "longtask", buffered: true});
"""
_TIMINGS = """() => {
  const [way] = performance.getEntriesByType("navigation");
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  return {
    first_byte: way.responseStart, first_paint: painted ? painted.startTime : 0,
    largest_paint: window.largestPaint, loaded: way.loadEventEnd, blocked: window.blocked,
  };
}"""


@dataclass(frozen=True, slots=True)
class Device:
    """A screen in CSS pixels, and how its owner has set it up."""

    width: int
    height: int
    scheme: str = "light"
    javascript: bool = True
    touch: bool = False


@dataclass(frozen=True, slots=True)
class Timings:
    """When a page was there, in milliseconds since it was asked for.

    ``largest_paint`` is the largest contentful paint, ``blocked`` the time by which tasks held up
    the page for more than 50 ms each (total blocking time), as Lighthouse takes them.
    """

    first_byte: float
    first_paint: float
    largest_paint: float
    loaded: float
    blocked: float


PHONE = Device(360, 780, touch=True)
DESKTOP = Device(1280, 800)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of a page: what kind of thing, and bytes of its response with headers."""

    kind: str
    address: str
    size: int


@dataclass
class Visitor:
    """A visitor of the server at ``origin`` with a fresh browser profile."""

    page: Page
    origin: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _finished: list[Request] = field(default_factory=list, repr=False)

    @classmethod
    def arrive(cls, browser: Browser, origin: str, device: Device) -> Visitor:
        """A new visitor; nothing is open yet."""
        context = browser.new_context(
            base_url=origin,
            viewport={"width": device.width, "height": device.height},
            color_scheme="dark" if device.scheme == "dark" else "light",
            java_script_enabled=device.javascript,
            has_touch=device.touch,
            is_mobile=device.touch,
            locale="zh-CN",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(15_000)
        context.add_init_script(_WATCH)
        visitor = cls(context.new_page(), origin)
        visitor._watch(context)
        return visitor

    def _watch(self, context: BrowserContext) -> None:
        def guard(route: Route) -> None:
            if self._is_ours(route.request.url):
                route.continue_()
            else:
                self.elsewhere.append(route.request.url)
                route.abort()

        def note(message: ConsoleMessage) -> None:
            # A page that says 404 or 422 is a page like others; Chromium reports its status.
            is_status = message.text.startswith("Failed to load resource")
            if message.type == "error" and not (
                is_status and message.location.get("url") == self.page.url
            ):
                self.errors.append(message.text)

        def finished(request: Request) -> None:
            self._finished.append(request)

        context.route("**/*", guard)
        self.page.on("console", note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfinished", finished)

    def _is_ours(self, address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme in ("data", "blob") or address.startswith(self.origin + "/")

    def open(self, address: str) -> Page:
        """Go to a page of the server and wait until it is loaded."""
        self._finished.clear()
        self.page.goto(address)
        return self.page

    def rest(self) -> None:
        """Wait until scripts have loaded whatever they want."""
        self.page.wait_for_load_state("networkidle")

    def sent(self) -> list[Sent]:
        """What was requested since the page was opened."""
        return [
            Sent(
                request.resource_type,
                request.url.removeprefix(self.origin),
                sizes["responseBodySize"] + sizes["responseHeadersSize"],
            )
            for request in self._finished
            if request.url.startswith(self.origin) and (sizes := request.sizes())
        ]

    def slow_down(self) -> None:
        """From now on, a middling phone on slow 4G, as Lighthouse simulates it by default.

        https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
        """
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 150,  # milliseconds
                "downloadThroughput": 1_638_400 / 8,  # bytes a second
                "uploadThroughput": 750_000 / 8,
            },
        )

    def timings(self) -> Timings:
        """When the open page was there."""
        return Timings(**self.page.evaluate(_TIMINGS))

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    def barriers(self) -> list[str]:
        """Violations of WCAG 2.2 AA and of good practice that axe-core finds on the open page."""
        found = Axe().run(self.page, options={"runOnly": _RULES, "resultTypes": ["violations"]})
        return [
            f"{violation['id']}: {node['target']} {node['html'][:120]}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    def overhang(self) -> int:
        """By how many pixels the page is wider than the screen."""
        widths = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(widths))

    def shifted(self) -> float:
        """Cumulative layout shift since the page was opened, without what input caused."""
        return float(self.page.evaluate("window.shifted"))

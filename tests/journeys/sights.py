"""What a browser sees of one page on a first visit, in one go: everything that the tests of pages judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.journeys.places import PLACES

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_axe = Axe()

_WATCH = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refusedByPolicy.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""

_READ = """() => {
  const own = document.documentElement.lang;
  const foreign = (element) => (element.closest("[lang]")?.lang ?? own) !== own;
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!foreign(parent) && !parent.closest("script, style, code, .id")) texts.push(node.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-l"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!foreign(element)) texts.push(element.getAttribute(name));
    }
  }
  return {
    lang: own,
    headings: [...document.querySelectorAll("h1")].map((one) => one.textContent.trim()),
    twins: Object.fromEntries(
      [...document.querySelectorAll("link[rel=alternate][hreflang]")].map((one) => [one.hreflang, one.href])),
    texts: texts.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean),
    identifiers: [...document.querySelectorAll("[id]")].map((one) => one.id),
    violations: window.refusedByPolicy,
  };
}"""

_OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.body.querySelectorAll("*")].filter((one) =>
    one.getBoundingClientRect().right > width + 0.5 && !one.closest(".scroll, .vh"));
  return [`${document.documentElement.scrollWidth} px of ${width}`, ...out.map((one) => one.outerHTML.slice(0, 160))];
}"""

# What WCAG 2.2 (1.4.12) lets readers ask for; as a sheet of the document, which the policy does not refuse.
_SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`p { margin-bottom: 2em !important; }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""

_UNFOLD = """() => { for (const one of document.querySelectorAll("details")) one.open = true; }"""


@dataclass
class Sight:
    """What was seen: of the page as it comes, unfolded, in the dark, and 320 pixels wide."""

    status: int = 0
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    transferred: dict[str, int] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    barriers: list[str] = field(default_factory=list)
    barriers_in_the_dark: list[str] = field(default_factory=list)
    barriers_when_narrow: list[str] = field(default_factory=list)
    overflowing: list[str] = field(default_factory=list)
    overflowing_when_spaced_out: list[str] = field(default_factory=list)


def see(browser: Browser, site: str, name: str, lang: str) -> Sight:
    """Visit a page with an empty cache."""
    place = PLACES[name]
    # Without motion a colour is what it is at once, not on its way there.
    context = browser.new_context(viewport=WIDE, base_url=site, reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        context.add_init_script(_WATCH)
        page = context.new_page()
        sight = Sight()
        arrived = _listen(page, sight)
        page.goto(place.address(lang), wait_until="load")
        if place.act:
            place.act(page)
        sight.transferred = {one.url: _bytes_of(one) for one in arrived}
        _judge(page, sight)
        return sight
    finally:
        context.close()


def _listen(page: Page, sight: Sight) -> list[Request]:
    arrived: list[Request] = []

    def complain(message: ConsoleMessage) -> None:
        # The browser reports the status of the page itself, which the test of statuses judges.
        about_itself = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type in ("error", "warning") and not about_itself:
            sight.complaints.append(message.text)

    def answered(response: Response) -> None:
        if response.request.is_navigation_request():
            sight.status = response.status

    page.on("console", complain)
    page.on("pageerror", lambda error: sight.complaints.append(str(error)))
    page.on("request", lambda request: sight.addresses.append(request.url))
    page.on("requestfinished", lambda request: arrived.append(request))
    page.on("requestfailed", lambda request: sight.complaints.append(f"failed: {request.url} {request.failure}"))
    page.on("response", answered)
    return arrived


def _bytes_of(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def _judge(page: Page, sight: Sight) -> None:
    page.evaluate(_UNFOLD)
    sight.read = page.evaluate(_READ)
    sight.barriers = barriers(page)
    page.emulate_media(color_scheme="dark")
    sight.barriers_in_the_dark = barriers(page, rules=["color-contrast"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    sight.overflowing = page.evaluate(_OVERFLOWING)
    sight.barriers_when_narrow = barriers(page, rules=["target-size", "scrollable-region-focusable"])
    page.evaluate(_SPACE_OUT)
    sight.overflowing_when_spaced_out = page.evaluate(_OVERFLOWING)


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds wrong, a line an element; everything of WCAG 2.2 AA unless only some rules are asked for."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": list(STANDARDS)}
    found = _axe.run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html'][:200]} ({node['target'][0]}) {node.get('failureSummary', '')}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]

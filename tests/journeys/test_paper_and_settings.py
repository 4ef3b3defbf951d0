"""Paper, forced colours, less motion: settings of a reader that a page has to keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import Keyboard
from tests.journeys.places import LANGUAGES
from tests.journeys.sights import barriers

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
HELD = "/productions/hnd-inm--retornados-nacionales"
UNCONFIRMED = "/productions/mex-inegi--migracion-retorno"
in_both_languages = pytest.mark.parametrize("lang", LANGUAGES)
NAVIGATION = (".skip", ".top", ".crumbs", ".foot nav", ".no-print", ".acts")

_COLOURS = """(selector) => [...document.querySelectorAll(selector)].map((one) => getComputedStyle(one).color)"""
_MOVING = """() => [...document.querySelectorAll("*")].flatMap((one) => {
  const style = getComputedStyle(one);
  const still = [style.transitionDuration, style.animationDuration].every((time) =>
    time.split(", ").every((part) => parseFloat(part) === 0));
  return still ? [] : [one.outerHTML.slice(0, 120)];
})"""


@in_both_languages
@pytest.mark.parametrize("path", [HELD, "/countries/HND"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_holds_the_record_in_black_on_white_and_no_navigation(
    open_page: OpenPage, lang: str, path: str, scheme: str
):
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/{lang}{path}")
    page.emulate_media(media="print")
    for selector in NAVIGATION:
        for one in page.locator(selector).all():
            expect(one).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert set(page.evaluate(_COLOURS, "h1, h2, main p.lead")) == {"rgb(0, 0, 0)"}
    assert barriers(page, rules=["color-contrast"]) == []


@in_both_languages
def test_paper_unfolds_what_is_folded(open_page: OpenPage, lang: str):
    page = open_page()
    page.goto(f"/{lang}{HELD}")
    folded = page.locator("details.more > :not(summary)").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    assert folded.evaluate("(one) => one.getBoundingClientRect().height") > 0


@in_both_languages
def test_forced_colours_leave_focus_and_states_to_be_seen(open_page: OpenPage, lang: str):
    page = open_page(forced_colors="active")
    page.goto(f"/{lang}/")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    hands = Keyboard(page)
    hands.tab_to("a.m-held")
    edge = "(one) => getComputedStyle(one).borderTopStyle"
    assert page.locator("a.m-held:not(.open)").first.evaluate(edge) == "solid"
    assert page.locator("a.m-held.open").first.evaluate(edge) == "dashed"
    page.goto(f"/{lang}{UNCONFIRMED}")
    assert page.locator(".chip.wait").first.evaluate(edge) == "dashed"
    hands.tab_to("main a")
    assert hands.unseen == []


@in_both_languages
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_given_to_those_who_want_it(open_page: OpenPage, lang: str, scheme: str):
    page = open_page(contrast="more", color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/{lang}{UNCONFIRMED}")
    quiet, loud = (page.locator(one).first.evaluate("(one) => getComputedStyle(one).color") for one in (".id", "h1"))
    assert quiet == loud
    assert barriers(page, rules=["color-contrast"]) == []


@in_both_languages
@pytest.mark.parametrize("path", ["/", HELD, "/search?q=honduras"])
def test_nothing_moves_for_those_who_want_less_motion(open_page: OpenPage, lang: str, path: str):
    page = open_page(reduced_motion="reduce")
    page.goto(f"/{lang}{path}")
    assert page.evaluate(_MOVING) == []
    assert page.evaluate("document.getAnimations().length") == 0

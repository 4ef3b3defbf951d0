"""An analyst's way from a question to a comparison and its file: by keyboard alone, and without script."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.journeys.hands import Keyboard
from tests.journeys.places import FOUR
from tests.journeys.sights import NARROW, WIDE, barriers

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Tongue:
    beginning: str
    question: str
    answer: str


TONGUES = {
    "es": Tongue("retornad", "niñez migrante retornada honduras", "DINAF"),
    "en": Tongue("returned ch", "returned migrant children honduras", "DINAF"),
}
in_both_languages = pytest.mark.parametrize("lang", list(TONGUES))
wide_and_narrow = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "320"])


def rows_of(download: Download) -> list[list[str]]:
    with Path(download.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def is_on_screen(locator: Locator) -> bool:
    box = locator.bounding_box()
    return box is not None and box["x"] >= 0 and box["y"] >= 0


@in_both_languages
@wide_and_narrow
def test_the_first_stop_skips_to_the_content(open_page: OpenPage, lang: str, size: dict[str, int]):
    page = open_page(viewport=size, reduced_motion="reduce")
    page.goto(f"/{lang}/indicators")
    hands = Keyboard(page)
    assert not is_on_screen(page.locator(".skip"))
    hands.tab_to(".skip")
    assert is_on_screen(page.locator(".skip"))
    hands.press("Enter")
    expect(page.locator("main")).to_be_focused()
    hands.tab()
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert hands.unseen == []


@in_both_languages
@wide_and_narrow
def test_a_suggestion_is_chosen_by_keyboard_and_leads_to_its_record(
    open_page: OpenPage, lang: str, size: dict[str, int]
):
    page = open_page(viewport=size)
    page.goto(f"/{lang}/")
    hands = Keyboard(page)
    hands.tab_to("#q")
    hands.type(TONGUES[lang].beginning)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "true")
    hands.press("ArrowDown")
    chosen = page.locator("#q").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"#{chosen}")).to_be_in_viewport()
    assert barriers(page) == []
    with page.expect_navigation():
        hands.press("Enter")
    assert f"/{lang}/" in page.url
    expect(page.locator("h1")).to_be_visible()
    assert "/search" not in page.url


@in_both_languages
def test_suggestions_close_by_escape_and_what_was_typed_is_searched(open_page: OpenPage, lang: str):
    page = open_page()
    page.goto(f"/{lang}/")
    hands = Keyboard(page)
    hands.tab_to("#q")
    hands.type(TONGUES[lang].beginning)
    listbox = page.get_by_role("listbox")
    expect(listbox).to_be_visible()
    hands.press("Escape")
    expect(listbox).to_be_hidden()
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#q")).to_have_value(TONGUES[lang].beginning)
    with page.expect_navigation():
        hands.press("Enter")
    assert "/search?q=" in page.url


def test_a_late_answer_does_not_open_suggestions_for_one_who_has_left_the_box(open_page: OpenPage):
    page = open_page()
    page.goto("/es/")
    hands = Keyboard(page)
    hands.tab_to("#q")
    with page.expect_response("**/search/suggest?*") as answer:
        hands.type(TONGUES["es"].beginning)
        hands.tab()
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_suggestion_can_be_pointed_at(open_page: OpenPage):
    page = open_page(viewport=NARROW)
    page.goto("/en/indicators")
    page.locator("#q-top").fill(TONGUES["en"].beginning)
    with page.expect_navigation():
        page.get_by_role("option").first.click()
    assert "/en/indicators/" in page.url


@in_both_languages
@wide_and_narrow
def test_an_analyst_finds_compares_and_takes_away_by_keyboard_alone(
    open_page: OpenPage, lang: str, size: dict[str, int]
):
    page = open_page(viewport=size)
    page.goto(f"/{lang}/")
    hands = Keyboard(page)
    hands.tab_to("#q")
    hands.type(TONGUES[lang].question)
    with page.expect_navigation():
        hands.press("Enter")
    expect(page.locator(".answer")).to_contain_text(TONGUES[lang].answer)
    if size == NARROW:
        hands.tab_to(".facets > summary")
        hands.press("Enter")
    hands.tab_to("input[name=kind][value=production]")
    hands.press("Space")
    hands.follow(".facets .acts .btn")
    assert "kind=production" in page.url
    hands.follow(".hits h3 a")
    assert "/productions/hnd-" in page.url
    hands.follow('a[href*="/compare?production="][href*="&production="]')
    expect(page.locator("table.attrs thead th")).to_have_count(4)
    hands.tab_to('a[href*="/compare.csv"]')
    with page.expect_download() as started:
        hands.press("Enter")
    rows = rows_of(started.value)
    assert rows[0][0] == "attribute"
    assert rows[0][2].startswith("hnd-")
    assert len(rows) > 9
    assert hands.unseen == []


@pytest.mark.parametrize(
    ("address", "size"),
    [
        ("/es/", WIDE),
        ("/en/", NARROW),
        ("/es/search?q=retornados", NARROW),
        ("/en/search?q=returned", WIDE),
        ("/en/productions/hnd-inm--retornados-nacionales", NARROW),
        ("/es/compare?" + "&".join(f"production={one}" for one in FOUR), NARROW),
        ("/en/corrections/new", WIDE),
    ],
)
def test_focus_is_seen_at_every_stop_forwards_and_backwards(open_page: OpenPage, address: str, size: dict[str, int]):
    page = open_page(viewport=size)
    page.goto(address)
    hands = Keyboard(page)
    forwards = list(iter(hands.tab, None))
    backwards = [hands.tab("Shift+Tab") for _ in forwards]
    assert len(forwards) > 10
    assert backwards == forwards[::-1]
    assert hands.unseen == []


@in_both_languages
def test_everything_works_without_script(open_page: OpenPage, lang: str):
    page = open_page(java_script_enabled=False)
    page.goto(f"/{lang}/")
    page.locator("#q").fill(TONGUES[lang].question)
    page.locator("form.big .btn").click()
    expect(page.locator(".answer")).to_contain_text(TONGUES[lang].answer)
    page.locator("input[name=kind][value=production]").check()
    page.locator(".facets .acts .btn").click()
    assert "kind=production" in page.url
    with page.expect_download() as started:
        page.locator('a[href*="/search.csv"]').click()
    found = page.locator(".hits h3 a")
    assert len(rows_of(started.value)) == found.count() + 1
    found.first.click()
    page.locator('a[href*="/compare?production="][href*="&production="]').first.click()
    expect(page.locator("table.attrs thead th")).to_have_count(4)
    with page.expect_download() as started:
        page.locator('a[href*="/compare.csv"]').click()
    assert len(rows_of(started.value)) > 9


@in_both_languages
def test_holders_are_chosen_and_compared_without_script(open_page: OpenPage, lang: str):
    page = open_page(java_script_enabled=False)
    page.goto(f"/{lang}/indicators/retornados-nacionales")
    boxes = page.locator("input[name=production]")
    for place in range(3):
        boxes.nth(place).check()
    page.locator("form .acts .btn").click()
    expect(page.locator("table.attrs thead th")).to_have_count(5)


@in_both_languages
def test_a_correction_is_sent_without_script_and_a_wrong_one_says_what_to_repair(open_page: OpenPage, lang: str):
    page = open_page(java_script_enabled=False)
    page.goto(f"/{lang}/productions/hnd-inm--retornados-nacionales")
    page.locator(".panel .btn[href*='/corrections/new']").click()
    page.locator("#email").fill("no address")
    page.locator("main form button").click()
    expect(page.locator("[role=alert] li")).to_have_count(2)
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email")).to_have_value("no address")
    page.locator("#text").fill("Example of a correction, sent by a test.")
    page.locator("#email").fill("")
    page.locator("main form button").click()
    assert "/corrections/thanks" in page.url
    page.locator("main .btn.main").click()
    assert page.url.endswith(f"/{lang}/productions/hnd-inm--retornados-nacionales")

"""An installation without records: every page says what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.places import LANGUAGES
from tests.journeys.sights import WIDE, barriers

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, empty_site: str) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, base_url=empty_site, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/countries", "/institutions", "/indicators"])
def test_an_empty_list_names_the_command_that_fills_it(page: Page, lang: str, path: str):
    _visit(page, f"/{lang}{path}")
    expect(page.locator(".empty")).to_contain_text("acervo setup")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/search", "/search?q=remesas", "/compare", "/compare?q=remesas"])
def test_an_empty_search_leads_on(page: Page, lang: str, path: str):
    _visit(page, f"/{lang}{path}")
    expect(page.locator(".empty h2")).to_be_visible()
    expect(page.locator(".empty a").first).to_be_visible()
    page.locator(".empty a").first.click()
    expect(page.locator("h1")).to_have_count(1)


def _visit(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer
    assert answer.status == 200
    expect(page.locator("h1")).to_have_count(1)
    assert barriers(page) == []

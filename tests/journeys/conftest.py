"""One server and one browser for all journeys; each visit has a context of its own, as a first visit has."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.journeys.serving import served
from tests.journeys.sights import Sight, see

PATIENCE_MILLISECONDS = 20_000


# Fixtures end with this folder: the browser's library keeps a loop running that other tests must not meet.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Root, as in containers, has no sandbox of its own; /dev/shm is small there.
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def regional_site(tmp_path_factory: pytest.TempPathFactory, regional_installation: Path) -> Iterator[str]:
    """The address of a served installation with the regional catalogue."""
    folder = tmp_path_factory.mktemp("served") / "data"
    with served(Path(shutil.copytree(regional_installation, folder))) as address:
        yield address


@pytest.fixture(scope="package")
def empty_site(tmp_path_factory: pytest.TempPathFactory, empty_installation: Path) -> Iterator[str]:
    """The address of a served installation without records."""
    folder = tmp_path_factory.mktemp("served-empty") / "data"
    with served(Path(shutil.copytree(empty_installation, folder))) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, regional_site: str) -> Iterator[Callable[..., Page]]:
    """A page of a reader who comes for the first time; options are those of a browser context."""
    contexts: list[BrowserContext] = []

    def open_it(**options: Any) -> Page:
        context = browser.new_context(base_url=regional_site, accept_downloads=True, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        return context.new_page()

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def sight_of(browser: Browser, regional_site: str) -> Callable[[str, str], Sight]:
    """What a browser sees of a page in a language; each is visited once, whatever is asked of it."""
    seen: dict[tuple[str, str], Sight] = {}

    def look(name: str, lang: str) -> Sight:
        if (name, lang) not in seen:
            seen[name, lang] = see(browser, regional_site, name, lang)
        return seen[name, lang]

    return look

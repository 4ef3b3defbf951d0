"""Records that are written in one language only: shown, and marked, to readers of the other (WCAG 2.2, 3.1.2)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import open_database
from tests.journeys.serving import served
from tests.journeys.sights import WIDE, barriers

pytestmark = pytest.mark.browser

SPANISH = "Ejemplo dicho solo en español"
PATHS = {
    "country": "/en/countries/XAA",
    "institution": "/en/institutions/xaa-office",
    "indicator": "/en/indicators/returned-nationals",
    "production": "/en/productions/xaa-office--returned-nationals",
    "compare": "/en/compare?production=xaa-one--returned-nationals&production=xaa-two--returned-nationals",
}
_UNMARKED = """(words) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (node.data.includes(words) && parent.closest("[lang]").lang !== "es" && !parent.closest("option, .cite"))
      found.push(parent.outerHTML);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_installation: Path) -> Iterator[str]:
    folder = Path(shutil.copytree(empty_installation, tmp_path_factory.mktemp("served-spanish") / "data"))
    engine = open_database(folder / "acervo.db")
    with Session(engine.execution_options(acervo_write=True)) as session:
        named = {"name_es": SPANISH, "name_en": None}
        factories.country(session, **named)
        factories.institution(session, **named)
        factories.indicator(session, **named)
        factories.production(session, title_es=SPANISH, title_en=None)
        for place in ("one", "two"):
            factories.institution(session, f"xaa-{place}", acronym=place.upper(), **named)
            factories.production(session, institution_id=f"xaa-{place}", title_es=SPANISH, title_en=None)
        session.commit()
    engine.dispose()
    with served(folder) as address:
        yield address


@pytest.mark.parametrize("name", PATHS)
def test_a_text_in_the_other_language_is_shown_and_marked(browser: Browser, site: str, name: str):
    context = browser.new_context(viewport=WIDE, base_url=site, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    answer = page.goto(PATHS[name])
    assert answer
    assert answer.status == 200
    assert SPANISH in page.locator("main").inner_text()
    assert page.evaluate(_UNMARKED, SPANISH) == []
    assert barriers(page) == []
    context.close()

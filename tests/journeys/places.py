"""Every kind of page, by name: where it is in each language and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

LANGUAGES = ("es", "en")
HELD = "hnd-inm--retornados-nacionales"
RIVAL = "hnd-conmigho--retornados-nacionales"
FOUR = (HELD, RIVAL, "gtm-igm--retornados-nacionales", "slv-dgme--retornados-nacionales")


@dataclass(frozen=True)
class Place:
    """A page: its path after the language (of which it may hold words), its status, and what is done there."""

    path: str
    status: int = 200
    english: str | None = None
    act: Callable[[Page], object] | None = None

    def address(self, lang: str) -> str:
        path = self.english if lang == "en" and self.english else self.path
        return path.replace("{lang}", lang) if "{lang}" in path else f"/{lang}{path}"


def _send_nothing(page: Page) -> None:
    page.locator("main form button").click()
    page.locator(".notice.bad").wait_for()


PLACES = {
    "home": Place("/"),
    "home-all-topics": Place("/?topic=all"),
    "search-empty": Place("/search"),
    "search-hits": Place("/search?q=remesas", english="/search?q=remittances"),
    "search-corrected": Place("/search?q=retonados", english="/search?q=remitances"),
    "search-facets": Place("/search?q=&kind=production&country=HND&country=GTM&periodicity=monthly"),
    "search-nothing": Place("/search?q=zzzyyyxxx&country=HND"),
    "search-answer": Place(
        "/search?q=¿quién+tiene+datos+de+niñez+migrante+retornada+en+Honduras?",
        english="/search?q=who+has+data+on+returned+migrant+children+in+Honduras?",
    ),
    "search-silence": Place(
        "/search?q=¿quién+tiene+datos+de+víctimas+de+trata+en+Surinam?",
        english="/search?q=who+has+data+on+victims+of+trafficking+in+Suriname?",
    ),
    "countries": Place("/countries"),
    "country": Place("/countries/HND"),
    "country-little-known": Place("/countries/SUR"),
    "institutions": Place("/institutions"),
    "institution": Place("/institutions/hnd-inm"),
    "institution-closed": Place("/institutions/slv-digestyc"),
    "indicators": Place("/indicators"),
    "indicator": Place("/indicators/retornados-nacionales"),
    "production-confirmed-with-figures": Place(f"/productions/{HELD}"),
    "production-unconfirmed-without-figures": Place("/productions/mex-inegi--migracion-retorno"),
    "production-closed": Place("/productions/slv-digestyc--hogares-receptores"),
    "compare-none": Place("/compare"),
    "compare-choose": Place("/compare?q=remesas", english="/compare?q=remittances"),
    "compare-two": Place(f"/compare?production={HELD}&production={RIVAL}"),
    "compare-four": Place("/compare?" + "&".join(f"production={one}" for one in FOUR)),
    "correction": Place(f"/{{lang}}/corrections/new?about=/{{lang}}/productions/{HELD}"),
    "correction-wrong": Place("/corrections/new", status=422, act=_send_nothing),
    "correction-thanks": Place("/{lang}/corrections/thanks?about=/{lang}/countries/HND"),
    "about": Place("/about"),
    "privacy": Place("/privacy"),
    "accessibility": Place("/accessibility"),
    "api": Place("/api/docs?lang={lang}"),
    "error-not-found": Place("/nowhere", status=404),
    "error-no-record": Place("/productions/there-is-none", status=404),
    "error-bad-cursor": Place("/search?cursor=broken", status=400),
}

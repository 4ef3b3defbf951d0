"""What holds of every page, in both languages, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from babel.messages.pofile import read_po

from tests.conftest import ROOT
from tests.journeys.places import LANGUAGES, PLACES
from tests.journeys.sights import Sight

pytestmark = pytest.mark.browser

LARGEST_VISIT = 100_000
# Words of everyday use on pages that mean nothing in the other language.
TELLTALES = {
    "es": r"the|and|of|with|which|search|records?|holds?|unknown|country|countries|apply|filters?|unconfirmed|years",
    "en": r"los|las|del|una|según|para|buscar|fichas?|desconocid[oa]s?|país|países|aplicar|sin confirmar|años",
}

SightOf = Callable[[str, str], Sight]
every_page = pytest.mark.parametrize(
    ("name", "lang"), [pytest.param(name, lang, id=f"{name}-{lang}") for name in PLACES for lang in LANGUAGES]
)


@every_page
def test_a_page_answers_with_its_status(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).status == PLACES[name].status


@every_page
def test_a_page_has_no_barrier_that_axe_finds(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).barriers == []


@every_page
def test_a_page_has_contrast_in_the_dark(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).barriers_in_the_dark == []


@every_page
def test_a_page_at_320_pixels_does_not_scroll_sideways(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).overflowing == []


@every_page
def test_a_page_at_320_pixels_has_room_for_text_spaced_out(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).overflowing_when_spaced_out == []


@every_page
def test_targets_at_320_pixels_are_large_enough(sight_of: SightOf, name: str, lang: str):
    assert sight_of(name, lang).barriers_when_narrow == []


@every_page
def test_the_browser_has_nothing_to_complain_of(sight_of: SightOf, name: str, lang: str):
    sight = sight_of(name, lang)
    assert (sight.complaints, sight.read["violations"]) == ([], [])


@every_page
def test_no_request_leaves_the_site(sight_of: SightOf, regional_site: str, name: str, lang: str):
    assert [one for one in sight_of(name, lang).addresses if not one.startswith(f"{regional_site}/")] == []


@every_page
def test_a_first_visit_weighs_less_than_100_kilobytes(sight_of: SightOf, name: str, lang: str):
    transferred = sight_of(name, lang).transferred
    assert {urlsplit(one).path for one in transferred} >= {"/static/acervo.css", "/static/acervo.js"}
    assert sum(transferred.values()) < LARGEST_VISIT, transferred


@every_page
def test_a_page_has_its_language_one_title_and_no_identifier_twice(sight_of: SightOf, name: str, lang: str):
    read = sight_of(name, lang).read
    assert read["lang"] == lang
    assert len(read["headings"]) == 1
    assert read["headings"][0]
    assert [one for one in set(read["identifiers"]) if read["identifiers"].count(one) > 1] == []


@every_page
def test_both_languages_of_a_page_answer(sight_of: SightOf, name: str, lang: str):
    twins = sight_of(name, lang).read["twins"]
    assert sorted(twins) == sorted(LANGUAGES)
    assert len(set(twins.values())) == len(LANGUAGES)
    if PLACES[name].status == 200:
        assert {one: _status_of(address) for one, address in twins.items()} == dict.fromkeys(LANGUAGES, 200)


@every_page
def test_a_page_speaks_one_language(sight_of: SightOf, name: str, lang: str):
    texts = sight_of(name, lang).read["texts"]
    other = _said_only_in("en" if lang == "es" else "es")
    telltale = re.compile(rf"\b({TELLTALES[lang]})\b", re.IGNORECASE)
    assert [text for text in texts if _skeleton(text) in other] == []
    # An address that a text names is the same in both languages.
    assert [text for text in texts if telltale.search(re.sub(r"\S*/\S+", " ", text))] == []


@cache
def _status_of(address: str) -> int:
    with urlopen(address) as answer:
        return int(answer.status)


@cache
def _said_only_in(lang: str) -> frozenset[str]:
    """The messages of a language that the other one says differently, without what is filled in."""
    with (ROOT / "translations" / "es" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        messages = [message for message in read_po(source, locale="es") if message.id]
    english = {_skeleton(text) for message in messages for text in _texts(message.id)}
    spanish = {_skeleton(text) for message in messages for text in _texts(message.string)}
    return frozenset((english - spanish if lang == "en" else spanish - english) - {""})


def _texts(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _skeleton(text: str) -> str:
    return " ".join(re.sub(r"%\(\w+\)s|%%|\d+", " ", text).split()).casefold()

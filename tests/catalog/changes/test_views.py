"""What changed as an Atom feed; the map of the site and the rules for robots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib import robotparser
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient

from catalog.changes import services
from catalog.database import transaction
from catalog.models import ChangeSet, HistoryEntry
from tests import factories
from tests.conftest import make_app

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
ELSEWHERE = "https://acervo.example.org"


def feed(client: FlaskClient, lang: str = "en", base: str = "http://localhost") -> Element:
    answer = client.get(f"/{lang}/changes.atom", base_url=base)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = fromstring(answer.data)
    assert isinstance(root, Element)
    return root


def texts(node: Element, name: str) -> list[str]:
    return [found.text or "" for found in node.iter(f"{ATOM}{name}")]


def enter(app: Flask, kind: str, identifier: str, field: str | None = None, after: str | None = None) -> None:
    with app.app_context(), transaction() as session:
        made = ChangeSet(recorded_at=factories.INSTANT, origin="import", records=1)
        session.add(made)
        session.flush()
        act = "change" if field else "create"
        session.add(
            HistoryEntry(
                change_set_id=made.id, kind=kind, record_id=identifier, version=1, act=act, field=field, after=after
            )
        )


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_feed_has_all_that_atom_asks_for(reader: FlaskClient, lang: str):
    root = feed(reader, lang)
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = node.findall(f"{ATOM}{name}")
            assert found.text
        assert datetime.fromisoformat(node.findtext(f"{ATOM}updated", "")).utcoffset() is not None
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    (own,) = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == f"http://localhost/{lang}/changes.atom"


def test_the_newest_fifty_changes_come_newest_first(reader: FlaskClient):
    entries = feed(reader).findall(f"{ATOM}entry")
    assert len(entries) == 50
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert updated == sorted(updated, reverse=True)


def test_entries_keep_their_names_wherever_and_in_whatever_language_they_are_read(reader: FlaskClient):
    here, there = feed(reader), feed(reader, base=ELSEWHERE)
    assert texts(here, "id") == texts(there, "id")
    assert texts(here, "id")[1:] == texts(feed(reader, "es"), "id")[1:]
    assert len({UUID(urn) for urn in texts(here, "id")}) == 51


def test_two_catalogues_never_give_two_changes_one_name(reader: FlaskClient, empty_app: Flask):
    enter(empty_app, "country", "XAA")
    other = feed(empty_app.test_client())
    assert len(texts(other, "id")) == 2
    assert not {*texts(other, "id")} & {*texts(feed(reader), "id")}


def test_an_entry_says_in_words_what_changed_and_leads_to_its_record(empty_app: Flask):
    enter(empty_app, "production", "xaa--x", "periodicity", '"annual"')
    (entry,) = feed(empty_app.test_client(), "es").findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Producción xaa--x: Cada cuánto"
    assert entry.findtext(f"{ATOM}content") == "Versión 1: Cada cuánto, de «—» a «Anual»."
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://localhost/es/productions/xaa--x"


def test_what_has_no_page_of_its_own_leads_to_the_record_that_shows_it(empty_app: Flask):
    with empty_app.app_context(), transaction() as session:
        production = factories.production(session)
        factories.figure(session, production, id="f1")
        factories.definition(session, production, {"unit": "count"}, id="d1")
        factories.contact(session)
        factories.absence(session)
    records = {"figure": "f1", "definition": "d1", "contact": "xaa-office--data", "absence": "xaa-none"}
    for kind, identifier in records.items():
        enter(empty_app, kind, identifier)
    links = [entry.find(f"{ATOM}link") for entry in feed(empty_app.test_client(), "es").findall(f"{ATOM}entry")]
    page = "http://localhost/es"
    assert [link.get("href") for link in links if link is not None] == [
        f"{page}/countries/XAA",
        f"{page}/institutions/xaa-office",
        f"{page}/productions/xaa-office--returned-nationals",
        f"{page}/productions/xaa-office--returned-nationals",
    ]


def test_markup_in_a_record_is_text_in_the_feed(empty_app: Flask):
    enter(empty_app, "country", "XAA", "notes_en", '"<b>R&D</b> ]]>"')
    assert "“<b>R&D</b> ]]>”" in texts(feed(empty_app.test_client()), "content")[0]


def test_a_figure_that_no_source_confirms_is_not_told(empty_app: Flask):
    with empty_app.app_context(), transaction() as session:
        factories.figure(session, factories.production(session), id="f1", checked=False)
    enter(empty_app, "figure", "f1")
    assert texts(feed(empty_app.test_client()), "entry") == []


def test_a_catalogue_without_changes_has_an_empty_feed(empty_client: FlaskClient):
    assert feed(empty_client).findall(f"{ATOM}entry") == []


def test_a_feed_that_did_not_change_is_not_sent_again(reader: FlaskClient):
    tag = reader.get("/es/changes.atom").headers["ETag"]
    assert reader.get("/es/changes.atom", headers={"If-None-Match": tag}).status_code == 304


def test_every_page_names_the_feed(reader: FlaskClient):
    assert 'type="application/atom+xml" href="/en/changes.atom"' in reader.get("/en/about").text


# -- the map of the site ---------------------------------------------------------------------------------------------


def parts(client: FlaskClient, **given: str) -> Iterator[Element]:
    """The parts of the map, by the addresses that its index gives."""
    index = fromstring(client.get("/sitemap.xml", **given).data)  # type: ignore[arg-type]
    assert index.tag == f"{MAP}sitemapindex"
    for place in index.iter(f"{MAP}loc"):
        answer = client.get(place.text or "")
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        yield fromstring(answer.data)


def addresses(client: FlaskClient) -> list[str]:
    return [place.text or "" for part in parts(client) for place in part.iter(f"{MAP}loc")]


def test_the_map_names_every_record_once_in_each_language(reader: FlaskClient):
    found = addresses(reader)
    assert len(found) == len(set(found)) == 2 * (15 + 121 + 51 + 192)
    assert "http://localhost/es/productions/hnd-senaf--nna-retornados" in found
    for address in found[::97]:
        assert reader.get(address).status_code == 200


def test_a_large_map_comes_in_parts_that_hold_every_record_once(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services, "PART_LENGTH", 10)
    assert len(list(parts(reader))) == 2 + 13 + 6 + 20
    found = addresses(reader)
    assert len(found) == len(set(found)) == 2 * (15 + 121 + 51 + 192)


def test_each_address_names_its_twin_in_the_other_language(reader: FlaskClient):
    part = next(parts(reader))
    place = next(part.iter(f"{MAP}url"))
    twins = {link.get("hreflang"): link.get("href") for link in place.iter(LINK)}
    assert twins == {lang: f"http://localhost/{lang}/countries/BLZ" for lang in ("es", "en")}


@pytest.mark.parametrize(
    "path", ["/sitemap-lighthouses.xml", "/sitemap-figures.xml", "/sitemap-countries.xml?from=zzz"]
)
def test_a_part_that_there_is_not_is_not_found(reader: FlaskClient, path: str):
    assert reader.get(path).status_code == 404


def test_an_empty_catalogue_has_an_empty_map(empty_client: FlaskClient):
    assert list(parts(empty_client)) == []


def test_robots_may_read_records_and_not_what_costs_a_search(reader: FlaskClient):
    answer = reader.get("/robots.txt", base_url=ELSEWHERE)
    rules = robotparser.RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert rules.site_maps() == [f"{ELSEWHERE}/sitemap.xml"]
    assert rules.can_fetch("anybody", "/es/productions/hnd-senaf--nna-retornados")
    assert not rules.can_fetch("anybody", "/api/v1/search?q=a")


def test_the_address_of_the_settings_stands_in_feed_map_and_rules(empty_installation: Path, tmp_path: Path):
    folder = Path(shutil.copytree(empty_installation, tmp_path / "named"))
    client = make_app(folder, ACERVO_BASE_URL=f"{ELSEWHERE}/").test_client()
    assert f"Sitemap: {ELSEWHERE}/sitemap.xml" in client.get("/robots.txt").text
    assert f'href="{ELSEWHERE}/es/changes.atom"' in client.get("/es/changes.atom").text
    assert f'hreflang="en" href="{ELSEWHERE}/en/about?a=b"' in client.get("/es/about?a=b").text


def test_a_page_names_its_twins_by_whole_addresses(reader: FlaskClient):
    text = reader.get("/es/countries/HND", base_url=ELSEWHERE).text
    for lang in ("es", "en"):
        assert f'<link rel="alternate" hreflang="{lang}" href="{ELSEWHERE}/{lang}/countries/HND">' in text

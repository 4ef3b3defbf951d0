"""The page of every record, in both languages, and what it tells machines."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from catalog.database import reading, transaction
from catalog.models import KINDS, Institution, Production
from tests import factories

KIND_PATHS = {
    "country": "countries",
    "institution": "institutions",
    "indicator": "indicators",
    "production": "productions",
}
TOTALS = {"country": 15, "institution": 121, "indicator": 51, "production": 192}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
    "path",
    "rect",
    "line",
    "circle",
    "use",
}


class Outline(HTMLParser):
    """What a page is made of: elements that are not closed, headings, links, identifiers."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.links += [values["href"] or ""] if tag == "a" and "href" in values else []
        self.ids += [values["id"] or ""] if "id" in values else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def identifiers(app: Flask, kind: str) -> list[str]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(KINDS[kind].id)))


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("kind", KIND_PATHS)
def test_every_record_has_a_sound_page(reader: FlaskClient, regional_app: Flask, kind: str, lang: str):
    found = identifiers(regional_app, kind)
    assert len(found) == TOTALS[kind]
    # Both languages come from the same templates: one is looked at whole, the other in part.
    for identifier in found if lang == "es" else found[::4]:
        answer = reader.get(f"/{lang}/{KIND_PATHS[kind]}/{identifier}")
        assert answer.status_code == 200, identifier
        page = Outline(answer.text)
        assert (page.wrong, page.open) == ([], []), identifier
        assert page.headings.count(1) == 1, identifier
        assert all(later <= earlier + 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False)), (
            identifier
        )
        assert len(page.ids) == len(set(page.ids)), identifier
        assert "None" not in re.sub(r"<[^>]*>", " ", answer.text).split(), identifier


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_link_of_a_page_of_each_kind_leads_somewhere(reader: FlaskClient, lang: str):
    pages = (
        "countries/HND",
        "institutions/hnd-senaf",
        "indicators/nna-retornados",
        "productions/hnd-senaf--nna-retornados",
    )
    links = {link for page in pages for link in Outline(reader.get(f"/{lang}/{page}").text).links}
    own = sorted({link.partition("#")[0] for link in links if link.startswith("/")} - {""})
    assert len(own) > 50
    broken = [link for link in own if reader.get(link, follow_redirects=True).status_code != 200]
    assert broken == []


@pytest.mark.parametrize(
    "path",
    [
        "countries/HND",
        "institutions/hnd-senaf",
        "indicators/nna-retornados",
        "productions/hnd-senaf--nna-retornados",
        "countries",
        "institutions",
        "indicators",
        "search",
        "about",
        "privacy",
        "accessibility",
        "",
    ],
)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_says_its_language_its_twin_its_licence_and_how_to_correct_it(
    reader: FlaskClient, path: str, lang: str
):
    text = reader.get(f"/{lang}/{path}").text
    other = "en" if lang == "es" else "es"
    assert f'<html lang="{lang}"' in text
    assert re.search(
        rf'hreflang="{other}"[^>]*href="/{other}/{path}"|href="/{other}/{path}"[^>]*hreflang="{other}"', text
    )
    assert "creativecommons.org/licenses/by/4.0" in text
    assert f"/{lang}/corrections/new" in text
    assert re.search(r"<title>[^<]+</title>", text)


@pytest.mark.parametrize("kind", KIND_PATHS)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_record_that_there_is_not_is_named_and_the_search_offered(reader: FlaskClient, kind: str, lang: str):
    answer = reader.get(f"/{lang}/{KIND_PATHS[kind]}/nobody-here")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "nobody-here" in answer.text
    assert f'action="/{lang}/search"' in answer.text


def test_a_page_fits_a_thin_line(reader: FlaskClient, regional_app: Flask):
    packed = {"Accept-Encoding": "gzip"}
    for kind, path in KIND_PATHS.items():
        for identifier in identifiers(regional_app, kind)[::9]:
            assert len(reader.get(f"/es/{path}/{identifier}", headers=packed).data) < 40_000


def test_a_retired_record_s_address_goes_on_answering(app: Flask, client: FlaskClient):
    with app.app_context(), transaction() as session:
        session.get(Production, "hnd-senaf--nna-retornados").registration_status = "retired"
        session.get(Institution, "hnd-senaf").registration_status = "superseded"
    for path in ("productions/hnd-senaf--nna-retornados", "institutions/hnd-senaf"):
        text = client.get(f"/en/{path}").text
        assert "Its address goes on answering" in text


def test_what_a_record_says_is_never_markup(app: Flask, client: FlaskClient):
    evil = '<script>alert("x")</script>&</title>'
    with app.app_context(), transaction() as session:
        for kind, name in (
            ("country", "HND"),
            ("institution", "hnd-senaf"),
            ("indicator", "nna-retornados"),
            ("production", "hnd-senaf--nna-retornados"),
        ):
            record: Any = session.get(KINDS[kind], name)
            for lang in ("es", "en"):
                setattr(record, f"{'title' if kind == 'production' else 'name'}_{lang}", evil)
            if kind != "indicator":
                record.notes_es = evil
    for path in (
        "countries/HND",
        "institutions/hnd-senaf",
        "indicators/nna-retornados",
        "productions/hnd-senaf--nna-retornados",
        "countries",
        "institutions",
        "indicators",
        "",
    ):
        text = client.get(f"/es/{path}").text
        assert "<script>alert" not in text
        assert "&</title>" not in text


def test_an_unconfirmed_record_says_so_and_a_confirmed_one_does_not(app: Flask, client: FlaskClient):
    with app.app_context(), transaction() as session:
        made = factories.institution(session, "xaa-quiet", country_id="XAA", checked=False)
        factories.institution(session, "xaa-seen", country_id="XAA")
        assert made.checked is False
    assert "unconfirmed" in client.get("/en/institutions/xaa-quiet").text
    assert "unconfirmed" not in client.get("/en/institutions/xaa-seen").text


def test_a_figure_that_no_source_confirms_is_on_no_page(app: Flask, client: FlaskClient):
    with app.app_context(), transaction() as session:
        production = session.get(Production, "hnd-senaf--nna-retornados")
        factories.figure(session, production, 987654, checked=False)
    for path in (
        "productions/hnd-senaf--nna-retornados",
        "indicators/nna-retornados",
        "countries/HND",
        "institutions/hnd-senaf",
    ):
        assert "987,654" not in client.get(f"/en/{path}").text


# -- what a production's page tells machines -------------------------------------------------------------------------


def described(client: FlaskClient, identifier: str, lang: str = "en") -> dict[str, Any]:
    text = client.get(f"/{lang}/productions/{identifier}").text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    description: dict[str, Any] = json.loads(found)
    return description


def test_every_confirmed_production_is_a_dataset_with_what_search_engines_need(
    reader: FlaskClient, regional_app: Flask
):
    with regional_app.app_context(), reading() as session:
        confirmed = session.scalars(select(Production.id).where(Production.checked).order_by(Production.id)).all()
    assert len(confirmed) > 100
    for identifier in confirmed[::3]:
        found = described(reader, identifier)
        assert (found["@context"], found["@type"], found["identifier"]) == (
            "https://schema.org/",
            "Dataset",
            identifier,
        )
        assert found["name"]
        assert len(found["description"]) <= 5_000
        assert found["creator"]["@type"] == "Organization"
        assert found["creator"]["name"]
        assert found["sdLicense"] == "https://creativecommons.org/licenses/by/4.0/"
        assert found["url"] == f"http://localhost/en/productions/{identifier}"
        date.fromisoformat(found["dateModified"])
        if "temporalCoverage" in found:
            assert re.fullmatch(r"\d{4}/\d{4}", found["temporalCoverage"])


def test_a_description_says_what_is_known_in_the_reader_s_language_and_leaves_out_what_is_not(filled: FlaskClient):
    known, unknown = (described(filled, f"{holder}--returned-nationals", "es") for holder in ("xaa-office", "int-body"))
    assert known["name"] == "Producción de xaa-office"
    assert known["spatialCoverage"] == "País XAA"
    assert known["temporalCoverage"] == "2015/2020"
    assert known["license"] == "https://example.org/licence"
    assert known["distribution"] == [{"@type": "DataDownload", "contentUrl": "https://example.org/data"}]
    assert known["creator"]["name"] == "Oficina xaa-office"
    assert not {"spatialCoverage", "temporalCoverage", "license", "distribution"} & set(unknown)


@pytest.fixture
def filled(empty_app: Flask) -> FlaskClient:
    """A production of which all is known, and one of which hardly anything is."""
    with empty_app.app_context(), transaction() as session:
        factories.production(
            session,
            first_year=2015,
            last_year=2020,
            licence="https://example.org/licence",
            access_url="https://example.org/data",
        )
        body = factories.institution(session, "int-body", country_id=None)
        factories.production(session, institution_id=body.id, country_id=None, periodicity=None)
    return empty_app.test_client()


def test_no_text_of_a_record_ends_the_description(filled: FlaskClient, empty_app: Flask):
    evil = '</script><script>alert(1)</script><!-- & "'
    with empty_app.app_context(), transaction() as session:
        session.get(Production, "xaa-office--returned-nationals").title_en = evil
    assert described(filled, "xaa-office--returned-nationals")["name"] == evil
    answer = filled.get("/en/productions/xaa-office--returned-nationals")
    assert "<script>alert" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_production_can_be_cited(filled: FlaskClient):
    answer = filled.get("/en/productions/xaa-office--returned-nationals.bib")
    assert answer.mimetype == "application/x-bibtex"
    assert "title = {Production of xaa-office}" in answer.text
    assert "url = {http://localhost/en/productions/xaa-office--returned-nationals}" in answer.text
    assert answer.text.count("{") == answer.text.count("}")
    assert filled.get("/en/productions/nobody.bib").status_code == 404


SEED = Path(__file__).parents[3] / "catalog/region/seed"
UNSOURCED = "conocimiento general (sin verificar)"


@pytest.mark.parametrize("kind", KIND_PATHS)
def test_a_record_without_a_source_says_so_in_the_reader_s_language_and_is_marked(reader: FlaskClient, kind: str):
    with (SEED / f"{KIND_PATHS[kind]}.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == UNSOURCED]
    assert {row["checked"] for row in rows} == {"no"}
    address = f"{KIND_PATHS[kind]}/{rows[0]['iso3' if kind == 'country' else 'id']}"
    english, spanish = (reader.get(f"/{lang}/{address}").text for lang in ("en", "es"))
    assert "general knowledge (unverified)" in english
    assert UNSOURCED not in english
    assert '<span class="chip wait">unconfirmed</span>' in english
    assert UNSOURCED in spanish


@pytest.mark.parametrize(("lang", "said"), [("es", "«sin confirmar»"), ("en", "is marked as unconfirmed")])
def test_the_page_about_the_registry_says_that_not_all_has_a_source(reader: FlaskClient, lang: str, said: str):
    assert said in reader.get(f"/{lang}/about").text


@pytest.fixture
def unconfirmed(empty_app: Flask) -> FlaskClient:
    """A production that nobody has confirmed."""
    with empty_app.app_context(), transaction() as session:
        factories.production(session, checked=False)
    return empty_app.test_client()


def test_dataset_search_engines_are_not_told_of_a_production_that_nobody_has_confirmed(unconfirmed: FlaskClient):
    page = unconfirmed.get("/en/productions/xaa-office--returned-nationals").text
    assert "<title>Production of xaa-office · Acervo</title>" in page
    assert "ld+json" not in page


@pytest.mark.parametrize(("lang", "said"), [("es", "sin confirmar"), ("en", "unconfirmed")])
def test_the_citation_of_an_unconfirmed_production_says_so(unconfirmed: FlaskClient, lang: str, said: str):
    address = f"/{lang}/productions/xaa-office--returned-nationals"
    assert f"note = {{{said}" in unconfirmed.get(f"{address}.bib").text
    (cited,) = re.findall('<p class="cite">(.*?)</p>', unconfirmed.get(address).text)
    assert f"({said})" in cited


def test_the_citation_of_a_confirmed_production_bears_no_such_note(filled: FlaskClient):
    assert "note = " not in filled.get("/en/productions/xaa-office--returned-nationals.bib").text


def test_a_production_can_be_taken_away_as_the_row_that_an_import_reads(filled: FlaskClient):
    answer = filled.get("/es/productions/xaa-office--returned-nationals.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["id"] == "xaa-office--returned-nationals"
    assert "licenses/by/4.0" in answer.headers["Link"]
    assert filled.get("/es/productions/nobody.csv").status_code == 404


def test_an_indicator_that_only_an_international_body_holds_is_not_said_to_be_held_by_nobody(reader: FlaskClient):
    page = reader.get("/en/indicators").text
    row = page[page.index("/en/indicators/remesas-pib") :].partition("</tr>")[0]
    assert "none; international only" in row
    assert "no holder on record" not in row
    silent = page[page.index("/en/indicators/costo-contratacion") :].partition("</tr>")[0]
    assert "no holder on record" in silent


def test_the_list_of_productions_is_the_search_for_them(reader: FlaskClient):
    answer = reader.get("/es/productions")
    assert (answer.status_code, answer.location) == (302, "/es/search?kind=production")

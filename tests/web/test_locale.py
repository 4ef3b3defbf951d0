from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from web import locale

THIN = "\u202f"


@pytest.mark.parametrize(
    ("accept", "address"),
    [
        (None, "/es/"),
        ("es-HN,es;q=0.9,en;q=0.8", "/es/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("pt,fr", "/es/"),
        ("*", "/es/"),
        ("en;q=0.3,es;q=0.2", "/en/"),
        ("not a; header,,;q=x", "/es/"),
    ],
)
def test_the_root_follows_the_browser_s_language(small: FlaskClient, accept: str | None, address: str):
    answer = small.get("/", headers={"Accept-Language": accept} if accept else {})
    assert (answer.status_code, answer.location) == (302, address)
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_address_decides_the_language_of_a_page(small: FlaskClient):
    assert small.get("/es/words", headers={"Accept-Language": "en"}).text.startswith("es Buscar")
    assert small.get("/en/words?lang=es", headers={"Accept-Language": "es"}).text.startswith("en Search")


def test_no_other_language_has_pages(reader: FlaskClient):
    assert reader.get("/fr/about").status_code == 404


def test_the_twin_has_the_same_path_and_the_same_parameters(small: FlaskClient):
    assert small.get("/es/here?q=ni%C3%B1ez&country=HND").json["twin"] == "/en/here?q=ni%C3%B1ez&country=HND"


def test_the_page_of_the_api_leads_to_itself_in_the_other_language(reader: FlaskClient):
    assert '<a href="/api/docs?lang=en" hreflang="en"' in reader.get("/api/docs?lang=es").text


def test_one_parameter_is_changed_and_the_others_stay(small: FlaskClient):
    found = small.get("/es/here?q=a%26b&country=MEX&cursor=zz").json["other"]
    assert found == "/es/here?q=a%26b&country=HND&country=GTM"


def test_one_reader_s_language_does_not_reach_the_next(small: FlaskClient):
    assert [small.get(f"/{lang}/words").text[:2] for lang in ("es", "en", "es")] == ["es", "en", "es"]


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1989, f"1{THIN}989", "1,989"),
        (-1234567, f"-1{THIN}234{THIN}567", "-1,234,567"),
        (2.3, "2,3", "2.3"),
        (Decimal("36558.50"), f"36{THIN}558,5", "36,558.5"),
        (Decimal("1E+3"), f"1{THIN}000", "1,000"),
        (Decimal("0.00"), "0", "0"),
        (None, "", ""),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(value: object, spanish: str, english: str):
    with locale.language("es"):
        assert locale.number(value) == spanish  # type: ignore[arg-type]
    with locale.language("en"):
        assert locale.number(value) == english  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (date(2026, 11, 23), "23 nov 2026", "23 Nov 2026"),
        ("2022", "2022", "2022"),
        ("2022-03", "mar 2022", "Mar 2022"),
        ("2022-03-05", "5 mar 2022", "5 Mar 2022"),
        (None, "", ""),
        ("", "", ""),
    ],
)
def test_a_date_says_no_more_than_is_known(value: date | str | None, spanish: str, english: str):
    with locale.language("es"):
        assert locale.show_date(value) == spanish
    with locale.language("en"):
        assert locale.show_date(value) == english


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), "2020"),
        (date(2024, 2, 1), date(2024, 2, 29), "feb 2024"),
        (date(2024, 1, 1), date(2024, 3, 31), "ene – mar 2024"),
        (date(2024, 1, 1), date(2024, 8, 6), "1 ene 2024 – 6 ago 2024"),
        (date(2019, 1, 1), date(2020, 12, 31), "1 ene 2019 – 31 dic 2020"),
        (date(2021, 5, 4), date(2021, 5, 4), "4 may 2021"),
    ],
)
def test_a_period_is_said_in_full_and_no_longer_than_needed(start: date, end: date, said: str):
    with locale.language("es"):
        assert locale.period(start, end) == said


def test_a_text_in_the_reader_s_language_is_not_marked():
    with locale.language("es"):
        assert str(locale.shown(locale.pick({"es": "Retorno", "en": "Return"}))) == "Retorno"


def test_a_text_in_the_other_language_is_marked_for_eyes_and_for_screen_readers():
    with locale.language("es"):
        marked = str(locale.shown(locale.pick({"es": None, "en": "Return"})))
    assert marked == '<span lang="en">Return</span> <span class="lang">en</span>'


def test_an_original_text_stands_in_where_neither_language_is_there():
    record = SimpleNamespace(name_es=None, name_en="", originals={"name": {"lang": "pt", "text": "Retorno"}})
    assert locale.record_text(record, "name") == ("Retorno", "pt")


def test_what_a_record_says_cannot_become_markup():
    with locale.language("es"):
        assert str(locale.shown(("<script>", "en"))) == (
            '<span lang="en">&lt;script&gt;</span> <span class="lang">en</span>'
        )
        assert str(locale.shown(("<script>", "es"))) == "&lt;script&gt;"


def test_a_source_without_an_address_is_shown_and_not_linked():
    assert locale.linked_sources("https://www.inm.gob.hn/a/b; Memoria 2020; javascript:alert(1)") == [
        ("inm.gob.hn", "https://www.inm.gob.hn/a/b"),
        ("Memoria 2020", None),
        ("javascript:alert(1)", None),
    ]


@pytest.mark.parametrize(
    ("lang", "names", "said"),
    [
        ("es", [], ""),
        ("es", ["INM"], "INM"),
        ("es", ["INM", "INM"], "INM"),
        ("es", ["CONMIGHO", "INM"], "CONMIGHO e INM"),
        ("es", ["INM", "CONMIGHO", "IGM"], "INM, CONMIGHO e IGM"),
        ("es", ["INM", "OIM"], "INM y OIM"),
        ("es", ["Belice", "Iglesia"], "Belice e Iglesia"),
        ("es", ["Belice", "Hijos"], "Belice e Hijos"),
        ("es", ["agua", "hielo"], "agua y hielo"),
        ("en", ["CONMIGHO", "INM"], "CONMIGHO and INM"),
    ],
)
def test_names_are_listed_as_people_say_them(lang: str, names: list[str], said: str):
    with locale.language(lang):
        assert locale.listed(names) == said


@pytest.mark.parametrize(
    ("label", "inside"), [("País de procedencia", "país de procedencia"), ("NNA", "NNA"), ("", ""), ("A", "a")]
)
def test_a_label_inside_a_sentence_begins_small_but_an_acronym_does_not(label: str, inside: str):
    assert locale.within(label) == inside


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (2014, 2026, "2014–2026"),
        (2014, 2014, "2014"),
        (2014, None, "desde 2014"),
        (None, 2026, "hasta 2026"),
        (None, None, ""),
    ],
)
def test_of_the_years_seen_either_end_may_be_unknown(first: int | None, last: int | None, said: str):
    with locale.language("es"):
        assert locale.year_span(first, last) == said

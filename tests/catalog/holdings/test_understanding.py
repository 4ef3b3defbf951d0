"""What is read in a query, without a database."""

from __future__ import annotations

import time

import pytest

from catalog.holdings.understanding import BREAKDOWN, COUNTRY, INSTITUTION, Gazetteer, breakdown_names

ALL = (COUNTRY, INSTITUTION, BREAKDOWN)
LABELS = [
    ("sex", "Sexo"),
    ("sex", "Sex"),
    ("age", "Edad"),
    ("age", "Age"),
    ("citizenship", "Nacionalidad o ciudadanía"),
    ("citizenship", "Citizenship"),
    ("birth_country", "País de nacimiento"),
    ("departure_country", "País de procedencia (última salida)"),
    ("national_foreign", "Nacional o extranjero"),
    ("accompaniment", "Acompañamiento de NNA"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    names = Gazetteer()
    for code, es, en in (
        ("HND", "Honduras", "Honduras"),
        ("GTM", "Guatemala", "Guatemala"),
        ("MEX", "México", "Mexico"),
        ("DOM", "República Dominicana", "Dominican Republic"),
        ("DMA", "Dominica", "Dominica"),
        ("SUR", "Surinam", "Suriname"),
    ):
        names.add(COUNTRY, code, (es, en))
        names.add(COUNTRY, code, (code,), only_capitals=True)
    names.add(INSTITUTION, "hnd-inm", ("INM", "Instituto Nacional de Migración"))
    names.add(INSTITUTION, "mex-inm", ("INM", "Instituto Nacional de Migración"))
    names.add(INSTITUTION, "dom-one", ("Oficina Nacional de Estadística", "National Statistics Office"))
    names.add(INSTITUTION, "dom-one", ("ONE",), only_capitals=True)
    names.add(INSTITUTION, "hnd-bch", ("Banco Central de Honduras", "BCH"))
    groups = [["procedencia", "país de procedencia"], ["sexo", "hombres y mujeres"], ["extranjero", "no nacional"]]
    for code, words in breakdown_names(LABELS, groups).items():
        names.add(BREAKDOWN, code, words)
    return names


@pytest.mark.parametrize(
    ("text", "countries", "rest"),
    [
        ("retornados Honduras", ["HND"], "retornados"),
        ("¿quién tiene datos de retornados en HONDURAS?", ["HND"], "quién tiene datos de retornados"),
        ("refugees in mexico", ["MEX"], "refugees"),
        ("refugiados México", ["MEX"], "refugiados"),
        ("retornados en Honduras y Guatemala", ["HND", "GTM"], "retornados y"),
        ("remesas república dominicana", ["DOM"], "remesas"),
        ("remesas Dominica", ["DMA"], "remesas"),
        ("remesas HND", ["HND"], "remesas"),
        ("frontera sur", [], "frontera sur"),
        ("frontera SUR", ["SUR"], "frontera"),
        ("Honduras Honduras", ["HND"], ""),
        ("", [], ""),
        ("¿?¡!«»", [], ""),
    ],
)
def test_countries_are_read_in_both_languages_without_accents_or_case(gazetteer, text, countries, rest):
    reading = gazetteer.read(text)
    assert [one.value for one in reading.countries] == countries
    assert reading.rest == rest


def test_the_words_that_named_a_country_are_told_as_they_were_typed(gazetteer):
    (country,) = gazetteer.read("Remesas en la RepUblica  Dominicana").countries
    assert country.words == "RepUblica  Dominicana"


def test_only_the_kinds_asked_for_are_taken_out(gazetteer):
    assert gazetteer.read("INM retornados por sexo").rest == "INM retornados por sexo"


@pytest.mark.parametrize(
    ("text", "countries", "rest"),
    [
        ("Banco Central de Honduras", [], "Banco Central de Honduras"),
        ("remesas del Banco Central de Honduras en Guatemala", ["GTM"], "remesas del Banco Central de Honduras"),
        ("INM Honduras", ["HND"], "INM"),
    ],
)
def test_a_country_inside_an_institutions_name_is_part_of_the_name(gazetteer, text, countries, rest):
    reading = gazetteer.read(text, kept=(INSTITUTION,))
    assert [one.value for one in reading.countries] == countries
    assert reading.rest == rest


@pytest.mark.parametrize(
    ("text", "institutions"),
    [
        ("¿qué tiene el INM?", [("hnd-inm", "mex-inm")]),
        ("inm", [("hnd-inm", "mex-inm")]),
        ("Instituto Nacional de Migracion", [("hnd-inm", "mex-inm")]),
        ("remesas ONE", [("dom-one",)]),
        ("which one holds remittances", []),
        ("oficina nacional", []),
    ],
)
def test_an_acronym_that_is_a_common_word_counts_only_in_capitals(gazetteer, text, institutions):
    assert [one.values for one in gazetteer.read(text, ALL).of(INSTITUTION)] == institutions


@pytest.mark.parametrize(
    ("text", "breakdowns", "rest"),
    [
        ("retornados por sexo", ["sex"], "retornados"),
        ("retornados desagregados por sexo y edad", ["sex", "age"], "retornados"),
        ("returnees by sex, age and citizenship", ["sex", "age", "citizenship"], "returnees"),
        ("refugees broken down by sex", ["sex"], "refugees"),
        ("solicitudes según nacionalidad", ["citizenship"], "solicitudes"),
        ("retornados por país de procedencia", ["departure_country"], "retornados"),
        ("retornados por procedencia", ["departure_country"], "retornados"),
        ("niñez retornada por acompañamiento", ["accompaniment"], "niñez retornada"),
        ("deportados por edades", ["age"], "deportados"),
        ("trata y sexo", [], "trata y sexo"),
        ("remesas enviadas por extranjeros", [], "remesas enviadas por extranjeros"),
        ("edad mínima", [], "edad mínima"),
    ],
)
def test_a_breakdown_is_read_only_after_by(gazetteer, text, breakdowns, rest):
    reading = gazetteer.read(text, ALL)
    assert [one.value for one in reading.of(BREAKDOWN)] == breakdowns
    assert reading.rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "¿Quién tiene datos de retornados?",
        "quien tiene remesas",
        "qué institución publica remesas",
        "who holds remittances",
        "Which agency publishes asylum applications",
        "remesas?",
        "¿remesas",
    ],
)
def test_a_question_is_known_by_its_mark_or_its_first_word(gazetteer, text):
    assert gazetteer.read(text).question


def test_words_alone_are_no_question(gazetteer):
    assert not gazetteer.read("retornados Honduras").question


def test_a_text_of_ten_thousand_characters_is_read_as_far_as_a_question_goes(gazetteer):
    reading = gazetteer.read("remesas " * 2_000 + "Honduras")
    assert reading.countries == ()


def test_reading_takes_less_than_a_millisecond_with_fifty_thousand_names():
    names = Gazetteer()
    for number in range(50_000):
        names.add(INSTITUTION, f"i{number}", (f"Instituto Nacional {number} de Migración y Estadística", f"IN{number}"))
    for number in range(60):
        names.add(COUNTRY, f"X{number}", (f"País {number}",))
    text = "¿quién tiene datos de retornados del Instituto Nacional 4711 de Migración y Estadística en País 7?"
    begun = time.perf_counter()
    for _ in range(20):
        reading = names.read(text, ALL)
    assert (time.perf_counter() - begun) / 20 < 0.001
    assert [one.value for one in reading.named] == ["i4711", "X7"]

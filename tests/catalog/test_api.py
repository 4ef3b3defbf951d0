"""The lists and records of the API."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.database import transaction
from catalog.models import ChangeSet, HistoryEntry, Institution, Production
from search.backend import FACETS
from search.indexing import sync_now
from tests import factories
from tests.walking import pages, walk
from web import cursors

# What the regional catalogue holds; of its figures, those that a source confirms.
TOTALS = {"countries": 15, "institutions": 121, "indicators": 51, "productions": 192}
LISTS = (*TOTALS, "figures", "changes")


# -- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_list_answers_items_total_and_the_address_of_the_next_page(reader: FlaskClient, name: str):
    answer = reader.get(f"/api/v1/{name}")
    assert set(answer.json) == {"items", "total", "next"}
    assert len(answer.json["items"]) == min(25, answer.json["total"])
    assert (answer.json["next"] is None) == (answer.json["total"] <= 25)


@pytest.mark.parametrize(
    "query",
    ["", "sort=id", "sort=title", "sort=changed", "sort=title&lang=en", "provenance=confirmed&provenance=unconfirmed"],
)
@pytest.mark.parametrize("name", TOTALS)
def test_the_pages_of_a_list_hold_every_record_once(reader: FlaskClient, name: str, query: str):
    assert len(walk(reader, f"/api/v1/{name}?limit=17&{query}")) == TOTALS[name]


@pytest.mark.parametrize("name", ["figures", "changes"])
def test_the_pages_of_figures_and_changes_hold_every_one_once(reader: FlaskClient, name: str):
    assert len(walk(reader, f"/api/v1/{name}?limit=97")) > 100


def test_a_page_of_a_list_with_words_leads_on_to_every_record_found(reader: FlaskClient):
    ids = walk(reader, "/api/v1/productions?q=retornados&limit=7")
    assert len(ids) > 7
    assert sorted(ids) == sorted(walk(reader, "/api/v1/search?q=retornados&literal=true&kind=production&limit=100"))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", ""])
def test_a_limit_beyond_its_bounds_is_refused_by_name(reader: FlaskClient, name: str, limit: str):
    answer = reader.get(f"/api/v1/{name}?limit={limit}&lang=en")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [one["field"] for one in answer.json["errors"]] == ["limit"]
    assert "number" in answer.json["detail"]


def test_what_is_wrong_with_a_parameter_is_said_in_the_reader_s_language(reader: FlaskClient):
    assert "Dé un número de 1 a 100." in reader.get("/api/v1/countries?limit=0&lang=es").json["detail"]
    assert "Give a number from 1 to 100." in reader.get("/api/v1/countries?limit=0&lang=en").json["detail"]


@pytest.mark.parametrize(
    "name", [*LISTS, "search", "countries/HND/history", "productions/hnd-senaf--nna-retornados/definitions"]
)
@pytest.mark.parametrize(
    "cursor", ["zz", "ñ", "A" * 1_001, cursors.encode(["a", "b", "c", "d", "e"]), cursors.encode([1.5])]
)
def test_a_broken_cursor_says_how_to_go_on(reader: FlaskClient, name: str, cursor: str):
    answer = reader.get(f"/api/v1/{name}", query_string={"cursor": cursor, "lang": "en"})
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-cursor")
    assert "begin the list anew without a cursor" in answer.json["detail"]


def test_a_broken_cursor_is_refused_where_nothing_fits_too(reader: FlaskClient):
    assert reader.get("/api/v1/countries?kind=production&cursor=zz").status_code == 400


def test_a_cursor_of_another_list_is_broken_there(reader: FlaskClient):
    of_changes = reader.get("/api/v1/changes?limit=1").json["next"].partition("cursor=")[2]
    for address in ("countries?", "countries?sort=title&", "figures?", "search?"):
        assert reader.get(f"/api/v1/{address}cursor={of_changes}").status_code == 400


def test_the_next_page_keeps_every_parameter(reader: FlaskClient):
    found = reader.get("/api/v1/productions?country=HND&country=GTM&limit=2&lang=en&sort=changed").json["next"]
    assert found.startswith("/api/v1/productions?")
    assert set(found.partition("?")[2].split("&")) > {
        "country=HND",
        "country=GTM",
        "limit=2",
        "lang=en",
        "sort=changed",
    }


def test_a_record_that_is_made_while_one_reads_shifts_no_page(filled: FlaskClient):
    first = filled.get("/api/v1/institutions?limit=1").json
    with filled.application.app_context(), transaction() as session:
        factories.institution(session, "aaa-new", country_id="XAA")
    rest = [item["id"] for page in pages(filled, first["next"]) for item in page["items"]]
    assert [first["items"][0]["id"], *rest] == ["int-body", "xaa-office", "xab-office"]


# -- order, words, facets --------------------------------------------------------------------------------------------


def test_lists_are_ordered_as_asked(reader: FlaskClient):
    ids = walk(reader, "/api/v1/institutions?limit=100")
    assert ids == sorted(ids)
    changed = [
        item["changed_at"] for page in pages(reader, "/api/v1/institutions?sort=changed") for item in page["items"]
    ]
    assert changed == sorted(changed, reverse=True)


def test_a_newer_record_comes_first_by_change(filled: FlaskClient):
    with filled.application.app_context():
        with transaction() as session:
            session.get(Institution, "xab-office").changed_at = datetime.fromisoformat("2026-06-01T00:00:00+00:00")
            session.get(Institution, "xab-office").version = 2
        sync_now()
    assert filled.get("/api/v1/institutions?sort=changed").json["items"][0]["id"] == "xab-office"


@pytest.mark.parametrize("query", ["sort=best", "sort=id&q=retornados", "sort=id&country=HND"])
def test_an_order_that_cannot_be_given_is_refused(reader: FlaskClient, query: str):
    answer = reader.get(f"/api/v1/productions?{query}")
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, ["sort"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("country=XAA", ["xaa-office--returned-nationals"]),
        ("country=XAA&country=INT", ["int-body--returned-nationals", "xaa-office--returned-nationals"]),
        ("institution=xab-office&institution_type=statistics_office", ["xab-office--returned-nationals"]),
        ("institution_type=international_organisation", ["int-body--returned-nationals"]),
        ("periodicity=unknown", ["int-body--returned-nationals"]),
        ("country=XAA&periodicity=unknown", []),
        ("status=closed", []),
        ("kind=country", []),
        ("kind=country&kind=production&country=XAB", ["xab-office--returned-nationals"]),
        (
            "country=",
            ["int-body--returned-nationals", "xaa-office--returned-nationals", "xab-office--returned-nationals"],
        ),
    ],
)
def test_values_of_one_facet_are_alternatives_and_facets_add_up(filled: FlaskClient, query: str, ids: list[str]):
    assert sorted(walk(filled, f"/api/v1/productions?{query}")) == ids


@pytest.mark.parametrize("facet", FACETS)
def test_every_facet_narrows_lists_and_search_alike_to_what_it_counts(reader: FlaskClient, facet: str):
    values = reader.get("/api/v1/search?kind=production&limit=1").json["facets"][facet]
    for value in [one for one in values if one["count"]][:2]:
        if facet == "kind" and value["value"] != "production":
            continue
        query = {facet: value["value"], "limit": 1}
        assert reader.get("/api/v1/productions", query_string=query).json["total"] == value["count"]
        searched = reader.get("/api/v1/search", query_string={**query, "kind": "production"}).json
        assert searched["total"] == value["count"]
        assert [one["value"] for one in searched["facets"][facet] if one["selected"]] == [value["value"]]


def test_too_many_values_of_a_facet_are_refused(reader: FlaskClient):
    answer = reader.get("/api/v1/productions?" + "&".join(f"country=X{number}" for number in range(101)))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "country")


@pytest.mark.parametrize(
    "text", ["a" * 20_000, '"', "((", "AND OR NOT", "*:*", "de la que", "%", "\x00", "retornados" * 5]
)
@pytest.mark.parametrize("name", ["productions", "search", "figures"])
def test_any_words_get_an_ordinary_answer(reader: FlaskClient, name: str, text: str):
    assert reader.get(f"/api/v1/{name}", query_string={"q": text}).status_code == 200


# -- records ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOTALS)
def test_a_record_is_found_under_the_identifier_that_its_list_gives(reader: FlaskClient, name: str):
    item = reader.get(f"/api/v1/{name}?limit=1").json["items"][0]
    assert reader.get(f"/api/v1/{name}/{item['id']}").json == item


@pytest.mark.parametrize("name", [*TOTALS, "figures"])
@pytest.mark.parametrize("below", ["", "/history", "/definitions"])
def test_a_record_that_does_not_exist_is_named(reader: FlaskClient, name: str, below: str):
    answer = reader.get(f"/api/v1/{name}/nobody{below}?lang=en")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    if answer.json["type"] == "/problems/record-not-found":
        assert "“nobody”" in answer.json["detail"]
    else:
        assert (name, below) in [
            ("figures", "/history"),
            *((one, "/definitions") for one in ("countries", "institutions", "figures")),
        ]


def test_texts_are_in_both_languages_and_a_missing_one_is_null(filled: FlaskClient):
    with filled.application.app_context(), transaction() as session:
        named = {"name_en": None, "originals": {"name": {"lang": "nl", "text": "Kantoor"}}}
        factories.institution(session, "xac-office", country_id="XAC", **named)
    record = filled.get("/api/v1/institutions/xac-office").json
    assert record["name"] == {"es": "Oficina xac-office", "en": None, "original": {"lang": "nl", "text": "Kantoor"}}
    assert record["notes"] == {"es": None, "en": None}


def test_instants_and_days_are_iso_8601(reader: FlaskClient):
    for name in (*TOTALS, "figures"):
        for item in reader.get(f"/api/v1/{name}?limit=100").json["items"]:
            assert datetime.fromisoformat(item["changed_at"]).utcoffset() is not None
            assert datetime.fromisoformat(item["recorded_at"]) <= datetime.fromisoformat(item["changed_at"])
            if name == "figures":
                assert date.fromisoformat(item["period_start"]) <= date.fromisoformat(item["period_end"])


def test_unknown_not_applicable_and_none_are_told_apart(filled: FlaskClient):
    with filled.application.app_context(), transaction() as session:
        codes = {"duration_threshold": "na", "population_excluded": "none", "unit": "inferred:count"}
        factories.definition(session, session.get(Production, "xaa-office--returned-nationals"), codes)
    (found,) = filled.get("/api/v1/productions/xaa-office--returned-nationals/definitions").json["items"]
    assert found["attributes"]["duration_threshold"] == {"codes": ["na"], "provenance": "read"}
    assert found["attributes"]["population_excluded"] == {"codes": ["none"], "provenance": "read"}
    assert found["attributes"]["unit"] == {"codes": ["count"], "provenance": "inferred"}
    assert found["attributes"]["statistical_object"] == {"codes": [], "provenance": "unknown"}


def test_who_has_the_newest_version_is_not_sent_it_again(filled: FlaskClient):
    address = "/api/v1/institutions/xaa-office"
    tag = filled.get(address).headers["ETag"]
    unchanged = filled.get(address, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    with filled.application.app_context(), transaction() as session:
        session.get(Institution, "xaa-office").version = 2
    changed = filled.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert changed.headers["ETag"] != tag


def test_two_kinds_of_records_never_share_a_tag(reader: FlaskClient):
    tags = {reader.get(f"/api/v1/{name}").headers["ETag"] for name in ("countries/HND", "countries/GTM")}
    assert len(tags) == 2


# -- definitions and history -----------------------------------------------------------------------------------------


def test_definitions_come_with_the_one_in_force_first_page_by_page(filled: FlaskClient):
    with filled.application.app_context(), transaction() as session:
        production = session.get(Production, "xaa-office--returned-nationals")
        for number in (1, 2, 3):
            factories.definition(session, production, {"unit": "count"}, number=number, id=f"d{number}")
    assert walk(filled, f"/api/v1/productions/{production.id}/definitions?limit=2") == ["d3", "d2", "d1"]


def test_an_indicator_has_its_reference_definition(reader: FlaskClient):
    page = reader.get("/api/v1/indicators/nna-retornados/definitions").json
    assert (page["total"], page["items"][0]["indicator"], page["items"][0]["production"]) == (1, "nna-retornados", None)


def test_the_history_of_a_record_tells_that_of_its_definitions_newest_first(filled: FlaskClient):
    with filled.application.app_context(), transaction() as session:
        production = session.get(Production, "xaa-office--returned-nationals")
        definition = factories.definition(session, production, {"unit": "count"})
        made = ChangeSet(recorded_at=factories.INSTANT, origin="edit", reason="A letter", records=2)
        session.add(made)
        session.flush()
        for kind, record, field in (("production", production.id, "status"), ("definition", definition.id, "unit")):
            session.add(
                HistoryEntry(
                    change_set_id=made.id,
                    kind=kind,
                    record_id=record,
                    version=2,
                    act="change",
                    field=field,
                    before=None,
                    after=json.dumps("active"),
                )
            )
    address = f"/api/v1/productions/{production.id}/history"
    items = [item for page in pages(filled, f"{address}?limit=1") for item in page["items"]]
    assert [(item["kind"], item["field"]) for item in items] == [("definition", "unit"), ("production", "status")]
    assert (items[0]["reason"], items[0]["origin"], items[0]["before"]) == ("A letter", "edit", None)
    assert items[0]["recorded_at"] == factories.INSTANT.isoformat()


def test_the_creation_of_a_record_is_one_entry_of_its_history(reader: FlaskClient):
    history = reader.get("/api/v1/countries/HND/history").json
    assert [(item["act"], item["field"], item["origin"]) for item in history["items"]] == [("create", None, "setup")]


@pytest.mark.parametrize("kinds", [["country"], ["country", "institution"]])
def test_changes_can_be_narrowed_to_kinds_of_records(reader: FlaskClient, kinds: list[str]):
    page = reader.get("/api/v1/changes", query_string={"kind": kinds, "limit": 100}).json
    assert page["total"] == sum({"country": 15, "institution": 121}[kind] for kind in kinds)
    assert {item["kind"] for item in page["items"]} <= set(kinds)
    assert reader.get("/api/v1/changes?kind=lighthouse").status_code == 422


# -- what no list of records does ------------------------------------------------------------------------------------


def test_lists_go_on_while_the_index_is_away(filled: FlaskClient, empty_app: Flask):
    folder = empty_app.extensions["acervo.installation"].data_dir / "index"
    folder.rename(folder.with_name("away"))
    assert walk(filled, "/api/v1/institutions") == ["int-body", "xaa-office", "xab-office"]
    answer = filled.get("/api/v1/institutions?country=XAA")
    assert (answer.status_code, [item["id"] for item in answer.json["items"]]) == (200, ["xaa-office"])


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reading_is_all_that_this_version_does(reader: FlaskClient, method: str):
    for name in ("countries", "countries/HND", "figures", "search"):
        answer = getattr(reader, method)(f"/api/v1/{name}")
        assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/countries/{}",
        "/api/v1/countries/{}/history",
        "/api/v1/productions?country={}",
        "/api/v1/figures?country={}",
        "/api/v1/search?q=retornados&country={}",
    ],
)
def test_the_code_of_a_country_is_taken_in_either_case(reader: FlaskClient, address: str):
    small, large = (reader.get(address.format(code)) for code in ("hnd", "HND"))
    assert (small.status_code, large.status_code) == (200, 200)
    small_answer, large_answer = small.json, large.json
    assert {**small_answer, "next": None} == {**large_answer, "next": None}
    assert large_answer.get("total") != 0


@pytest.mark.parametrize(
    "address", ["/es/countries/{}", "/es/institutions?country={}", "/en/search?country={}&kind=production"]
)
def test_pages_take_it_in_either_case_too(reader: FlaskClient, address: str):
    small, large = (reader.get(address.format(code)).text for code in ("hnd", "HND"))
    assert small.replace("hnd", "HND") == large.replace("hnd", "HND")

"""The search of the API, and the page and the command that give the same."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.backend import FACETS, SORTS
from search.schemas import FacetArguments, SearchArguments
from search.shapes import without_marks
from tests.commands import acervo
from tests.conftest import make_app
from web.api import Arguments

ALL = 379


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/search", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def walk(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    """Every hit of a search, by its own ``next``."""
    page = ask(client, **query)
    hits, total = page["items"], page["total"]
    while page["next"]:
        page = client.get(page["next"]).json
        hits += page["items"]
        assert page["total"] == total
    assert len({(hit["kind"], hit["id"]) for hit in hits}) == len(hits) == total
    return hits


def test_an_answer_has_all_that_the_contract_names(reader: FlaskClient):
    page = ask(reader, q="¿quién tiene datos de niñez retornada en Honduras?", lang="es")
    assert {"items", "total", "next", "facets", "corrected", "answer"} <= set(page)
    assert set(page["facets"]) == set(FACETS)
    for values in page["facets"].values():
        assert all(set(value) == {"value", "label", "count", "selected"} for value in values)


def test_the_parameters_are_the_facets_of_the_search():
    assert set(FacetArguments().fields) - set(Arguments().fields) == set(FACETS)
    assert set(SearchArguments().fields) == {*FacetArguments().fields, "q", "sort", "literal"}


def test_an_empty_search_lists_all(reader: FlaskClient):
    page = ask(reader)
    assert (page["total"], len(page["items"]), page["answer"], page["corrected"]) == (ALL, 25, None, None)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(("q", "least"), [("", ALL), ("retornados", 30), ("migración honduras", 5)])
def test_the_pages_of_a_search_hold_every_hit_once_whatever_the_order(
    reader: FlaskClient, q: str, least: int, lang: str, sort: str
):
    assert len(walk(reader, q=q, sort=sort, lang=lang, limit=17)) >= least


def test_the_same_hits_come_in_every_order(reader: FlaskClient):
    found = [{hit["id"] for hit in walk(reader, q="retornados", sort=sort, limit=100)} for sort in SORTS]
    assert found[0] == found[1] == found[2]


def test_hits_are_ordered_by_change_newest_first(reader: FlaskClient):
    changed = [hit["changed_at"] for hit in walk(reader, sort="changed", limit=100)]
    assert all(earlier >= later for earlier, later in pairwise(changed))


def test_titles_are_ordered_in_the_reader_s_language(reader: FlaskClient):
    for lang, first in (("es", "kind=country"), ("en", "kind=country")):
        hits = reader.get(f"/api/v1/search?sort=title&lang={lang}&{first}").json["items"]
        names = [hit["title"][lang] for hit in hits]
        assert names[0].startswith("Bel")
        assert sorted(names, key=lambda name: name.casefold().replace("é", "e").replace("á", "a")) == names


def test_a_facet_ignores_its_own_filter_and_counts_what_each_value_would_give(reader: FlaskClient):
    page = ask(reader, q="retornados", country="HND")
    counts = {value["value"]: value for value in page["facets"]["country"]}
    assert counts["HND"] == {"value": "HND", "label": "Honduras", "count": page["total"], "selected": True}
    assert ask(reader, q="retornados", country="GTM")["total"] == counts["GTM"]["count"] > 0
    both = ask(reader, q="retornados", country=["HND", "GTM"])
    assert both["total"] <= counts["HND"]["count"] + counts["GTM"]["count"]
    assert {hit["country"] for hit in both["items"] if hit["kind"] == "production"} <= {"HND", "GTM"}


def test_labels_and_messages_are_in_the_language_asked_for(reader: FlaskClient):
    for lang, label in (("es", "Producción"), ("en", "Production")):
        labels = {value["value"]: value["label"] for value in ask(reader, lang=lang)["facets"]["kind"]}
        assert labels["production"] == label


def test_the_language_follows_the_browser_where_none_is_asked_for(reader: FlaskClient):
    answer = reader.get("/api/v1/search", headers={"Accept-Language": "en"})
    assert any(value["label"] == "Production" for value in answer.json["facets"]["kind"])


def test_a_cache_is_told_what_an_answer_depends_on(reader: FlaskClient):
    assert "Accept-Language" in reader.get("/api/v1/search").headers["Vary"]
    assert "Accept-Language" not in reader.get("/api/v1/search?lang=en").headers.get("Vary", "")


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/api/v1/search", "240"), ("/api/v1/search/suggest", "240"), ("/es/search", "240"), ("/es/search.csv", "30")],
)
def test_searches_and_files_are_counted_by_reader(tmp_path: Path, empty_installation: Path, path: str, limit: str):
    folder = Path(shutil.copytree(empty_installation, tmp_path / "data"))
    client = make_app(folder, ACERVO_RATE_LIMITS="on").test_client()
    left = [client.get(path).headers["X-RateLimit-Remaining"] for _ in range(2)]
    assert left == [str(int(limit) - 1), str(int(limit) - 2)]


def test_a_typing_error_is_corrected_and_the_correction_shown(reader: FlaskClient):
    page = ask(reader, q="retonados", lang="es")
    assert page["corrected"]["typed"] == "retonados"
    assert page["corrected"]["searched"] == "retornados"
    assert page["total"] == ask(reader, q="retornados", lang="es")["total"]
    assert ask(reader, q="retonados", literal="true")["corrected"] is None


def test_every_text_says_of_each_language_whether_it_is_there(reader: FlaskClient):
    hits = walk(reader, limit=100)
    assert {hit["kind"] for hit in hits} == {"country", "institution", "indicator", "production"}
    for hit in hits:
        texts = [hit["title"], hit.get("country_name"), hit.get("summary")]
        texts += [hit[name]["name"] for name in ("institution", "indicator") if name in hit]
        assert all(set(text) == {"es", "en"} for text in texts if text is not None)


def test_a_hit_is_the_record_of_the_same_identifier(reader: FlaskClient):
    (hit,) = [
        hit for hit in ask(reader, q="hnd-senaf--nna-retornados")["items"] if hit["id"] == "hnd-senaf--nna-retornados"
    ]
    record = reader.get("/api/v1/productions/hnd-senaf--nna-retornados").json
    assert {lang: record["title"][lang] for lang in ("es", "en")} == hit["title"]
    assert (hit["confirmed"], hit["changed_at"]) == (record["confirmed"], record["changed_at"])
    assert (hit["institution"]["id"], hit["indicator"]["id"]) == (record["institution"], record["indicator"])


def test_found_words_are_marked_in_markup_that_is_otherwise_text(reader: FlaskClient):
    hit = ask(reader, q="retornados", lang="es")["items"][0]
    assert "<mark>" in hit["highlight"]["title"] + hit["highlight"]["passage"]
    assert "<" not in without_marks(hit["highlight"]["title"])


@pytest.mark.parametrize(
    "text",
    ['"', "'; DROP TABLE country; --", "AND OR NOT", "title:x", "*", "\x00", "(" * 500, "de la que", "a" * 10_000],
)
@pytest.mark.parametrize("path", ["/api/v1/search", "/es/search", "/en/search", "/api/v1/search/suggest"])
def test_whatever_is_typed_gets_an_ordinary_answer(reader: FlaskClient, path: str, text: str):
    assert reader.get(path, query_string={"q": text}).status_code == 200


@pytest.mark.parametrize("query", ["country=ZZZ", "kind=lighthouse", "year=never", "institution=" + "a" * 200])
def test_a_value_that_nothing_has_finds_nothing(reader: FlaskClient, query: str):
    assert reader.get(f"/api/v1/search?{query}").json["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=best", "sort"),
        ("limit=0", "limit"),
        ("lang=fr", "lang"),
        ("literal=maybe", "literal"),
        ("topic=" + "a" * 201, "topic.0"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(reader: FlaskClient, query: str, field: str):
    answer = reader.get(f"/api/v1/search?{query}")
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, [field])


def test_while_the_index_is_away_the_database_answers_and_says_so(app: Flask, client: FlaskClient):
    folder = app.extensions["acervo.installation"].data_dir / "index"
    folder.rename(folder.with_name("away"))
    page = ask(client, q="retornados", topic="return")
    assert (page["degraded"], page["answer"], page["facets"]) == (True, None, {})
    assert page["total"] > 0
    shown = client.get("/en/search?q=retornados&topic=return").text
    assert "The full search is away" in shown
    assert f"{page['total']} records" in shown
    # What would need the index is not offered.
    assert "/en/search.csv" not in shown


def test_while_the_index_is_away_nothing_found_is_no_statement_about_the_registry(app: Flask, client: FlaskClient):
    folder = app.extensions["acervo.installation"].data_dir / "index"
    folder.rename(folder.with_name("away"))
    shown = client.get("/en/search?q=retonrados").text
    assert "Nothing found" in shown
    assert "Try again" in shown
    assert "This registry records nothing" not in shown
    assert "nobody has told us" not in shown


# -- suggestions -----------------------------------------------------------------------------------------------------


def suggestions(client: FlaskClient, text: str, lang: str = "es") -> list[dict[str, Any]]:
    answer = client.get("/api/v1/search/suggest", query_string={"q": text, "lang": lang})
    assert answer.status_code == 200
    groups: list[dict[str, Any]] = answer.json["groups"]
    return groups


def test_names_that_begin_as_typed_are_suggested_by_kind_at_most_eight(reader: FlaskClient):
    groups = suggestions(reader, "mig")
    assert len({group["kind"] for group in groups}) == len(groups) > 1
    items = [item for group in groups for item in group["items"]]
    assert 1 < len(items) <= 8
    for item in items:
        assert reader.get(item["address"]).status_code == 200


def test_nothing_is_suggested_for_nothing(reader: FlaskClient):
    assert suggestions(reader, "") == suggestions(reader, "  ") == suggestions(reader, "qqqq") == []


def test_a_suggestion_is_named_and_labelled_in_the_reader_s_language(reader: FlaskClient):
    for lang, label, title in (("es", "País", "Belice"), ("en", "Country", "Belize")):
        (group,) = [group for group in suggestions(reader, "beli", lang) if group["kind"] == "country"]
        assert (group["label"], group["items"][0]["title"]) == (label, title)


# -- page, command ---------------------------------------------------------------------------------------------------


def test_the_command_gives_the_api_s_answer(reader: FlaskClient, regional_app: Flask):
    folder = regional_app.extensions["acervo.installation"].data_dir
    result = acervo(
        folder,
        "search",
        "retornados",
        "--country",
        "hnd",
        "--country",
        "GTM",
        "--kind",
        "production",
        "--lang",
        "en",
        "--limit",
        "3",
        "--json",
    )
    page = ask(reader, q="retornados", country=["HND", "GTM"], kind="production", lang="en", limit=3)
    said = json.loads(result.stdout)
    assert {**said, "next": None} == {**page, "next": None}
    assert reader.get(said["next"]).json["items"] == reader.get(page["next"]).json["items"] != []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "--limit", "0"],
        ["a", "--limit", "101"],
        ["a", "--lang", "fr"],
        ["a", "--kind", "lighthouse"],
        ["a", "b"],
        ["a", "--bogus"],
    ],
)
def test_a_search_that_is_asked_wrongly_ends_with_two(regional_app: Flask, arguments: list[str]):
    folder = regional_app.extensions["acervo.installation"].data_dir
    result = acervo(folder, "search", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_search_that_finds_nothing_ends_with_nought(regional_app: Flask):
    folder = regional_app.extensions["acervo.installation"].data_dir
    result = acervo(folder, "search", "qqqqqq", "--country", "ZZZ", "--json")
    assert (result.exit_code, json.loads(result.stdout)["total"]) == (0, 0)


def test_the_command_speaks_to_people_too(regional_app: Flask):
    folder = regional_app.extensions["acervo.installation"].data_dir
    told = acervo(folder, "search", "retonados", "--lang", "es").stdout
    assert "retornados" in told
    assert "<mark>" not in told
    assert "hnd-senaf--nna-retornados" in acervo(folder, "search", "niñez retornada honduras").stdout


def test_the_page_takes_the_parameters_of_the_api(reader: FlaskClient):
    page = reader.get("/en/search?q=retornados&kind=production&country=HND&country=GTM&sort=title")
    total = ask(reader, q="retornados", kind="production", country=["HND", "GTM"], lang="en")["total"]
    assert page.status_code == 200
    assert f"{total}" in page.text
    assert reader.get("/en/search?limit=100000&sort=best&lang=fr&year=&kind=x").status_code == 200
    assert reader.get("/en/search?cursor=zz").status_code == 400

"""The home page and the file of the matrix, as a reader meets them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from catalog.database import transaction
from tests import factories
from web import cursors


@pytest.mark.parametrize(
    ("lang", "said"),
    [("es", ("Quién tiene qué", "no consta", "Retorno y deportación")), ("en", ("Who holds what", "not recorded"))],
)
def test_the_home_page_shows_who_holds_what_in_both_languages(reader, lang, said):
    response = reader.get(f"/{lang}/")
    assert response.status_code == 200
    assert not [text for text in said if text not in response.text]
    assert f'<html lang="{lang}">' in response.text


def test_a_place_leads_to_the_production_and_says_what_is_unconfirmed(reader):
    text = reader.get("/es/").text
    assert '<a class="m-held" href="/es/productions/hnd-senaf--nna-retornados"><span>SENAF</span></a>' in text
    assert re.search(
        r'class="m-held open" href="/es/productions/nic-[^"]+"><span>DGME</span><span class="vh">, sin', text
    )
    assert "<s>DINAF</s>" in text


def test_the_first_topic_is_chosen_and_another_one_can_be(reader):
    text = reader.get("/es/?topic=remittances").text
    assert re.search(r'aria-current="page">Remesas', text)
    assert "Remesas recibidas" in text
    assert "SENAF" not in text


@pytest.mark.parametrize("query", ["topic=nonsense", "columns=-1", "columns=abc", "columns=999", "topic="])
def test_a_parameter_that_means_nothing_still_shows_a_page(reader, query):
    assert reader.get(f"/es/?{query}").status_code == 200


@pytest.mark.parametrize("cursor", ["abc", "%00", cursors.encode(["x", 1]), cursors.encode([1, 2, 3]), "9" * 2_000])
def test_a_broken_cursor_is_a_bad_request(reader, cursor):
    assert reader.get(f"/es/?cursor={cursor}").status_code == 400


def test_all_indicators_are_shown_fifty_at_a_time(reader):
    first = reader.get("/en/?topic=all").text
    assert first.count('<th scope="row"><a href="/en/indicators/') == 50
    address = re.search(r'href="(/en/\?topic=all&amp;cursor=[^"#]+)', first)
    assert address
    second = reader.get(address[1].replace("&amp;", "&")).text
    assert second.count('<th scope="row"><a href="/en/indicators/') == 1


def test_a_confirmed_absence_is_told_on_the_page(client, app):
    with app.app_context(), transaction() as session:
        factories.absence(session, indicator_id="nna-retornados", country_id="PAN", said_by_id="pan-inec")
    text = client.get("/es/").text
    assert "Nadie lo tiene, según INEC (1 feb 2026)." in text
    assert re.search(r'class="m-none" href="/es/indicators/nna-retornados"', text)


def test_the_page_says_how_much_is_unknown(reader):
    text = reader.get("/en/").text
    assert "<b>192</b>productions" in text
    assert re.search(r"<b>\d\d%</b>of the attributes of definitions are unknown", text)


def test_an_empty_registry_says_what_to_do_next(empty_client):
    for lang in ("es", "en"):
        response = empty_client.get(f"/{lang}/")
        assert response.status_code == 200
        assert "acervo setup" in response.text
        assert "acervo import" in response.text


def test_the_home_page_is_light(reader):
    response = reader.get("/es/?topic=all", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) < 40_000


def test_the_page_has_nothing_inline(reader):
    text = reader.get("/es/").text
    assert not re.search(r"<style|style=|\son\w+=|<script(?! src)", text)


def test_the_matrix_can_be_taken_away_whole(reader):
    response = reader.get("/en/matrix.csv")
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert {row["state"] for row in rows} == {"held", "held_unconfirmed", "not_recorded"}
    (held,) = [row for row in rows if (row["indicator"], row["country"]) == ("nna-retornados", "HND")]
    assert held["holders"] == "SENAF; DINAF"
    assert "licenses/by/4.0" in response.headers["Link"]


def test_the_matrix_of_a_topic_can_be_taken_away(reader):
    rows = list(csv.DictReader(io.StringIO(reader.get("/en/matrix.csv?topic=return").text)))
    assert {row["topic"] for row in rows} == {"return"}


def test_the_file_of_a_topic_that_does_not_exist_is_not_found(reader):
    assert reader.get("/es/matrix.csv?topic=nonsense").status_code == 404


def test_the_answer_is_the_same_on_page_api_and_command(reader, regional_app):
    import json

    from search.cli import search_command

    question = "¿quién tiene datos de niñez retornada en Honduras?"
    page = reader.get("/es/search", query_string={"q": question}).text
    api = reader.get("/api/v1/search", query_string={"q": question, "lang": "es"}).json["answer"]
    with regional_app.app_context():
        said = regional_app.test_cli_runner().invoke(search_command, [question, "--lang", "es", "--json"])
    assert json.loads(said.stdout)["answer"] == api
    line = api["lines"][0]
    assert line["records"][0]["id"] == "hnd-senaf"
    assert re.sub(r"<[^>]+>", "", page).count(line["text"]["es"].partition(" Última")[0]) == 1
    assert '<strong><a href="/es/institutions/hnd-senaf">SENAF</a></strong>' in page
    assert '<a href="/es/productions/hnd-senaf--nna-retornados">NNA retornados atendidos</a>' in page

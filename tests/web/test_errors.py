from __future__ import annotations

from unicodedata import category

import pytest
from flask.testing import FlaskClient


def test_a_foreseen_error_says_what_happened(small: FlaskClient):
    answer = small.get("/api/v1/refused?lang=en")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json == {
        "type": "/problems/refused",
        "title": "We cannot find that page.",
        "status": 404,
        "detail": "There is no <b>lighthouse</b> here.",
        "instance": "/api/v1/refused",
        "errors": [],
    }


def test_an_unforeseen_error_tells_nothing_of_the_inside(small: FlaskClient, caplog: pytest.LogCaptureFixture):
    answer = small.get("/api/v1/broken?lang=en")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert answer.json["detail"] == "Nothing was changed. Try again in a while."
    assert "unforeseen" in caplog.text


def test_a_broken_cursor_says_how_to_go_on(small: FlaskClient):
    answer = small.get("/api/v1/cursor?lang=en")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-cursor")
    assert "without a cursor" in answer.json["detail"]


def test_a_wrong_method_says_which_are_right(small: FlaskClient):
    answer = small.delete("/api/v1/refused")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(("lang", "title"), [("es", "No encontramos esa página."), ("en", "We cannot find that page.")])
def test_a_page_that_is_not_there_says_so_in_the_reader_s_language(reader: FlaskClient, lang: str, title: str):
    answer = reader.get(f"/{lang}/nothing-here")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert f"<h1>{title}</h1>" in answer.text
    assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("path", ["/es/search", "/en/countries/HND"])
def test_a_page_that_cannot_be_written_to_says_so_in_the_reader_s_language(reader: FlaskClient, path: str):
    answer = reader.post(path)
    assert answer.status_code == 405
    assert "Allow" in answer.headers
    assert ("Esta dirección" in answer.text) == path.startswith("/es")


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v1/nothing", "/api/v2/countries", "/api/"])
def test_below_the_api_every_error_is_for_machines(reader: FlaskClient, path: str):
    answer = reader.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_wrong_parameter_is_named(reader: FlaskClient):
    answer = reader.get("/api/v1/countries?limit=1000&lang=fr")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert {one["field"] for one in answer.json["errors"]} == {"limit", "lang"}
    assert "limit" in answer.json["detail"]


def test_a_form_that_is_too_large_is_refused_before_it_is_read(reader: FlaskClient):
    answer = reader.post("/es/corrections/new", data={"text": "a" * 2_000_000})
    assert answer.status_code == 413
    assert "demasiado grande" in answer.text


@pytest.mark.parametrize(
    "path", ["/es/countries/%00", "/es/countries/%ff", "/es/productions/%2e%2e%2f", "/es/%F0%9F%98%80"]
)
def test_an_address_of_strange_signs_is_not_found(reader: FlaskClient, path: str):
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/es/productions/%00%1b", "/es/countries/%00", "/es/%00", "/%00", "/en/%C2%9b"])
def test_an_error_page_repeats_no_control_characters(reader: FlaskClient, path: str):
    answer = reader.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert [sign for sign in answer.text if sign != "\n" and category(sign) == "Cc"] == []

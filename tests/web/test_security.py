from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from web import security
from web.assets import STATIC, static_url

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/es/words", "/api/v1/broken", "/static/acervo.css", "/api/v1/nothing"])
def test_every_answer_forbids_what_no_page_needs(small: FlaskClient, path: str):
    headers = small.get(path).headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["img-src"]) == ("'self'",) * 3
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_no_template_has_style_or_script_of_its_own(file: Path):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    scripts = re.findall(r"<script[^>]*>", text)
    assert all("src=" in script or 'type="application/ld+json"' in script for script in scripts)


def test_nothing_is_asked_of_another_host():
    for file in (STATIC / "acervo.css", STATIC / "acervo.js"):
        assert not re.search(r"https?://|@import|url\(", file.read_text(encoding="utf-8")), file.name


def test_a_long_text_is_compressed_for_who_can_read_it(small: FlaskClient):
    plain, packed = small.get("/es/words"), small.get("/es/words", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 5
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("encodings", ["gzip;q=0", "br", "identity", ""])
def test_nobody_is_sent_what_they_cannot_read(small: FlaskClient, encodings: str):
    assert "Content-Encoding" not in small.get("/es/words", headers={"Accept-Encoding": encodings}).headers


def test_the_head_of_a_page_is_that_of_the_page(small: FlaskClient):
    head, page = small.head("/es/words", headers=GZIP), small.get("/es/words", headers=GZIP)
    assert head.data == b""
    assert head.headers.get("Content-Encoding") == page.headers.get("Content-Encoding")


def test_a_short_answer_is_left_as_it_is(small: FlaskClient):
    assert "Content-Encoding" not in small.get("/es/here", headers=GZIP).headers


def test_a_static_file_is_kept_for_good_under_an_address_of_its_content(small: FlaskClient):
    answer = small.get(static_url("acervo.css"), headers=GZIP)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.data) == (STATIC / "acervo.css").read_bytes()


def test_a_static_file_that_did_not_change_is_not_sent_again(small: FlaskClient):
    first = small.get(static_url("acervo.js"), headers=GZIP)
    again = small.get(static_url("acervo.js"), headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/config.py", "/etc/passwd", ""])
def test_nothing_but_static_files_is_served(reader: FlaskClient, name: str):
    # Two slashes are sent on to one, which is nowhere either.
    assert reader.get(f"/static/{name}", follow_redirects=True).status_code == 404


def test_a_reader_behind_a_proxy_of_this_machine_is_told_apart(small: FlaskClient):
    given = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    assert small.get("/es/here", headers=given).json["address"] == "198.51.100.7"


def test_a_reader_from_elsewhere_cannot_pretend_to_be_another(small: FlaskClient):
    given = {"X-Forwarded-For": "127.0.0.1"}
    answer = small.get("/es/here", headers=given, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.json["address"] == "203.0.113.9"


def test_the_cookie_of_forms_is_for_this_site_and_not_for_scripts(reader: FlaskClient):
    cookie = reader.get("/es/corrections/new").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_reading_sets_no_cookie(reader: FlaskClient):
    for path in ("/es/", "/es/search?q=retornados", "/es/countries/HND", "/es/about", "/api/v1/countries"):
        assert "Set-Cookie" not in reader.get(path).headers, path


def test_a_request_may_hold_no_more_than_its_limit():
    app = Flask(__name__)
    security.init_app(app)
    app.post("/", endpoint="post")(lambda: str(len(request.get_data())))
    client = app.test_client()
    assert client.post("/", data=b"a" * security.LARGEST_REQUEST).status_code == 200
    assert client.post("/", data=b"a" * (security.LARGEST_REQUEST + 1)).status_code == 413

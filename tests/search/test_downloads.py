"""Results as files: every hit, streamed, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.database import transaction
from search import downloads
from search.backend import Hit
from search.indexing import sync_now
from tests import factories
from web import tables

QUERIES = (
    "q=retornados",
    "q=retornados&country=HND&country=GTM",
    "kind=institution&sort=changed",
    "",
    "q=qqqqqq",
    "q=retonados",
)
FORMULAS = ('=HYPERLINK("http://evil.example")', "+1+1", "-1-1", "@SUM(A1)", "\t=1")


def found(client: FlaskClient, query: str, lang: str = "es") -> set[str]:
    """What the search itself finds."""
    following: str | None = f"/api/v1/search?{query}&lang={lang}&limit=100"
    ids: set[str] = set()
    while following:
        page = client.get(following).json
        ids |= {hit["id"] for hit in page["items"]}
        following = page["next"]
    return ids


def as_csv(client: FlaskClient, query: str, lang: str = "es") -> list[dict[str, str]]:
    answer = client.get(f"/{lang}/search.csv?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def as_rows(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/es/search.xlsx?{query}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    heading, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]  # type: ignore[arg-type]


def as_lines(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/es/search.jsonl?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("query", QUERIES)
def test_every_file_holds_each_hit_of_the_search_once(reader: FlaskClient, query: str):
    wanted = found(reader, query)
    for read in (as_csv, as_rows, as_lines):
        ids = [row["id"] for row in read(reader, query)]
        assert len(ids) == len(set(ids))
        assert set(ids) == wanted


def test_a_place_in_the_list_of_hits_and_its_length_do_not_cut_a_file(reader: FlaskClient):
    cursor = reader.get("/api/v1/search?q=retornados&limit=1").json["next"].partition("cursor=")[2]
    assert len(as_csv(reader, f"q=retornados&limit=1&cursor={cursor}")) == len(found(reader, "q=retornados"))


def test_the_page_links_to_files_of_the_same_search(reader: FlaskClient):
    page = reader.get("/en/search?q=retornados&country=HND").text
    for form in ("csv", "xlsx", "jsonl"):
        assert f'href="/en/search.{form}?q=retornados&amp;country=HND"' in page


def test_a_row_has_the_columns_of_the_heading_and_the_values_of_its_record(reader: FlaskClient):
    (row,) = [one for one in as_csv(reader, "q=hnd-senaf--nna-retornados") if one["id"] == "hnd-senaf--nna-retornados"]
    record = reader.get(f"/api/v1/productions/{row['id']}").json
    assert tuple(row) == downloads.COLUMNS
    assert (row["title_es"], row["title_en"]) == (record["title"]["es"] or "", record["title"]["en"] or "")
    assert (row["country"], row["institution"], row["indicator"]) == ("HND", record["institution"], record["indicator"])
    assert row["confirmed"] == ("yes" if record["confirmed"] else "no")
    assert row["first_year"] == str(record["first_year_seen"] or "")


def test_a_line_of_json_is_a_hit_of_the_api_without_its_marks(reader: FlaskClient):
    hits = {hit["id"]: hit for hit in reader.get("/api/v1/search?q=retornados&limit=100").json["items"]}
    for line in as_lines(reader, "q=retornados"):
        assert {**line, "highlight": hits[line["id"]]["highlight"]} == hits[line["id"]]


def test_what_is_unknown_is_empty_and_never_nought(empty_app: Flask):
    with empty_app.app_context():
        with transaction() as session:
            factories.production(session, periodicity=None)
        sync_now()
    (row,) = as_csv(empty_app.test_client(), "kind=production&periodicity=unknown")
    assert (row["periodicity"], row["first_year"], row["last_year"]) == ("", "", "")


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_file_has_a_name_and_its_licence(reader: FlaskClient, form: str):
    headers = reader.get(f"/en/search.{form}?q=retornados").headers
    assert headers["Content-Disposition"] == f'attachment; filename="acervo-en.{form}"'
    assert 'licenses/by/4.0/>; rel="license"' in headers["Link"]


def test_no_other_form_is_offered(reader: FlaskClient):
    assert reader.get("/es/search.exe?q=a").status_code == 404


@pytest.fixture
def hostile(empty_app: Flask) -> FlaskClient:
    """A catalogue with titles that a spreadsheet would run."""
    with empty_app.app_context():
        with transaction() as session:
            for number, title in enumerate(FORMULAS):
                factories.institution(
                    session, f"office-{number}", country_id=None, name_es=title, name_en=f"Office {number}"
                )
        sync_now()
    return empty_app.test_client()


def test_no_text_of_a_csv_file_is_taken_for_a_formula(hostile: FlaskClient):
    assert sorted(row["title_es"] for row in as_csv(hostile, "")) == sorted(f"'{title}" for title in FORMULAS)


def test_a_text_of_a_workbook_is_a_text_whatever_it_begins_with(hostile: FlaskClient):
    answer = hostile.get("/es/search.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sorted(str(cell.value) for cell in cells) == sorted(FORMULAS)


def test_a_line_of_json_keeps_every_sign(hostile: FlaskClient):
    assert sorted(line["title"]["es"] for line in as_lines(hostile, "")) == sorted(FORMULAS)


# -- large results ---------------------------------------------------------------------------------------------------


def hits(count: int) -> Iterator[Hit]:
    """So many hits, made one after the other."""
    for number in range(count):
        card = {"title": {"es": f"Producción {number} " + "x" * 300}, "country": "XAA", "checked": True}
        yield Hit("production", f"p{number}", 1, card, "", "es", "", "es", "2026-01-01T00:00:00+00:00", 0.0)


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_memory_does_not_grow_with_the_length_of_a_file(form: str):
    write = {
        "csv": downloads.as_csv,
        "jsonl": downloads.as_json_lines,
        "xlsx": lambda given: downloads.as_workbook(0, given),
    }[form]

    def most_bytes(count: int) -> int:
        tracemalloc.start()
        for _part in write(hits(count)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    most_bytes(10)
    # Two thousand rows more are 700 KB of text.
    assert most_bytes(2_500) - most_bytes(500) < 200_000


def test_lines_are_sent_before_the_last_hit_is_read():
    read = 0

    def counted() -> Iterator[Hit]:
        nonlocal read
        for hit in hits(1_000):
            read += 1
            yield hit

    lines = downloads.as_csv(counted())
    next(lines)
    next(lines)
    assert read == 1


def test_more_hits_than_a_sheet_can_hold_are_refused_with_what_to_do(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(downloads, "ROWS_OF_A_SHEET", 100)
    answer = reader.get("/en/search.xlsx")
    assert answer.status_code == 422
    assert "Take CSV or JSON Lines" in answer.text
    assert reader.get("/en/search.csv").status_code == 200
    assert tables.ROWS_OF_A_SHEET == 1_048_576


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_a_file_that_would_be_incomplete_is_not_given(app: Flask, client: FlaskClient, form: str):
    folder = app.extensions["acervo.installation"].data_dir / "index"
    folder.rename(folder.with_name("away"))
    answer = client.get(f"/en/search.{form}?q=retornados")
    assert answer.status_code == 503
    assert "Try again" in answer.text

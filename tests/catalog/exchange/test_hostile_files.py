"""Files that are damaged, that lie about what they are, or that were made to do harm: refused in words, quickly."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.catalog.exchange.files import (
    COUNTRY,
    INSTITUTION,
    bring,
    brought,
    dump,
    heading_of,
    only,
    places,
    refused,
    write_csv,
    write_jsonl,
    write_xlsx,
)
from tests.catalog.exchange.hostile import MEBIBYTE, csv_bytes, within, zipped
from web.locale import language, translate

NOT_WHAT_THEY_SAY: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "a PDF named csv": ("institutions.csv", lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
    "a gzip named csv": ("institutions.csv", lambda tmp: gzip.compress(csv_bytes(tmp, INSTITUTION))),
    "a picture named csv": ("institutions.csv", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "an old workbook named csv": ("institutions.csv", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "bytes named csv": ("institutions.csv", lambda _: bytes(range(256)) * 8),
    "an executable named csv": ("institutions.csv", lambda _: b"\x7fELF\x02\x01\x01" + bytes(60)),
    "a zip of csv named csv": ("institutions.csv", lambda tmp: zipped(institutions_csv=csv_bytes(tmp, INSTITUTION))),
    "a workbook named csv": (
        "institutions.csv",
        lambda tmp: write_xlsx(tmp / "b.xlsx", {"institutions": [INSTITUTION]}).read_bytes(),
    ),
    "a workbook named zip": (
        "all.zip",
        lambda tmp: write_xlsx(tmp / "b.xlsx", {"institutions": [INSTITUTION]}).read_bytes(),
    ),
    "csv named xlsx": ("institutions.xlsx", lambda tmp: csv_bytes(tmp, INSTITUTION)),
    "csv named jsonl": ("institutions.jsonl", lambda tmp: csv_bytes(tmp, INSTITUTION)),
    "json lines named csv": (
        "institutions.csv",
        lambda tmp: write_jsonl(tmp / "j.jsonl", {"institutions": [INSTITUTION]}).read_bytes(),
    ),
    "a web page named csv": ("institutions.csv", lambda _: b"<!DOCTYPE html><title>Sign in</title>"),
    "a web page named xlsx": ("institutions.xlsx", lambda _: b"<html><table><tr><td>id</td></tr></table></html>"),
    "UTF-16 with its mark": ("institutions.csv", lambda tmp: csv_bytes(tmp, INSTITUTION).decode().encode("utf-16")),
    "UTF-16 without a mark": ("institutions.csv", lambda tmp: csv_bytes(tmp, INSTITUTION).decode().encode("utf-16-le")),
    "UTF-32": ("institutions.csv", lambda tmp: csv_bytes(tmp, INSTITUTION).decode().encode("utf-32")),
    "a text document": ("institutions.xlsx", lambda _: zipped(mimetype=b"application/vnd.oasis.opendocument.text")),
    "a word document": ("institutions.xlsx", lambda _: zipped(word__document=b"x", **{"[Content_Types].xml": b"<x/>"})),
    "a zip cut short": ("all.zip", lambda tmp: zipped(institutions_csv=csv_bytes(tmp, INSTITUTION))[:-30]),
    "a zip of nothing": ("all.zip", lambda _: zipped()),
    "a zip without csv": ("all.zip", lambda _: zipped(readme=b"hello")),
    "nothing at all named csv": ("institutions.csv", lambda _: b""),
    "nothing at all named jsonl": ("all.jsonl", lambda _: b""),
    "nothing at all named xlsx": ("all.xlsx", lambda _: b""),
    "nothing at all named zip": ("all.zip", lambda _: b""),
    "white space": ("institutions.csv", lambda _: b"\n\n  \n\t\n"),
    "a mark and nothing else": ("institutions.csv", lambda _: b"\xef\xbb\xbf"),
    "a list of json": ("all.json", lambda _: b'[{"kind": "country", "id": "XAA"}]'),
    "a word": ("institutions.csv", lambda _: b"hello"),
    "another table": ("sales.csv", lambda _: b"date,amount\n2024-01-01,5\n"),
}


@pytest.mark.parametrize("case", NOT_WHAT_THEY_SAY)
def test_a_file_that_is_not_what_it_says_is_refused(case: str, filled: sa.Engine, tmp_path: Path):
    name, make = NOT_WHAT_THEY_SAY[case]
    file = tmp_path / "in" / name
    file.parent.mkdir()
    file.write_bytes(make(tmp_path))
    assert {problem.file for problem in refused(filled, file)} == {name}


def test_a_zip_is_called_by_words_of_the_reader_s_language(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "institutions.csv"
    file.write_bytes(zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION)))
    problem = only(bring(filled, file).problems)
    with language("es"):
        said = translate(problem.message, problem.facts) + translate(problem.repair, problem.facts)
    assert "csv en un zip" in said
    assert "zipped" not in said


def test_a_pipe_is_no_ordinary_file(filled: sa.Engine, tmp_path: Path):
    os.mkfifo(tmp_path / "countries.csv")
    assert only(bring(filled, tmp_path / "countries.csv").problems).message == "it is no ordinary file"
    assert only(refused(filled, tmp_path)).message == "it is no ordinary file"


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
@pytest.mark.parametrize("content", [b"", b"\x00", b"{", b"PK\x03\x04", b"id\n", b'"', b"\xff\xfe", b"<", b"{}\n"])
def test_a_chosen_format_does_not_make_a_file_what_it_is_not(
    form: str, content: bytes, filled: sa.Engine, tmp_path: Path
):
    file = tmp_path / "file"
    file.write_bytes(content)
    refused(filled, file, form=form)


@pytest.mark.parametrize(
    ("encoding", "text", "said"),
    [
        ("latin-1", "Dirección de Estadística", "latin-1"),
        ("cp850", "Dirección de Estadística", "cp850"),
        ("cp1252", "Dirección «General» – Ñandú", "latin-1"),
        ("latin-1", "É", "latin-1"),
        ("cp850", "á", "cp850"),
    ],
)
def test_another_encoding_is_named_with_row_column_and_what_it_looks_like(
    encoding: str, text: str, said: str, filled: sa.Engine, tmp_path: Path
):
    second = {**INSTITUTION, "id": "xaa-two", "name_es": text, "name_en": "plain"}
    file = write_csv(tmp_path, "institutions", {**INSTITUTION, "name_es": "Oficina"}, second)
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    problem = only(refused(filled, file))
    assert places([problem]) == [("institutions.csv", 3, "name_es")]
    assert problem.facts["encoding"] == said
    assert problem.repair == "save it again as CSV UTF-8"


def test_another_encoding_in_the_heading_is_named(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "institutions.csv"
    file.write_bytes("identificación,país\n".encode("latin-1"))
    assert only(refused(filled, file)).row == 1


def test_another_encoding_within_a_text_of_several_lines_names_the_line(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", {**INSTITUTION, "name_es": "Oficina", "notes": "uno\ndos\ntrés"})
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))
    assert only(refused(filled, file)).row in (2, 4)


def test_bytes_that_are_no_text_beyond_the_first_page_are_named(filled: sa.Engine, tmp_path: Path):
    rows = [{**INSTITUTION, "id": f"xaa-{n}", "notes": "n" * 200} for n in range(50)]
    file = write_csv(tmp_path, "institutions", *rows, {**INSTITUTION, "id": "xaa-last", "name_es": "a\x00b"})
    assert places(refused(filled, file)) == [("institutions.csv", 52, "name_es")]


@pytest.mark.parametrize("length", [1_000_000, 3_000_000])
def test_a_field_of_a_million_characters_is_refused_quickly(length: int, filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION, {**INSTITUTION, "id": "xaa-two", "notes": "x" * length})
    with within(seconds=3, mebibytes=60):
        assert places(refused(filled, file)) == [("institutions.csv", 3, "notes")]


def test_a_line_without_end_is_not_read_into_memory(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION)
    with file.open("ab") as out:
        for _ in range(64):
            out.write(b"x" * MEBIBYTE)
    with within(seconds=5, mebibytes=40):
        assert only(refused(filled, file)).row == 3


def test_a_quotation_mark_that_is_never_closed_names_the_row_it_opens_in(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", *({**INSTITUTION, "id": f"xaa-{n}"} for n in range(20)))
    file.write_text(file.read_text().replace("xaa-3,XAA,", 'xaa-3,XAA,"'))
    assert only(refused(filled, file)).row == 5


def test_a_quotation_mark_in_the_middle_of_a_cell_names_its_row(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION)
    file.write_text(file.read_text().replace("Oficina de Estadística", '"Oficina" de Estadística'))
    assert only(refused(filled, file)).row == 2


def test_lines_that_end_as_on_an_old_machine_are_refused_in_words(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION)
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\r"))
    assert only(refused(filled, file)).file == "institutions.csv"


@pytest.mark.parametrize("columns", [10_000, 600_000])
def test_ten_thousand_columns_are_refused_quickly(columns: int, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "institutions.csv"
    file.write_text(",".join([*heading_of("institutions"), *("x" for _ in range(columns))]) + "\n")
    with within(seconds=5, mebibytes=150):
        refused(filled, file)


def test_ten_thousand_columns_of_different_names_are_refused_quickly(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "institutions.csv"
    file.write_text(",".join([*heading_of("institutions"), *(f"c{n}" for n in range(10_000))]) + "\n")
    with within(seconds=3):
        report = bring(filled, file)
    assert (len(report.problems), report.problems_left_out) == (200, 9_800)


def test_a_heading_and_no_rows_changes_nothing(filled: sa.Engine, tmp_path: Path):
    before = dump(filled)
    assert brought(filled, write_csv(tmp_path, "institutions")) == (0, 0, 0)
    assert dump(filled) == before


@pytest.mark.parametrize(("rows", "seconds", "mebibytes"), [(1_000_000, 30, None), (100_000, 30, 20)])
def test_a_million_wrong_rows_are_counted_and_not_kept(
    rows: int, seconds: float, mebibytes: float | None, filled: sa.Engine, tmp_path: Path
):
    file = write_csv(tmp_path, "countries", COUNTRY)
    with file.open("a") as out:
        out.write("x\n" * rows)
    with within(seconds, mebibytes):
        report = bring(filled, file)
    assert (report.refused, len(report.problems), report.problems_left_out) == (rows, 200, rows - 200)

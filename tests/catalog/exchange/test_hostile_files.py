"""Files that are damaged, that lie about what they are, or that were made to do harm: refused in words, quickly."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from openpyxl.worksheet.formula import ArrayFormula

from tests.catalog.exchange.files import (
    CATALOGUE,
    COUNTRY,
    FIGURE,
    INSTITUTION,
    Row,
    bring,
    brought,
    dump,
    heading_of,
    only,
    places,
    refused,
    shown,
    write_catalogue,
    write_csv,
    write_jsonl,
    write_xlsx,
)
from web.tables import write_workbook

MEBIBYTE = 1 << 20


@contextmanager
def within(seconds: float, mebibytes: float | None = None) -> Iterator[None]:
    """What happens here takes so long of the processor at most, and so much memory (to look at which slows it down)."""
    if mebibytes:
        tracemalloc.start()
    started = time.process_time()
    try:
        yield
        took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < seconds
    assert peak < (mebibytes or 1) * MEBIBYTE


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return out.getvalue()


def csv_bytes(tmp_path: Path, *rows: Row) -> bytes:
    return write_csv(tmp_path / "made", "institutions", *rows).read_bytes()


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


# --- JSON lines


def line(**cells: object) -> bytes:
    return json.dumps({"kind": "institution", **INSTITUTION, **cells}).encode() + b"\n"


JSON_LINES: dict[str, bytes] = {
    "no object": b"[]\n",
    "no kind": b'{"id": "x"}\n',
    "a kind that is no text": b'{"kind": ["institution"], "id": "x"}\n',
    "a kind that is not known": b'{"kind": "user", "id": "x"}\n',
    "no id": b'{"kind": "institution"}\n',
    "an id that is no text": line(id={"a": 1}),
    "an id that is a list": line(id=["a", "b"]),
    "an id that is nothing": line(id=None),
    "an object in a text": line(name_es={"es": "Oficina"}),
    "objects in a list": line(name_es=[{"es": "Oficina"}]),
    "a key that is not known": line(colour="red"),
    "a key twice": b'{"kind": "institution", "id": "x", "id": "xaa-office"}\n',
    "a line cut short": line()[:-10] + b"\n",
    "two objects on a line": line()[:-1] + line(),
    "nested without end": b'{"kind":' + b"[" * 200_000 + b"\n",
    "nested and closed": b'{"kind": "institution", "id": "x", "name_es": ' + b"[" * 900 + b"]" * 900 + b"}\n",
    "half a character": b'{"kind": "institution", "id": "x", "name_es": "\\ud800"}\n',
    "half a character in a key": b'{"kind": "institution", "id": "x", "\\ud800": "x"}\n',
    "half a character in the id": b'{"kind": "institution", "id": "\\ud800"}\n',
    "a character of nought": line(name_es="a\u0000b"),
    "bytes that are no text": line(name_es="X").replace(b'"X"', b'"\xf1"'),
}


@pytest.mark.parametrize("case", JSON_LINES)
def test_a_line_that_is_no_record_is_refused_with_its_number(case: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    file.write_bytes(line(id="xaa-first") + JSON_LINES[case])
    problems = refused(filled, file)
    assert {problem.file for problem in problems} == {"in.jsonl"}
    assert {problem.row for problem in problems} == {2}


@pytest.mark.parametrize(
    "number", ["9" * 5000, "1e999", "-1e999", "NaN", "Infinity", "true", "1e-400000", '"1,5"', "[]"]
)
def test_a_number_that_is_none_is_refused(number: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    cells = json.dumps({"kind": "figure", **FIGURE, "value": "VALUE"}).replace('"VALUE"', number)
    file.write_text(cells + "\n")
    assert {(problem.row, problem.file) for problem in refused(filled, file)} == {(1, "in.jsonl")}


def test_a_number_of_json_is_taken_as_it_is_written(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"kind": "figure", **FIGURE, "value": 1250.5, "checked": True}) + "\n")
    assert brought(filled, file) == (0, 0, 1)


# --- Workbooks

SHEET = "xl/worksheets/sheet1.xml"


def changed_workbook(tmp_path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """A workbook that is right, but for what ``change`` makes of its parts; None leaves a part out."""
    plain = write_xlsx(tmp_path / "plain.xlsx", {"institutions": [INSTITUTION]})
    out = tmp_path / "in.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                archive.writestr(name, content)
        for name, content in more.items():
            archive.writestr(name, content)
    return out


def with_doctype(doctype: str, text: str) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != SHEET:
            return content
        body = content.decode().split("?>", 1)[-1] if content.startswith(b"<?xml") else content.decode()
        return f'<?xml version="1.0"?>{doctype}{body.replace("xaa-office", text)}'.encode()

    return change


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = {
    "a billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "ja">{LAUGHS}]>', "&l11;"),
    "quadratic blow-up": (f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 20_000),
    "an entity of a file": ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
    "an entity of the network": ('<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/x">]>', "&f;"),
    "a parameter entity": ('<!DOCTYPE x [<!ENTITY % f SYSTEM "http://127.0.0.1:9/x.dtd"> %f;]>', "x"),
}


@pytest.mark.parametrize("case", DOCTYPES)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_in_any_part_of_a_workbook_are_refused_before_they_grow(
    case: str, part: str, filled: sa.Engine, tmp_path: Path
):
    doctype, text = DOCTYPES[case]

    def change(name: str, content: bytes) -> bytes:
        if part == SHEET:
            return with_doctype(doctype, text)(name, content)
        if name != part:
            return content
        body = content.decode().split("?>", 1)[-1] if content.startswith(b"<?xml") else content.decode()
        end = body.rindex("</")
        return f'<?xml version="1.0"?>{doctype}{body[:end]}{text}{body[end:]}'.encode()

    file = changed_workbook(tmp_path, change)
    with within(seconds=5, mebibytes=60):
        assert only(refused(filled, file)).file == "in.xlsx"


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused_unopened(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        with archive.open(SHEET, "w", force_zip64=True) as out:
            for _ in range(1050):
                out.write(b" " * MEBIBYTE)
    assert file.stat().st_size < 3 * MEBIBYTE
    with within(seconds=2, mebibytes=20):
        assert only(refused(filled, file)).file == "in.xlsx"


def test_a_workbook_that_lies_about_its_size_is_refused(filled: sa.Engine, tmp_path: Path):
    """The size in the list of contents is what is checked; a part that unpacks to more is damaged."""
    file = changed_workbook(
        tmp_path, lambda name, content: content + b" " * 50 * MEBIBYTE if name == SHEET else content
    )
    data = bytearray(file.read_bytes())
    at = data.rindex(SHEET.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 5000)
    file.write_bytes(data)
    with within(seconds=3, mebibytes=60):
        assert only(refused(filled, file)).file == "in.xlsx"


BROKEN_WORKBOOKS: dict[str, Callable[[str, bytes], bytes | None]] = {
    "no sheet": lambda name, content: None if name == SHEET else content,
    "no book": lambda name, content: None if name == "xl/workbook.xml" else content,
    "no relations": lambda name, content: None if name == "xl/_rels/workbook.xml.rels" else content,
    "a sheet cut short": lambda name, content: content[: len(content) // 2] if name == SHEET else content,
    "a sheet that is no XML": lambda name, content: b"hello" if name == SHEET else content,
    "an empty sheet": lambda name, content: b"" if name == SHEET else content,
    "a book that is no XML": lambda name, content: b"\xff\xfe" if name == "xl/workbook.xml" else content,
    "styles that are no XML": lambda name, content: b"<" if name == "xl/styles.xml" else content,
    "a row that is no number": lambda name, content: content.replace(b'<row r="2"', b'<row r="x"'),
    "a cell without a place": lambda name, content: content.replace(b'r="A2"', b'r="??"'),
    "a shared text that is not there": lambda name, content: content.replace(
        b't="inlineStr"><is><t>xaa-office</t></is>', b't="s"><v>99999</v>'
    ),
    "a number that is none": lambda name, content: content.replace(
        b't="inlineStr"><is><t>xaa-office</t></is>', b't="n"><v>twelve</v>'
    ),
    "a truth that is none": lambda name, content: content.replace(
        b't="inlineStr"><is><t>xaa-office</t></is>', b't="b"><v>perhaps</v>'
    ),
    "a date that is none": lambda name, content: content.replace(
        b't="inlineStr"><is><t>xaa-office</t></is>', b't="d"><v>yesterday</v>'
    ),
    "a style that is not there": lambda name, content: content.replace(b'r="A2"', b'r="A2" s="9999"'),
}


@pytest.mark.parametrize("case", BROKEN_WORKBOOKS)
def test_a_damaged_workbook_is_refused_in_words(case: str, filled: sa.Engine, tmp_path: Path):
    file = changed_workbook(tmp_path, BROKEN_WORKBOOKS[case])
    before = dump(filled)
    report = bring(filled, file)
    assert dump(filled) == before
    assert all(shown(problem) for problem in report.problems)
    # What a spreadsheet program would shrug at may be read, so long as nothing comes of it.
    assert report.problems or (report.created, report.updated) == (0, 0)


def test_a_part_of_a_workbook_with_a_wrong_checksum_is_refused(filled: sa.Engine, tmp_path: Path):
    file = changed_workbook(tmp_path, lambda _, content: content)
    data = bytearray(file.read_bytes())
    at = data.index(SHEET.encode()) + len(SHEET) + 20
    data[at] ^= 0xFF
    file.write_bytes(data)
    assert only(refused(filled, file)).file == "in.xlsx"


def test_a_sheet_that_says_it_is_as_large_as_can_be_costs_no_more_than_it_holds(filled: sa.Engine, tmp_path: Path):
    def change(name: str, content: bytes) -> bytes:
        if name != SHEET:
            return content
        text = content.decode().replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
        return text.replace('<row r="2"', '<row r="1048576"').replace('2" t=', '1048576" t=').encode()

    file = changed_workbook(tmp_path, change)
    with within(seconds=20):
        report = bring(filled, file, dry_run=True)
    assert (report.problems, report.unchanged) == ([], 1)


def test_a_row_beyond_the_last_of_a_sheet_is_damage_and_not_waited_for(filled: sa.Engine, tmp_path: Path):
    file = changed_workbook(tmp_path, lambda _, content: content.replace(b'<row r="2"', b'<row r="99999999999"'))
    with within(seconds=20):
        assert only(refused(filled, file)).message == "the workbook is damaged"


def test_a_cell_far_to_the_right_costs_no_more_than_one_beside_the_heading(filled: sa.Engine, tmp_path: Path):
    rows = "".join(f'<row r="{n}"><c r="XFD{n}" t="inlineStr"><is><t>x</t></is></c></row>' for n in range(3, 20_000))
    file = changed_workbook(
        tmp_path, lambda _, content: content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    )
    with within(seconds=20):
        assert brought(filled, file) == (0, 0, 1)


def test_a_cell_beside_the_heading_is_refused(filled: sa.Engine, tmp_path: Path):
    heading = heading_of("institutions")
    rows = [heading, [*(INSTITUTION.get(name, "") for name in heading), "beside"]]
    write_workbook(tmp_path / "in.xlsx", [("institutions", rows)])
    assert places(refused(filled, tmp_path / "in.xlsx")) == [("in.xlsx", 2, None)]


def test_what_macos_adds_to_an_archive_is_left_alone(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__MACOSX/._institutions.csv", b"\x00\x05\x16\x07" * 20)
        archive.writestr("institutions.csv", csv_bytes(tmp_path, INSTITUTION))
    assert brought(filled, file) == (0, 0, 1)


def test_every_bad_file_of_an_archive_is_told(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    file.write_bytes(zipped(institutions_csv=b"%PDF-1.7", figures_csv=b"", countries_csv=b"\xff" * 9 + b"\n"))
    assert {problem.file for problem in refused(filled, file)} == {
        "in.zip/institutions.csv",
        "in.zip/figures.csv",
        "in.zip/countries.csv",
    }


def test_a_sheet_that_says_it_is_smaller_than_it_is_loses_no_row(filled: sa.Engine, tmp_path: Path):
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"<sheetData>", b'<dimension ref="A1:C1"/><sheetData>') if name == SHEET else content

    file = changed_workbook(tmp_path, change)
    assert brought(filled, file) == (0, 0, 1)


def book_with(tmp_path: Path, **cells: object) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "institutions"
    heading = heading_of("institutions")
    sheet.append(heading)
    for index, name in enumerate(heading, start=1):
        value = cells.get(name, INSTITUTION.get(name))
        if isinstance(value, ArrayFormula):
            sheet[value.ref] = value
        else:
            sheet.cell(2, index, value)
    book.save(tmp_path / "in.xlsx")
    return tmp_path / "in.xlsx"


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://example.org","x")', "=cmd|' /C calc'!A0", ArrayFormula("C2", "=SUM(A1:A9)")]
)
def test_a_formula_in_a_cell_is_refused_with_its_place(formula: object, filled: sa.Engine, tmp_path: Path):
    problem = only(refused(filled, book_with(tmp_path, name_es=formula)))
    assert (problem.sheet, problem.row, problem.column) == ("institutions", 2, "name_es")
    assert problem.message == "the text begins like a formula"


def test_what_a_formula_that_failed_shows_is_refused(filled: sa.Engine, tmp_path: Path):
    assert places(refused(filled, book_with(tmp_path, name_es="#REF!"))) == [("in.xlsx", 2, "name_es")]


def test_a_workbook_without_a_sheet_of_ours_is_refused(filled: sa.Engine, tmp_path: Path):
    openpyxl.Workbook().save(tmp_path / "in.xlsx")
    assert only(refused(filled, tmp_path / "in.xlsx")).file == "in.xlsx"


def test_a_sheet_that_is_empty_is_refused(filled: sa.Engine, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "institutions"
    book.save(tmp_path / "in.xlsx")
    assert {problem.sheet for problem in refused(filled, tmp_path / "in.xlsx")} == {"institutions"}


# --- Archives and places


def test_a_zip_that_unpacks_to_a_gigabyte_is_refused_unread(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("institutions.csv", "w", force_zip64=True) as out:
            out.write(",".join(heading_of("institutions")).encode() + b"\n")
            for _ in range(1050):
                out.write(b"," * MEBIBYTE)
    with within(seconds=3, mebibytes=20):
        assert only(refused(filled, file)).file.startswith("in.zip")


@pytest.mark.parametrize(
    "name", ["../../institutions.csv", "/etc/institutions.csv", "C:\\institutions.csv", "a/../institutions.csv"]
)
def test_names_in_a_zip_lead_nowhere(name: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), csv_bytes(tmp_path, INSTITUTION))
    before = {one for one in tmp_path.rglob("*") if "filled" not in one.name}
    assert brought(filled, file) == (0, 0, 1)
    assert {one for one in tmp_path.rglob("*") if "filled" not in one.name} == before


def patched_zip(tmp_path: Path, offset: int, value: bytes) -> Path:
    """A zip whose two headers have this in place of what belongs there (offset within the local header)."""
    file = tmp_path / "in.zip"
    data = bytearray(zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION)))
    central = data.rindex(b"PK\x01\x02")
    data[offset : offset + len(value)] = value
    data[central + offset + 2 : central + offset + 2 + len(value)] = value
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("offset", "value"),
    [(6, b"\x01\x00"), (8, b"\x63\x00"), (8, b"\x0c\x00"), (8, b"\x0e\x00"), (14, b"\x00\x00\x00\x00")],
    ids=["encrypted", "an unknown method", "bzip2", "lzma", "checksum"],
)
def test_a_zip_that_cannot_be_unpacked_is_refused_in_words(
    offset: int, value: bytes, filled: sa.Engine, tmp_path: Path
):
    assert only(refused(filled, patched_zip(tmp_path, offset, value))).file.startswith("in.zip")


def test_a_zip_whose_content_is_damaged_is_refused_in_words(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    data = bytearray(zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION)))
    data[60:80] = bytes(20)
    file.write_bytes(data)
    problems = refused(filled, file)
    assert all(problem.file.startswith("in.zip") for problem in problems)


def test_a_zip_in_a_zip_is_not_opened(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.zip"
    file.write_bytes(zipped(inner_csv=zipped(institutions_csv=csv_bytes(tmp_path, INSTITUTION))))
    assert only(refused(filled, file)).file.startswith("in.zip")


@pytest.mark.parametrize("path", ["nothing.csv", "no/such/folder", "a" * 300, "a\x00b", ""])
def test_a_path_that_leads_nowhere_is_refused(path: str, filled: sa.Engine, tmp_path: Path):
    refused(filled, tmp_path / "nowhere" / path)


def test_an_empty_folder_is_refused(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "in").mkdir()
    refused(filled, tmp_path / "in")


def test_a_folder_named_as_a_file_and_a_link_to_itself_are_no_trap(filled: sa.Engine, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "institutions.csv").mkdir()
    (folder / "countries.csv").symlink_to(folder)
    (folder / "figures.csv").symlink_to("figures.csv")
    with within(seconds=10):
        refused(filled, folder)


def test_a_link_to_a_file_is_read_as_the_file(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path / "there", "institutions", INSTITUTION)
    (tmp_path / "institutions.csv").symlink_to(file)
    assert brought(filled, tmp_path / "institutions.csv") == (0, 0, 1)


def test_a_pipe_is_not_waited_for(filled: sa.Engine, tmp_path: Path):
    os.mkfifo(tmp_path / "institutions.csv")
    refused(filled, tmp_path / "institutions.csv")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_file_that_cannot_be_read_is_refused_in_words(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "institutions.csv").symlink_to("/proc/self/mem")
    refused(filled, tmp_path / "institutions.csv")


def test_a_bad_file_among_good_ones_keeps_all_of_them_out(filled: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in", countries=[{**COUNTRY, "en": "Changed"}])
    (folder / "figures.csv").write_bytes(b"%PDF-1.7")
    assert {problem.file for problem in refused(filled, folder)} == {"figures.csv"}
    assert len(CATALOGUE) == 7


def test_bytes_of_a_compressed_stream_are_no_csv(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "institutions.csv").write_bytes(zlib.compress(csv_bytes(tmp_path, INSTITUTION) * 50))
    refused(filled, tmp_path / "institutions.csv")

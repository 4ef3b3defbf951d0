"""Workbooks that are damaged, lie about their size, or were made to do harm: refused in words, quickly."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from openpyxl.worksheet.formula import ArrayFormula

from tests.catalog.exchange.files import (
    INSTITUTION,
    bring,
    brought,
    dump,
    heading_of,
    only,
    places,
    refused,
    shown,
    write_xlsx,
)
from tests.catalog.exchange.hostile import MEBIBYTE, csv_bytes, within, zipped
from web.tables import write_workbook

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

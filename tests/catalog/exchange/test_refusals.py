"""What is wrong is named by file, row, column and repair, all of it at once, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog.exchange.collections import collections
from tests.catalog.exchange.files import (
    ABSENCE,
    CONTACT,
    COUNTRY,
    FIGURE,
    INDICATOR,
    INSTITUTION,
    PRODUCTION,
    SOURCE,
    Row,
    bring,
    brought,
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

LONG = "x" * 1_000_000
DEFINITION: Row = {
    "id": f"{PRODUCTION['id']}--d1",
    "production": PRODUCTION["id"],
    "number": "1",
    "statistical_object": "events",
    **SOURCE,
}
GOOD: dict[str, Row] = {
    "countries": COUNTRY,
    "institutions": INSTITUTION,
    "contacts": CONTACT,
    "indicators": INDICATOR,
    "productions": PRODUCTION,
    "definitions": DEFINITION,
    "figures": FIGURE,
    "absences": ABSENCE,
}

# collection, column, what stands in it, a piece of what is said about it in English
BAD_CELLS: list[tuple[str, str, str, str]] = [
    ("countries", "iso3", "hnd", "no country code"),
    ("countries", "iso3", "HN", "no country code"),
    ("countries", "iso3", "HON1", "no country code"),
    ("countries", "iso3", "", "the cell is empty"),
    ("countries", "membership", "friend", "no code of the list"),
    ("countries", "language", "español", "no language code"),
    ("countries", "iso2", "XAA", "3 characters; at most 2"),
    ("countries", "checked", "maybe", "neither yes nor no"),
    ("countries", "checked", "", "the cell is empty"),
    ("countries", "source", "", "the cell is empty"),
    ("institutions", "id", "Xaa-Office", "no identifier"),
    ("institutions", "id", "../../etc/passwd", "no identifier"),
    ("institutions", "id", "a b", "no identifier"),
    ("institutions", "id", "-a", "no identifier"),
    ("institutions", "id", "ñandú", "no identifier"),
    ("institutions", "id", "a" * 121, "no identifier"),
    ("institutions", "id", "'; DROP TABLE country; --", "no identifier"),
    ("institutions", "country", "XZZ", "no country 'XZZ'"),
    ("institutions", "country", "honduras", "no country code"),
    ("institutions", "parent", "nobody", "no institution 'nobody'"),
    ("institutions", "successor", "nobody", "no institution 'nobody'"),
    ("institutions", "parent", "Ministerio de Gobernación", "no identifier"),
    ("institutions", "type", "ministry", "no code of the list"),
    ("institutions", "type", "", "the cell is empty"),
    ("institutions", "status", "ACTIVE", "no code of the list"),
    ("institutions", "website", "www.example.org", "no address of a page"),
    ("institutions", "website", "javascript:alert(1)", "no address of a page"),
    ("institutions", "website", "https://example.org/ <script>", "no address of a page"),
    ("institutions", "name_es", LONG, "1000000 characters"),
    ("institutions", "name_es", "=1+1", "begins like a formula"),
    ("institutions", "name_es", "@SUM(A1)", "begins like a formula"),
    ("institutions", "name_es", "+cmd|' /C calc'!A0", "begins like a formula"),
    ("institutions", "name_es", "-2+3+cmd|' /C calc'!A0", "begins like a formula"),
    ("institutions", "name_es", '-1+HYPERLINK("http://example.org")', "begins like a formula"),
    ("institutions", "parent", "xaa-office", "the institution itself"),
    ("institutions", "name_es", "#REF!", "an error of the spreadsheet"),
    ("institutions", "name_es", "a\x00b", "control characters"),
    ("institutions", "name_es", "a\x1b[31mb", "control characters"),
    ("institutions", "name_es", "a\u202eb", "control characters"),
    ("contacts", "mailbox", "nobody", "no e-mail address"),
    ("contacts", "mailbox", "a@b", "no e-mail address"),
    ("contacts", "institution", "", "the cell is empty"),
    ("contacts", "role", "boss", "no code of the list"),
    ("contacts", "confirmed_on", "05/03/2026", "no date"),
    ("indicators", "topic", "fishing", "no code of the list"),
    ("indicators", "gcm_objective", "1;24", "no objective of the Global Compact"),
    ("indicators", "gcm_objective", "٣", "no objective of the Global Compact"),
    ("indicators", "statistical_object", "people", "no code of statistical_object"),
    ("productions", "institution", "nobody", "no institution 'nobody'"),
    ("productions", "indicator", "nothing", "no indicator 'nothing'"),
    ("productions", "country", "XZZ", "no country 'XZZ'"),
    ("productions", "periodicity", "often", "no code of the list"),
    ("productions", "disaggregations", "sex;shoe_size", "no code of the list"),
    ("productions", "first_year", "19", "no year"),
    ("productions", "first_year", "-2019", "no year"),
    ("productions", "last_year", "2019.0", "no year"),
    ("productions", "last_year", "2018", "2018 comes before 2019"),
    ("productions", "access_url", "ver la página", "no address of a page"),
    ("productions", "status", "open", "no code of the list"),
    ("productions", "statistical_object", "persons;events", "takes one code, not several"),
    ("productions", "statistical_object", "people", "no code of statistical_object"),
    ("productions", "population_included", "nationals;none", "na and none stand alone"),
    ("productions", "population_included", "na;none", "na and none stand alone"),
    ("productions", "duration_threshold", "-1", "no number of duration_threshold"),
    ("productions", "duration_threshold", "a year", "no number of duration_threshold"),
    ("productions", "duration_threshold", "NaN", "no number of duration_threshold"),
    ("productions", "duration_threshold", "1e400", "no number of duration_threshold"),
    ("productions", "duration_threshold", "1_2", "no number of duration_threshold"),
    ("productions", "age_min", "none", "no number of age_min"),
    ("productions", "age_min", "١٢", "no number of age_min"),
    ("productions", "attr_read", "statistical_object;shoe_size", "'shoe_size' is no attribute"),
    ("productions", "attr_read", "regularity", "regularity is named here, but its cell is empty"),
    ("productions", "periods", "held", "no period held or missing"),
    ("productions", "periods", "held 2019; lost 2020", "no period held or missing"),
    ("productions", "valid_from", "2024-02-30", "no date"),
    ("productions", "valid_from", "next year", "no date"),
    ("productions", "registration_status", "blessed", "no code of the list"),
    ("definitions", "production", "nothing", "no production 'nothing'"),
    ("definitions", "number", "0", "no version number"),
    ("definitions", "id", "another", "the identifier of this definition is"),
    ("figures", "production", "nothing", "no production 'nothing'"),
    ("figures", "period_start", "2024-02-30", "no date"),
    ("figures", "period_start", "2023-W01-1", "no date"),
    ("figures", "period_start", "20230101", "no date"),
    ("figures", "period_start", "2023", "no date"),
    ("figures", "period_end", "2022-12-31", "2022-12-31 comes before 2023-01-01"),
    ("figures", "value", "", "the cell is empty"),
    ("figures", "value", "mil", "no number that can be kept"),
    ("figures", "value", "1.989,5", "no number that can be kept"),
    ("figures", "value", "1,989", "no number that can be kept"),
    ("figures", "value", "1_989", "no number that can be kept"),
    ("figures", "value", "١٢", "no number that can be kept"),
    ("figures", "value", "NaN", "no number that can be kept"),
    ("figures", "value", "sNaN", "no number that can be kept"),
    ("figures", "value", "-Infinity", "no number that can be kept"),
    ("figures", "value", "1e999999999", "no number that can be kept"),
    ("figures", "value", "1e-999999999", "no number that can be kept"),
    ("figures", "value", "9" * 400, "no number that can be kept"),
    ("figures", "value", "1234567890123456", "no number that can be kept"),
    ("figures", "value", "123456789012.3456", "no number that can be kept"),
    ("figures", "value", "0.00001", "no number that can be kept"),
    ("figures", "complete", "yes", "a total is no part"),
    ("figures", "published", "mayo de 2024", "no date"),
    ("absences", "said_by", "nobody", "no institution 'nobody'"),
    ("absences", "said_on", "", "the cell is empty"),
]


@pytest.mark.parametrize(
    ("name", "column", "cell", "said"), BAD_CELLS, ids=[f"{c[0]}.{c[1]}={c[2][:20]!r}" for c in BAD_CELLS]
)
def test_a_cell_that_is_wrong_is_named_with_its_place(
    name: str, column: str, cell: str, said: str, filled: sa.Engine, tmp_path: Path
):
    good = {**GOOD[name]}
    problem = only(refused(filled, write_csv(tmp_path, name, {**good, column: cell})))
    assert places([problem]) == [(f"{name}.csv", 2, column)]
    assert said in problem.message % dict(problem.facts)


@pytest.mark.parametrize("name", GOOD)
def test_the_rows_that_those_cells_stand_in_are_right_otherwise(name: str, filled: sa.Engine, tmp_path: Path):
    assert bring(filled, write_csv(tmp_path, name, GOOD[name]), dry_run=True).problems == []


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_the_place_is_named_in_every_format(form: str, filled: sa.Engine, tmp_path: Path):
    catalogue = {"institutions": [INSTITUTION, {**INSTITUTION, "id": "xaa-two", "country": "XZZ"}]}
    file = {
        "csv": lambda: write_csv(tmp_path, "institutions", *catalogue["institutions"]),
        "jsonl": lambda: write_jsonl(tmp_path / "in.jsonl", catalogue),
        "xlsx": lambda: write_xlsx(tmp_path / "in.xlsx", catalogue),
    }[form]()
    problem = only(refused(filled, file))
    row = 2 if form == "jsonl" else 3
    sheet = "institutions" if form == "xlsx" else None
    assert (problem.file, problem.sheet, problem.row, problem.column) == (file.name, sheet, row, "country")


def test_an_identifier_twice_in_one_file_is_named_with_both_rows(filled: sa.Engine, tmp_path: Path):
    problem = only(refused(filled, write_csv(tmp_path, "institutions", INSTITUTION, INSTITUTION)))
    assert places([problem]) == [("institutions.csv", 3, "id")]
    assert "row 2 of institutions.csv" in problem.message % dict(problem.facts)


def test_an_identifier_twice_in_two_files_is_named_with_the_other_file(filled: sa.Engine, tmp_path: Path):
    first = write_csv(tmp_path, "institutions", INSTITUTION)
    second = write_csv(tmp_path, "institutions", INSTITUTION, stem="more")
    problem = only(refused(filled, first, second))
    assert places([problem]) == [("more.csv", 2, "id")]
    assert "row 2 of institutions.csv" in problem.message % dict(problem.facts)


@pytest.mark.parametrize("name", ["indicators", "productions"])
def test_a_repeated_record_that_carries_a_definition_is_one_problem(name: str, filled: sa.Engine, tmp_path: Path):
    problem = only(refused(filled, write_csv(tmp_path, name, GOOD[name], GOOD[name])))
    assert places([problem]) == [(f"{name}.csv", 3, "id")]


def test_the_same_file_twice_is_refused(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION)
    assert places(refused(filled, file, file)) == [("institutions.csv", 2, "id")]


@pytest.mark.parametrize("name", GOOD)
def test_a_column_that_is_missing_is_named(name: str, filled: sa.Engine, tmp_path: Path):
    required = next(one for one in collections().values() if one.name == name).required_headings()
    for column in required:
        heading = [one for one in heading_of(name) if one != column]
        problem = only(refused(filled, write_csv(tmp_path, name, GOOD[name], heading=heading)))
        assert places([problem]) == [(f"{name}.csv", 1, column)]
        assert problem.message == "the column is missing"


def test_a_column_that_is_not_known_is_named(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", {**INSTITUTION, "nombre": "x", "colour": "y"})
    assert places(refused(filled, file)) == [("institutions.csv", 1, "nombre"), ("institutions.csv", 1, "colour")]


def test_a_column_that_stands_there_twice_is_named(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION, heading=[*heading_of("institutions"), "acronym"])
    assert places(refused(filled, file)) == [("institutions.csv", 1, "acronym")]


def test_everything_that_is_wrong_is_said_at_once(filled: sa.Engine, tmp_path: Path):
    folder = write_catalogue(
        tmp_path / "in",
        countries=[{**COUNTRY, "membership": "friend"}],
        institutions=[{**INSTITUTION, "type": "x", "status": "y"}, {**INSTITUTION, "id": "xaa-two", "country": "XZZ"}],
        figures=[{**FIGURE, "value": "mil"}, FIGURE | {"id": "fig-x2", "production": "nothing"}],
    )
    assert sorted(places(refused(filled, folder))) == [
        ("countries.csv", 2, "membership"),
        ("figures.csv", 2, "value"),
        ("figures.csv", 3, "production"),
        ("institutions.csv", 2, "status"),
        ("institutions.csv", 2, "type"),
        ("institutions.csv", 3, "country"),
    ]


def test_one_fault_makes_one_problem_whatever_refers_to_the_record(engine: sa.Engine, tmp_path: Path):
    """A record whose row is refused is still known to the rows that name it."""
    folder = write_catalogue(tmp_path / "in", institutions=[{**INSTITUTION, "type": "x"}])
    assert places(refused(engine, folder)) == [("institutions.csv", 2, "type")]


def test_what_a_file_that_cannot_be_read_would_have_brought_is_not_called_missing(engine: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in")
    (folder / "institutions.csv").write_bytes("id,country\nxaa-office,Espa\xf1a\n".encode("latin-1"))
    assert {problem.file for problem in refused(engine, folder)} == {"institutions.csv"}


def test_a_fault_in_the_last_file_changes_nothing_of_the_first(filled: sa.Engine, tmp_path: Path):
    good = write_csv(tmp_path, "institutions", {**INSTITUTION, "acronym": "NEW"}, {**INSTITUTION, "id": "xaa-new"})
    bad = write_csv(tmp_path, "figures", {**FIGURE, "value": "mil"})
    assert places(refused(filled, good, bad)) == [("figures.csv", 2, "value")]


def test_a_file_wrong_in_every_row_says_so_with_its_first_rows_and_a_count(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", *({**INSTITUTION, "id": f"xaa-{n}", "type": "x"} for n in range(1000)))
    report = bring(filled, file)
    assert (len(report.problems), report.problems_left_out, report.refused) == (200, 800, 1000)
    assert report.problems[0].row == 2


def test_a_definition_of_two_things_or_of_nothing_is_refused(filled: sa.Engine, tmp_path: Path):
    both = {**DEFINITION, "indicator": "returned-nationals"}
    assert only(refused(filled, write_csv(tmp_path, "definitions", both))).column == "production"
    neither = {**DEFINITION, "production": ""}
    assert only(refused(filled, write_csv(tmp_path, "definitions", neither))).column == "production"


def test_a_definition_cannot_move_to_another_production(filled: sa.Engine, tmp_path: Path):
    other = {**PRODUCTION, "id": "another", "attr_read": "", **dict.fromkeys(("statistical_object", "unit"), "")}
    moved = {**DEFINITION, "production": "another"}
    problems = refused(filled, write_csv(tmp_path, "productions", other), write_csv(tmp_path, "definitions", moved))
    assert places(problems) == [("definitions.csv", 2, "id")]


@pytest.mark.parametrize(
    ("name", "column"), [("countries", "es"), ("institutions", "name_es"), ("productions", "title_es")]
)
def test_a_record_without_a_name_in_any_language_is_refused(name: str, column: str, filled: sa.Engine, tmp_path: Path):
    nameless = {**GOOD[name], column: "", column.replace("es", "en"): ""}
    assert places(refused(filled, write_csv(tmp_path, name, nameless))) == [(f"{name}.csv", 2, column)]


def test_an_identifier_as_long_as_may_be_still_has_room_for_its_definitions(filled: sa.Engine, tmp_path: Path):
    longest = max(n for n in range(110, 121) if bring_identifier(filled, tmp_path, "x" * n))
    assert longest + len("--d9999") <= 120


def bring_identifier(engine: sa.Engine, tmp_path: Path, identifier: str) -> bool:
    file = write_csv(tmp_path, "productions", {**PRODUCTION, "id": identifier})
    return not bring(engine, file, dry_run=True).found_bad


def test_what_the_row_leaves_as_it_was_counts_in_what_the_record_would_be(filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "valid_from": "2020"}))
    problems = refused(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "valid_to": "2019"}))
    assert places(problems) == [("productions.csv", 2, "valid_to")]


def test_a_definition_that_ends_before_it_begins_is_named_by_its_column(filled: sa.Engine, tmp_path: Path):
    row = {**PRODUCTION, "definition_valid_from": "2021", "definition_valid_to": "2020"}
    problems = refused(filled, write_csv(tmp_path, "productions", row))
    assert places(problems) == [("productions.csv", 2, "definition_valid_to")]


def test_a_first_row_that_is_no_heading_is_one_problem(filled: sa.Engine, tmp_path: Path):
    (tmp_path / "institutions.csv").write_text("a,b\n1,2\n")
    assert places(refused(filled, tmp_path / "institutions.csv")) == [("institutions.csv", 1, None)]


def test_unknown_references_are_all_counted(filled: sa.Engine, tmp_path: Path):
    rows = [{**INSTITUTION, "id": f"xaa-{number}", "parent": "nobody"} for number in range(3000)]
    report = bring(filled, write_csv(tmp_path, "institutions", *rows))
    assert (report.refused, len(report.problems), report.problems_left_out) == (3000, 200, 2800)


@pytest.mark.parametrize("cells", [1, 5, 40])
def test_a_row_that_is_shorter_than_its_heading_is_refused_and_clears_nothing(
    cells: int, filled: sa.Engine, tmp_path: Path
):
    file = write_csv(tmp_path, "productions", PRODUCTION)
    heading, row = file.read_text().splitlines()
    file.write_text(f"{heading}\n{','.join(row.split(',')[:cells])}\n")
    assert [problem.row for problem in refused(filled, file)] == [2]


def test_a_row_that_is_longer_than_its_heading_is_refused(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "institutions", INSTITUTION)
    file.write_text(file.read_text().rstrip() + ",extra\n")
    assert places(refused(filled, file)) == [("institutions.csv", 2, None)]


def test_messages_and_repairs_are_said_in_spanish_with_their_place(filled: sa.Engine, tmp_path: Path):
    text = shown(only(refused(filled, write_csv(tmp_path, "institutions", {**INSTITUTION, "country": "XZZ"}))))
    assert text.startswith("institutions.csv|None|2|country: ")
    assert "XZZ" in text


@pytest.mark.parametrize(
    ("name", "row", "missing"),
    [
        ("productions", PRODUCTION, "periodicity"),
        ("productions", PRODUCTION, "checked"),
        ("institutions", INSTITUTION, "website"),
        ("indicators", INDICATOR, "gcm_objective"),
        ("figures", FIGURE, "unit"),
        ("countries", COUNTRY, "iso2"),
        ("absences", ABSENCE, "said_on"),
    ],
)
def test_a_file_of_another_name_that_lacks_a_column_is_told_which(
    name: str, row: Row, missing: str, filled: sa.Engine, tmp_path: Path
):
    heading = [column for column in heading_of(name) if column != missing]
    problem = only(refused(filled, write_csv(tmp_path, name, row, heading=heading, stem="p_missing")))
    assert (problem.message, problem.column) == ("the column is missing", missing)


def test_a_file_of_another_name_with_columns_that_many_have_is_of_none(filled: sa.Engine, tmp_path: Path):
    heading = ["id", "country", "source", "checked", "notes"]
    problem = only(refused(filled, write_csv(tmp_path, "institutions", INSTITUTION, heading=heading, stem="p")))
    assert "it is not clear what the rows are" in problem.message

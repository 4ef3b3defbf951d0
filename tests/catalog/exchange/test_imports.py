"""What an import does to records, their history and the outbox when everything in it is right."""

from __future__ import annotations

import itertools
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.exchange.collections import SEED
from catalog.installation.setup import packaged_files, set_up
from catalog.models import ChangeSet, Definition, Figure, HistoryEntry, OutboxEntry, Production
from tests.catalog.exchange.files import (
    CATALOGUE,
    FIGURE,
    INDICATOR,
    INSTITUTION,
    PRODUCTION,
    SOURCE,
    WRITERS,
    bring,
    brought,
    dump,
    heading_of,
    only,
    places,
    records,
    refused,
    write_catalogue,
    write_csv,
)
from web.tables import write_workbook

NUMBER_OF = {"countries": 15, "institutions": 121, "indicators": 51, "productions": 192, "figures": 171}


def history(engine: sa.Engine, since: int = 0) -> list[tuple[str, str, str, str | None]]:
    """Entries of the history after one: kind, record, act, field."""
    with Session(engine) as session:
        entries = session.scalars(sa.select(HistoryEntry).where(HistoryEntry.id > since).order_by(HistoryEntry.id))
        return [(entry.kind, entry.record_id, entry.act, entry.field) for entry in entries]


def change_of(engine: sa.Engine, field: str) -> tuple[object, object]:
    """The last change of a field: from, to."""
    with Session(engine) as session:
        entry = session.scalars(
            sa.select(HistoryEntry).where(HistoryEntry.field == field).order_by(HistoryEntry.id.desc())
        ).first()
        assert entry is not None
        return tuple(None if text is None else json.loads(text) for text in (entry.before, entry.after))


def newest_entry(engine: sa.Engine) -> int:
    with Session(engine) as session:
        return session.scalar(sa.select(sa.func.max(HistoryEntry.id))) or 0


def outbox(engine: sa.Engine) -> list[tuple[str, str, int]]:
    with Session(engine) as session:
        entries = session.execute(
            sa.select(OutboxEntry.kind, OutboxEntry.record_id, OutboxEntry.version).order_by(OutboxEntry.id)
        )
        return [tuple(entry) for entry in entries]


def get(engine: sa.Engine, model: type[Any], identifier: str) -> Any:
    with Session(engine) as session:
        found = session.get(model, identifier)
        assert found is not None
        return found


def test_the_regional_catalogue_imports_whole(regional_engine: sa.Engine):
    there = records(regional_engine)
    assert {name: len(there[name]) for name in NUMBER_OF} == NUMBER_OF


def test_setup_twice_changes_nothing_the_second_time(regional_engine: sa.Engine):
    before = dump(regional_engine)
    done = set_up(regional_engine)
    assert done.imported is not None
    assert (done.imported.created, done.imported.updated, done.migrated) == (0, 0, False)
    assert done.imported.unchanged == sum(NUMBER_OF.values())
    assert dump(regional_engine) == before


def test_the_order_of_the_paths_does_not_matter(engine: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in")
    files = sorted(folder.iterdir())
    orders = [files, files[::-1], [*files[3:], *files[:3]]]
    for paths in orders:
        report = bring(engine, *paths, dry_run=True)
        assert (report.problems, report.created) == ([], len(CATALOGUE))


def test_the_packaged_files_in_any_order_make_the_same_records(
    engine: sa.Engine, regional_engine: sa.Engine, tmp_path: Path
):
    assert brought(engine, *reversed(packaged_files())) == (sum(NUMBER_OF.values()), 0, 0)
    assert records(engine) == records(regional_engine)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(filled: sa.Engine, tmp_path: Path):
    before = dump(filled)
    file = write_csv(
        tmp_path,
        "institutions",
        {**INSTITUTION, "name_es": "Otro nombre"},
        {**INSTITUTION, "id": "xaa-police", "type": "police"},
    )
    report = bring(filled, file, dry_run=True)
    assert (report.created, report.updated, report.unchanged, report.problems) == (1, 1, 0, [])
    assert dump(filled) == before


def test_creating_a_record_is_one_entry_of_the_history(engine: sa.Engine, tmp_path: Path):
    brought(engine, write_catalogue(tmp_path / "in"))
    entries = history(engine)
    assert len(entries) == len(set(entries))
    assert {(act, field) for _, _, act, field in entries} == {("create", None)}
    subjects = {(kind, identifier) for kind, identifier, _, _ in entries}
    assert ("production", PRODUCTION["id"]) in subjects
    # Of each of the indicator and the production, the definition is a record of its own.
    assert len(subjects) == len(CATALOGUE) + 2


def test_an_import_is_one_change_set(filled: sa.Engine, tmp_path: Path):
    with Session(filled) as session:
        assert [(one.origin, one.records) for one in session.scalars(sa.select(ChangeSet))] == [("import", 9)]
    brought(filled, write_catalogue(tmp_path / "again"))
    with Session(filled) as session:
        assert session.scalar(sa.select(sa.func.count(ChangeSet.id))) == 1


def test_each_changed_field_is_one_entry_with_what_it_was_and_what_it_is(filled: sa.Engine, tmp_path: Path):
    since = newest_entry(filled)
    changed = {**INSTITUTION, "acronym": "OE", "name_es": "Oficina Nacional", "type": "other"}
    assert brought(filled, write_csv(tmp_path, "institutions", changed)) == (0, 1, 0)
    assert sorted(history(filled, since)) == [
        ("institution", "xaa-office", "change", "acronym"),
        ("institution", "xaa-office", "change", "name_es"),
        ("institution", "xaa-office", "change", "type"),
    ]
    assert change_of(filled, "acronym") == (None, "OE")
    assert change_of(filled, "name_es") == ("Oficina de Estadística", "Oficina Nacional")


def test_versions_count_changes_and_history_names_the_version_that_it_made(filled: sa.Engine, tmp_path: Path):
    for number in (2, 3):
        brought(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "title_es": f"Título {number}"}))
        assert get(filled, Production, PRODUCTION["id"]).version == number
    with Session(filled) as session:
        versions = session.scalars(sa.select(HistoryEntry.version).where(HistoryEntry.field == "title_es")).all()
    assert list(versions) == [2, 3]


def test_a_change_moves_the_instant_of_the_change_and_leaves_that_of_the_creation(filled: sa.Engine, tmp_path: Path):
    before = get(filled, Production, PRODUCTION["id"])
    brought(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "title_es": "Otro"}))
    after = get(filled, Production, PRODUCTION["id"])
    assert after.recorded_at == before.recorded_at
    assert after.changed_at > before.changed_at


def test_an_attribute_that_changes_is_an_entry_under_its_own_code(filled: sa.Engine, tmp_path: Path):
    since = newest_entry(filled)
    changed = {**PRODUCTION, "statistical_object": "persons", "age_min": "", "regularity": "irregular"}
    assert brought(filled, write_csv(tmp_path, "productions", changed)) == (0, 1, 0)
    identifier = f"{PRODUCTION['id']}--d1"
    assert sorted(history(filled, since)) == [
        ("definition", identifier, "change", "age_min"),
        ("definition", identifier, "change", "regularity"),
        ("definition", identifier, "change", "statistical_object"),
    ]
    assert change_of(filled, "age_min") == ({"provenance": "inferred", "value": "0"}, None)
    assert change_of(filled, "statistical_object") == (
        {"provenance": "read", "value": "events"},
        {"provenance": "read", "value": "persons"},
    )


def test_a_change_of_the_provenance_alone_is_a_change(filled: sa.Engine, tmp_path: Path):
    changed = {**PRODUCTION, "attr_read": "unit"}
    assert brought(filled, write_csv(tmp_path, "productions", changed)) == (0, 1, 0)
    before, after = change_of(filled, "statistical_object")
    assert (before["provenance"], after["provenance"]) == ("read", "inferred")  # type: ignore[index]


def test_every_change_leaves_one_row_in_the_outbox_with_its_version(filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "institutions", {**INSTITUTION, "acronym": "OE", "type": "other"}))
    assert outbox(filled) == [("institution", "xaa-office", 2)]


def test_a_changed_definition_speaks_in_the_outbox_through_its_production(filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "unit": "percent"}))
    assert [entry[:2] for entry in outbox(filled)] == [("production", PRODUCTION["id"])]


def test_a_created_catalogue_leaves_each_record_in_the_outbox_once(engine: sa.Engine, tmp_path: Path):
    brought(engine, write_catalogue(tmp_path / "in"))
    assert len(outbox(engine)) == len(set(outbox(engine))) == len(CATALOGUE)


def test_what_does_not_change_leaves_no_trace(filled: sa.Engine, tmp_path: Path):
    before = dump(filled)
    assert brought(filled, write_catalogue(tmp_path / "again")) == (0, 0, len(CATALOGUE))
    assert dump(filled) == before


def test_columns_that_a_file_does_not_have_keep_their_values(filled: sa.Engine, tmp_path: Path):
    brought(
        filled,
        write_csv(tmp_path, "productions", {**PRODUCTION, "territory_es": "Todo el país", "periods": "held 2019/.."}),
    )
    before = records(filled)
    heading = [
        name for name in heading_of("productions") if name not in ("regularity", "age_min", "statistical_object")
    ]
    file = write_csv(tmp_path, "productions", {**PRODUCTION, "attr_read": "unit"}, heading=heading)
    assert brought(filled, file) == (0, 0, 1)
    assert records(filled) == before


def test_a_cell_that_is_cleared_makes_the_value_unknown(filled: sa.Engine, tmp_path: Path):
    file = write_csv(tmp_path, "productions", {**PRODUCTION, "title_en": "", "first_year": "", "disaggregations": ""})
    assert brought(filled, file) == (0, 1, 0)
    found = get(filled, Production, PRODUCTION["id"])
    assert (found.title_en, found.first_year, found.disaggregations) == (None, None, None)
    assert change_of(filled, "disaggregations") == (["sex", "age"], None)


def test_what_was_read_is_read_what_else_is_filled_is_inferred_and_what_is_empty_is_unknown(filled: sa.Engine):
    values = get(filled, Definition, f"{PRODUCTION['id']}--d1").attribute_values
    assert values["unit"] == {"value": "count", "provenance": "read"}
    assert values["age_min"] == {"value": "0", "provenance": "inferred"}
    assert "regularity" not in values


def test_not_applicable_none_and_nought_stay_three_things(filled: sa.Engine):
    values = get(filled, Definition, f"{PRODUCTION['id']}--d1").attribute_values
    assert [values[code]["value"] for code in ("duration_threshold", "population_excluded", "age_min")] == [
        "na",
        "none",
        "0",
    ]


def test_what_an_institution_declared_is_declared(filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "productions", {**PRODUCTION, "attr_declared": "age_min"}))
    values = get(filled, Definition, f"{PRODUCTION['id']}--d1").attribute_values
    assert values["age_min"]["provenance"] == "declared"


def test_the_seed_keeps_its_own_count_of_read_and_inferred_cells(regional_engine: sa.Engine):
    with Session(regional_engine) as session:
        found = session.scalars(sa.select(Definition.attribute_values).where(Definition.production_id.is_not(None)))
        cells = [value for values in found for value in values.values()]
    read = [cell for cell in cells if cell["provenance"] == "read"]
    na = [cell for cell in cells if cell["value"] == "na"]
    assert (len(read), len(na), len(cells) - len(read) - len(na)) == (172, 161, 1168)


def test_a_production_of_which_nothing_is_known_has_no_definition(engine: sa.Engine, tmp_path: Path):
    bare = {
        name: PRODUCTION[name] for name in ("id", "institution", "indicator", "title_es", "status", "source", "checked")
    }
    brought(engine, write_catalogue(tmp_path / "in", productions=[bare], figures=[], absences=[]))
    assert list(records(engine)["definitions"]) == ["returned-nationals--d1"]


def test_every_vintage_of_a_figure_is_kept(filled: sa.Engine, tmp_path: Path):
    later = {**FIGURE, "id": "fig-x2", "value": "1300", "published": "2024-05-01"}
    assert brought(filled, write_csv(tmp_path, "figures", FIGURE, later)) == (1, 0, 1)
    assert [str(get(filled, Figure, one).value) for one in ("fig-x1", "fig-x2")] == ["1250.5000", "1300.0000"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("value", "1300"), ("period_end", "2023-11-30"), ("category", "women"), ("unit", "rate"), ("dimension", "sex")],
)
def test_what_a_figure_said_cannot_be_overwritten(filled: sa.Engine, tmp_path: Path, column: str, value: str):
    problem = only(refused(filled, write_csv(tmp_path, "figures", {**FIGURE, column: value})))
    assert places([problem]) == [("figures.csv", 2, column)]
    assert problem.repair == "add the new figure as a row with its own id and its date of publication"


def test_what_is_said_about_a_figure_can_be_corrected(filled: sa.Engine, tmp_path: Path):
    changed = {**FIGURE, "checked": "no", "notes": "Falta la fuente", "published": "2024-02-01"}
    assert brought(filled, write_csv(tmp_path, "figures", changed)) == (0, 1, 0)


@pytest.mark.parametrize("text", ["- Oficina (nacional)", "+50 oficinas", "-5 a 10", "(+504) 2222-1111", "#1", "1=1"])
def test_a_text_that_begins_with_a_sign_and_is_no_formula_is_taken(text: str, filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "institutions", {**INSTITUTION, "name_es": text}))
    assert records(filled)["institutions"]["xaa-office"]["name_es"] == text


def test_an_empty_registration_status_leaves_the_status_as_it_is(filled: sa.Engine, tmp_path: Path):
    brought(filled, write_csv(tmp_path, "institutions", {**INSTITUTION, "registration_status": "standard"}))
    row = {**INSTITUTION, "registration_status": ""}
    file = write_csv(tmp_path, "institutions", row, heading=[*heading_of("institutions"), "registration_status"])
    assert brought(filled, file) == (0, 0, 1)


def test_every_row_is_counted_once(filled: sa.Engine, tmp_path: Path):
    rows = [PRODUCTION, {**PRODUCTION, "id": "another"}]
    assert brought(filled, write_csv(tmp_path, "productions", *rows)) == (1, 0, 1)
    changed = [{**PRODUCTION, "age_min": "18"}, {**PRODUCTION, "id": "another", "title_es": "Otro", "age_min": "18"}]
    assert brought(filled, write_csv(tmp_path, "productions", *changed)) == (0, 2, 0)


def test_a_number_written_otherwise_is_the_same_number(filled: sa.Engine, tmp_path: Path):
    assert brought(filled, write_csv(tmp_path, "figures", {**FIGURE, "value": "1250.5000"})) == (0, 0, 1)


def test_codes_of_a_set_written_in_another_order_are_the_same_set(filled: sa.Engine, tmp_path: Path):
    row = {**PRODUCTION, "population_included": " Foreigners; nationals ;"}
    assert brought(filled, write_csv(tmp_path, "productions", row)) == (0, 0, 1)


def test_a_record_may_refer_to_one_of_the_same_import_that_comes_later(engine: sa.Engine, tmp_path: Path):
    child = {**INSTITUTION, "id": "xaa-unit", "parent": "xaa-ministry", "successor": "xaa-office"}
    ministry = {**INSTITUTION, "id": "xaa-ministry", "type": "other"}
    folder = write_catalogue(tmp_path / "in", institutions=[child, INSTITUTION, ministry])
    assert brought(engine, folder)[0] == len(CATALOGUE) + 2


def test_two_institutions_may_be_each_others_kin(engine: sa.Engine, tmp_path: Path):
    one = {**INSTITUTION, "id": "xaa-old", "successor": "xaa-office"}
    other = {**INSTITUTION, "parent": "xaa-old"}
    brought(engine, write_catalogue(tmp_path / "in", institutions=[one, other]))


def test_a_text_in_a_third_language_is_kept_with_its_language(engine: sa.Engine, tmp_path: Path):
    row = {**INSTITUTION, "name_es": "", "name_en": "", "name_original": "Bureau", "name_original_lang": "nl"}
    brought(engine, write_catalogue(tmp_path / "in", institutions=[row]))
    assert records(engine)["institutions"]["xaa-office"]["originals"] == {"name": {"lang": "nl", "text": "Bureau"}}


def test_rows_of_one_collection_may_come_from_several_files(engine: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in")
    second = write_csv(tmp_path, "institutions", {**INSTITUTION, "id": "xaa-police"}, stem="more institutions")
    assert brought(engine, folder, second)[0] == len(CATALOGUE) + 1


def test_further_definitions_of_a_production_are_numbered_and_the_last_is_in_force(filled: sa.Engine, tmp_path: Path):
    earlier = {
        "id": f"{PRODUCTION['id']}--d1",
        "production": PRODUCTION["id"],
        "number": "1",
        "definition_valid_to": "2020",
        "statistical_object": "persons",
        **SOURCE,
    }
    now = {**PRODUCTION, "definition_valid_from": "2021"}
    folder = tmp_path / "in"
    files = write_csv(folder, "definitions", earlier), write_csv(folder, "productions", now)
    # The production is changed by the new definition in its row, and the earlier definition is a record of its own.
    assert brought(filled, *files) == (0, 2, 0)
    assert brought(filled, *files) == (0, 0, 2)
    found = records(filled)["definitions"]
    first, second = found[f"{PRODUCTION['id']}--d1"], found[f"{PRODUCTION['id']}--d2"]
    assert (first["valid_to"], first["attribute_values"]["statistical_object"]["value"]) == ("2020", "persons")
    assert (second["valid_from"], second["attribute_values"]["statistical_object"]["value"]) == ("2021", "events")


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_records_come_out_of_every_format(form: str, filled: sa.Engine, tmp_path: Path):
    path = WRITERS[form](tmp_path, CATALOGUE)
    assert brought(filled, path) == (0, 0, len(CATALOGUE))


def test_a_workbook_with_numbers_and_dates_reads_as_the_text_that_a_person_sees(engine: sa.Engine, tmp_path: Path):
    folder = write_catalogue(tmp_path / "in", figures=[])
    heading = heading_of("figures")
    row = {**FIGURE, "value": 1250.5, "period_start": date(2023, 1, 1), "period_end": datetime(2023, 12, 31, 0, 0)}  # noqa: DTZ001
    write_workbook(tmp_path / "f.xlsx", [("figures", [heading, [row.get(name) for name in heading]])])
    brought(engine, folder, tmp_path / "f.xlsx")
    found = get(engine, Figure, "fig-x1")
    assert (str(found.value), str(found.period_start), str(found.period_end)) == (
        "1250.5000",
        "2023-01-01",
        "2023-12-31",
    )


def test_sheets_that_are_no_collection_are_notes_and_are_left_alone(filled: sa.Engine, tmp_path: Path):
    heading = heading_of("institutions")
    sheets = [
        ("Léame", [["Instrucciones"], ["=1+1"]]),
        ("institutions", [heading, [INSTITUTION.get(name, "") for name in heading]]),
    ]
    write_workbook(tmp_path / "book.xlsx", sheets)
    assert brought(filled, tmp_path / "book.xlsx") == (0, 0, 1)


@pytest.mark.parametrize(
    ("delimiter", "end", "mark"), [*itertools.product(",;\t", ["\n", "\r\n"], [b"", b"\xef\xbb\xbf"])]
)
def test_csv_as_spreadsheets_save_it_is_read(delimiter: str, end: str, mark: bytes, filled: sa.Engine, tmp_path: Path):
    names = heading_of("institutions")
    texts = [[*names], [f'"{INSTITUTION.get(name, "")}"' for name in names]]
    content = end.join(delimiter.join(cells) for cells in texts) + end
    file = tmp_path / "institutions.csv"
    file.write_bytes(mark + content.encode())
    assert brought(filled, file) == (0, 0, 1)


def test_a_text_over_several_lines_stays_whole_and_rows_are_numbered_by_the_line_they_begin_on(
    filled: sa.Engine, tmp_path: Path
):
    noted = {**INSTITUTION, "notes": 'Primera línea\nsegunda, con "comillas"\n\ncuarta'}
    file = write_csv(tmp_path, "institutions", noted, {**INSTITUTION, "id": "xaa-bad", "country": "XYX"})
    assert places(refused(filled, file)) == [("institutions.csv", 6, "country")]
    brought(filled, write_csv(tmp_path, "institutions", noted))
    assert records(filled)["institutions"]["xaa-office"]["notes_es"] == noted["notes"]


def test_the_packaged_files_are_named_after_their_collections():
    assert sorted(file.name for file in packaged_files()) == sorted(f"{name}.csv" for name in NUMBER_OF)
    assert all(file.parent == SEED for file in packaged_files())


def test_reference_definitions_are_kept_apart_from_those_of_productions(filled: sa.Engine):
    kinds = {
        identifier: (one["production_id"], one["indicator_id"])
        for identifier, one in records(filled)["definitions"].items()
    }
    assert kinds == {
        f"{INDICATOR['id']}--d1": (None, INDICATOR["id"]),
        f"{PRODUCTION['id']}--d1": (PRODUCTION["id"], None),
    }

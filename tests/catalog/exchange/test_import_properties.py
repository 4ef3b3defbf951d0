"""What holds of any records, however they are written: drawn by hypothesis."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog.code_lists.lists import attributes, code_lists
from catalog.exchange import columns
from catalog.exchange.exporting import (
    Scope,
    export_csv_folder,
    export_csv_zip,
    export_json_lines,
    export_workbook,
)
from tests.catalog.exchange.files import (
    COUNTRY,
    FIGURE,
    INDICATOR,
    INSTITUTION,
    PRODUCTION,
    WRITERS,
    Row,
    brought,
    places,
    records,
    refused,
    write_folder,
)
from tests.conftest import open_database

Catalogue = dict[str, list[Row]]

# Each example has a database of its own, which takes longer than hypothesis likes.
few = settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=25)


def acceptable(text: str) -> bool:
    try:
        return columns.text(200)(text.strip()) is not None
    except columns.BadCell:
        return False


letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
texts = st.text(letters | st.sampled_from("\n\"',;\t=+-_#áñÑ¿"), min_size=1, max_size=40).filter(acceptable)
maybe_texts = st.just("") | texts


def code(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([one.code for one in code_lists()[name].codes])


def several(codes: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(codes), unique=True, max_size=3).map(";".join)


def attribute_values(name: str) -> st.SearchStrategy[str]:
    """What a cell of an attribute may hold, the empty cell included."""
    attribute = attributes()[name]
    if attribute.type in ("duration", "number"):
        own = st.integers(0, 999).map(str)
    elif attribute.type == "set":
        own = several(list(attribute.codes.by_code))
    else:
        own = st.sampled_from(list(attribute.codes.by_code))
    return own | st.sampled_from(["", *sorted(attribute.accepts)])


@st.composite
def definitions(draw: st.DrawFn) -> Row:
    names = draw(st.lists(st.sampled_from(list(attributes())), unique=True, max_size=6))
    cells = {name: draw(attribute_values(name)) for name in names}
    filled = [name for name, cell in cells.items() if cell]
    return {**cells, "definition_es": draw(maybe_texts), "attr_read": ";".join(filled[: len(filled) // 2])}


@st.composite
def productions(draw: st.DrawFn, institution: str, country: str, indicator: str) -> Row:
    first = draw(st.integers(1990, 2020))
    return {
        **{name: PRODUCTION[name] for name in ("source", "checked")},
        **draw(definitions()),
        "id": f"{institution}--{indicator}",
        "institution": institution,
        "country": country,
        "indicator": indicator,
        "title_es": draw(texts),
        "title_en": draw(maybe_texts),
        "periodicity": draw(st.just("") | code("periodicity")),
        "first_year": str(first),
        "last_year": draw(st.sampled_from(["", str(first), str(first + 3)])),
        "disaggregations": draw(several([one.code for one in code_lists()["disaggregation"].codes])),
        "status": draw(code("production_status")),
        "notes": draw(maybe_texts),
    }


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A small catalogue in which every reference leads to a record of its own."""
    codes = draw(st.lists(st.sampled_from(["XAA", "XAB", "XAC", "XZZ"]), unique=True, min_size=1, max_size=3))
    countries = [{**COUNTRY, "iso3": one, "es": draw(texts), "en": draw(maybe_texts)} for one in codes]
    names = [f"office-{number}" for number in range(draw(st.integers(1, 3)))]
    institutions = [
        {
            **INSTITUTION,
            "id": name,
            "country": draw(st.sampled_from(["", *codes])),
            "name_es": draw(texts),
            "name_en": draw(maybe_texts),
            "type": draw(code("institution_type")),
            "parent": draw(st.sampled_from(["", *(one for one in names if one != name)])),
            "checked": draw(st.sampled_from(["yes", "no"])),
        }
        for name in names
    ]
    subjects = [f"subject-{number}" for number in range(draw(st.integers(1, 2)))]
    indicators = [
        {
            **{name: INDICATOR[name] for name in ("national", "source", "checked")},
            **draw(definitions()),
            "id": subject,
            "name_es": draw(texts),
            "topic": draw(code("topic")),
            "gcm_objective": draw(several(["1", "5", "23"])),
        }
        for subject in subjects
    ]
    held = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(subjects)), unique=True, max_size=3))
    rows = [draw(productions(name, codes[0], subject)) for name, subject in held]
    values = st.decimals(-99_999_999_999, 99_999_999_999, places=4)
    figures = [
        {**FIGURE, "id": f"fig-{number}", "production": row["id"], "country": codes[0], "value": f"{draw(values):f}"}
        for number, row in enumerate(rows)
    ]
    return {
        "countries": countries,
        "institutions": institutions,
        "indicators": indicators,
        "productions": rows,
        "figures": figures,
    }


def size(catalogue: Mapping[str, list[Row]]) -> int:
    return sum(len(rows) for rows in catalogue.values())


@contextmanager
def fresh(template: Path) -> Iterator[tuple[sa.Engine, Path]]:
    """A database of its own, and a folder to write to."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(Path(shutil.copy(template, Path(folder) / "acervo.db")))
        yield engine, Path(folder)
        engine.dispose()


@pytest.mark.parametrize("form", WRITERS)
@few
@given(catalogue=catalogues())
def test_what_was_imported_once_changes_nothing_the_second_time(form: str, empty_template: Path, catalogue: Catalogue):
    with fresh(empty_template) as (engine, folder):
        file = WRITERS[form](folder, {name: rows for name, rows in catalogue.items() if rows})
        assert brought(engine, file) == (size(catalogue), 0, 0)
        assert brought(engine, file) == (0, 0, size(catalogue))


@few
@given(catalogue=catalogues(), seed=st.integers(0, 1000))
def test_every_format_and_any_order_of_files_and_rows_make_the_same_records(
    empty_template: Path, catalogue: Catalogue, seed: int
):
    made = []
    for form in WRITERS:
        shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in catalogue.items() if rows}
        with fresh(empty_template) as (engine, folder):
            path = WRITERS[form](folder, shuffled)
            files = list(path.iterdir()) if path.is_dir() else [path]
            random.Random(seed).shuffle(files)
            brought(engine, *files)
            made.append(records(engine))
    assert made[0] == made[1] == made[2]


def export(engine: sa.Engine, folder: Path, form: str) -> Path:
    out = folder / {"folder": "out", "zip": "out.zip", "xlsx": "out.xlsx", "jsonl": "out.jsonl"}[form]
    with Session(engine) as session:
        if form == "folder":
            export_csv_folder(session, Scope(), out)
        elif form == "jsonl":
            out.write_text("".join(export_json_lines(session, Scope())), encoding="utf-8")
        else:
            with out.open("wb") as file:
                (export_csv_zip if form == "zip" else export_workbook)(session, Scope(), file)
    return out


@pytest.mark.parametrize("form", ["folder", "zip", "xlsx", "jsonl"])
@few
@given(catalogue=catalogues())
def test_what_was_exported_imports_without_a_change(form: str, empty_template: Path, catalogue: Catalogue):
    with fresh(empty_template) as (engine, folder), fresh(empty_template) as (other, _):
        brought(engine, write_folder(folder / "in", catalogue))
        out = export(engine, folder, form)
        assert brought(engine, out) == (0, 0, size(catalogue))
        assert brought(other, out) == (size(catalogue), 0, 0)
        assert records(other) == records(engine)


WRONG: dict[str, list[tuple[str, str]]] = {
    "countries": [("iso3", "Xaa"), ("membership", "friend"), ("checked", "sí"), ("source", ""), ("es", "=1+1")],
    "institutions": [
        ("id", "Two Words"),
        ("country", "XYX"),
        ("country", "Honduras"),
        ("type", "ministry"),
        ("status", ""),
        ("parent", "nobody"),
        ("website", "www.example.org"),
        ("name_es", "a\u202eb"),
        ("notes", "x" * 20_001),
    ],
    "indicators": [("topic", "fishing"), ("national", "perhaps"), ("gcm_objective", "24"), ("attr_read", "shoe_size")],
    "productions": [
        ("institution", "nobody"),
        ("indicator", "nothing"),
        ("first_year", "20i9"),
        ("last_year", "1900"),
        ("periodicity", "often"),
        ("disaggregations", "sex;shoe_size"),
        ("statistical_object", "people"),
        ("status", "open"),
    ],
    "figures": [("production", "nothing"), ("period_start", "31/12/2023"), ("value", "1.250,5"), ("unit", "")],
}


@many
@given(catalogue=catalogues().filter(lambda one: one["figures"]), data=st.data())
def test_one_wrong_cell_changes_nothing_and_is_named_with_its_row_and_column(
    empty_template: Path, catalogue: Catalogue, data: st.DataObject
):
    name = data.draw(st.sampled_from(list(WRONG)))
    place = data.draw(st.integers(0, len(catalogue[name]) - 1))
    column, cell = data.draw(st.sampled_from(WRONG[name]))
    # One line a row, so that the row's number can be told from its place.
    flat = {one: [{k: " ".join(v.split()) for k, v in row.items()} for row in rows] for one, rows in catalogue.items()}
    flat[name][place] = {**flat[name][place], column: cell}
    with fresh(empty_template) as (engine, folder):
        problems = refused(engine, write_folder(folder / "in", flat))
    assert places(problems) == [(f"{name}.csv", place + 2, column)]

"""Files to import, made from a small catalogue that is right, and a look at everything that a database holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog.database import Base
from catalog.exchange.collections import collections
from catalog.exchange.imports import Order, run_import
from catalog.exchange.report import Problem, Report
from web.locale import language, translate
from web.tables import write_workbook

Row = dict[str, str]

SOURCE = {"source": "https://example.org/source", "checked": "yes"}
COUNTRY: Row = {"iso3": "XAA", "es": "Ejemplo", "en": "Example", "membership": "member", **SOURCE}
INSTITUTION: Row = {
    "id": "xaa-office",
    "country": "XAA",
    "name_es": "Oficina de Estadística",
    "name_en": "Statistics Office",
    "type": "statistics_office",
    "status": "active",
    **SOURCE,
}
INDICATOR: Row = {
    "id": "returned-nationals",
    "name_es": "Nacionales retornados",
    "name_en": "Returned nationals",
    "definition_es": "Personas que volvieron.",
    "definition_en": "People who came back.",
    "topic": "return",
    "national": "yes",
    "statistical_object": "persons",
    "unit": "count",
    **SOURCE,
}
PRODUCTION: Row = {
    "id": "xaa-office--returned-nationals",
    "institution": "xaa-office",
    "country": "XAA",
    "indicator": "returned-nationals",
    "title_es": "Personas retornadas",
    "title_en": "Returned people",
    "periodicity": "annual",
    "first_year": "2019",
    "last_year": "2024",
    "disaggregations": "sex;age",
    "status": "active",
    "statistical_object": "events",
    "unit": "count",
    "population_included": "nationals;foreigners",
    "population_excluded": "none",
    "duration_threshold": "na",
    "age_min": "0",
    "attr_read": "statistical_object;unit",
    **SOURCE,
}
FIGURE: Row = {
    "id": "fig-x1",
    "production": "xaa-office--returned-nationals",
    "country": "XAA",
    "period_start": "2023-01-01",
    "period_end": "2023-12-31",
    "dimension": "total",
    "category": "total",
    "value": "1250.5",
    "unit": "count",
    **SOURCE,
}
CONTACT: Row = {
    "id": "xaa-office--data",
    "institution": "xaa-office",
    "role": "data",
    "unit_es": "Unidad de datos",
    "mailbox": "datos@example.org",
    "confirmed_on": "2026-03-05",
    **SOURCE,
}
ABSENCE: Row = {
    "id": "xaa-none",
    "indicator": "returned-nationals",
    "country": "XAA",
    "said_by": "xaa-office",
    "said_on": "2026-02-01",
    **SOURCE,
}
CATALOGUE: dict[str, list[Row]] = {
    "countries": [COUNTRY],
    "institutions": [INSTITUTION],
    "contacts": [CONTACT],
    "indicators": [INDICATOR],
    "productions": [PRODUCTION],
    "figures": [FIGURE],
    "absences": [ABSENCE],
}


def heading_of(name: str, rows: Iterable[Mapping[str, str]] = ()) -> list[str]:
    """The usual columns of a collection, and those further ones that some row fills."""
    usual = next(one.heading() for one in collections().values() if one.name == name)
    return [*usual, *dict.fromkeys(column for row in rows for column in row if column not in usual)]


def write_csv(folder: Path, name: str, *rows: Row, heading: list[str] | None = None, stem: str | None = None) -> Path:
    """A CSV file of a collection."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{stem or name}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, heading or heading_of(name, rows), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def write_catalogue(folder: Path, **changed: list[Row]) -> Path:
    """A folder with the whole small catalogue; a collection named here has these rows instead."""
    return write_folder(folder, {**CATALOGUE, **changed})


def write_folder(folder: Path, catalogue: Mapping[str, list[Row]]) -> Path:
    """A folder with a CSV file for each collection that has rows."""
    for name, rows in catalogue.items():
        if rows:
            write_csv(folder, name, *rows)
    return folder


def write_xlsx(file: Path, catalogue: Mapping[str, list[Row]]) -> Path:
    """The same as a workbook, all cells being text."""

    def sheet(name: str, rows: list[Row]) -> list[list[str]]:
        heading = heading_of(name, rows)
        return [heading, *([row.get(column, "") for column in heading] for row in rows)]

    write_workbook(file, [(name, sheet(name, rows)) for name, rows in catalogue.items()])
    return file


def write_jsonl(file: Path, catalogue: Mapping[str, list[Row]]) -> Path:
    """The same as JSON Lines."""
    kinds = {one.name: one for one in collections().values()}
    with file.open("w", encoding="utf-8") as out:
        for name, rows in catalogue.items():
            for row in rows:
                cells = {**row, "kind": kinds[name].kind, "id": row[kinds[name].identifier]}
                cells.pop("iso3", None)
                out.write(json.dumps(cells, ensure_ascii=False) + "\n")
    return file


def bring(engine: sa.Engine, *paths: Path, form: str | None = None, dry_run: bool = False) -> Report:
    return run_import(engine, Order(paths, form, dry_run))


def brought(engine: sa.Engine, *paths: Path, form: str | None = None) -> tuple[int, int, int]:
    """Import what must be taken; created, updated, unchanged."""
    report = bring(engine, *paths, form=form)
    assert not report.found_bad, [shown(problem) for problem in report.problems]
    return report.created, report.updated, report.unchanged


def dump(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


INSTANTS = {"recorded_at", "changed_at"}


def records(engine: sa.Engine) -> dict[str, dict[str, dict[str, Any]]]:
    """Every record by collection and identifier, without when it was recorded and how often it changed."""
    left_out = {*INSTANTS, "version"}
    with engine.connect() as connection:
        return {
            one.name: {
                row["id"]: {name: value for name, value in row.items() if name not in left_out}
                for row in connection.execute(sa.select(one.model.__table__)).mappings()
            }
            for one in collections().values()
        }


def shown(problem: Problem) -> str:
    """A problem as a person reads it, in Spanish."""
    with language("es"):
        message, repair = (translate(text, problem.facts) for text in (problem.message, problem.repair))
    return f"{problem.file}|{problem.sheet}|{problem.row}|{problem.column}: {message}. {repair}."


def refused(engine: sa.Engine, *paths: Path, form: str | None = None) -> list[Problem]:
    """Import what must be refused; the problems, after a look that each can be read and nothing has changed."""
    before = dump(engine)
    report = bring(engine, *paths, form=form)
    assert report.found_bad
    assert dump(engine) == before
    for problem in report.problems:
        assert problem.file
        assert problem.message
        assert problem.repair
        assert len(shown(problem)) < 3_000
        assert "%(" not in shown(problem)
    return report.problems


def places(problems: list[Problem]) -> list[tuple[str, int | None, str | None]]:
    return [(problem.file, problem.row, problem.column) for problem in problems]


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [shown(problem) for problem in problems]
    return problems[0]


WRITERS: dict[str, Callable[[Path, Mapping[str, list[Row]]], Path]] = {
    "csv": lambda folder, catalogue: write_folder(folder / "csv", catalogue),
    "jsonl": lambda folder, catalogue: write_jsonl(folder / "catalogue.jsonl", catalogue),
    "xlsx": lambda folder, catalogue: write_xlsx(folder / "catalogue.xlsx", catalogue),
}

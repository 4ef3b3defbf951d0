"""Records as files: the same columns that an import reads, so that what was exported imports without a change."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.code_lists.lists import attributes
from catalog.definitions.structure import DECLARED, READ
from catalog.exchange.collections import DEFINITION_TEXTS, Collection, collections
from catalog.exchange.staging import live_table
from catalog.models import Absence, Contact, Country, Definition, Figure, Indicator, Institution, Production
from web.tables import ROWS_OF_A_SHEET, write_workbook

BATCH = 2_000


@dataclass(frozen=True)
class Scope:
    """Which records to export: all, those of one country, or those of one institution."""

    country: str | None = None
    institution: str | None = None
    # What is not checked is for the desk: an export for the public leaves such figures out.
    public: bool = False

    @property
    def is_whole(self) -> bool:
        return self.country is None and self.institution is None


class TooLong(Exception):
    """A collection has more rows than a sheet can hold."""


def export_csv_folder(session: Session, scope: Scope, folder: Path) -> int:
    """Write one CSV file a collection.

    :returns: how many records were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for collection, heading, rows in _filled(session, scope):
        with (folder / f"{collection.name}.csv").open("w", encoding="utf-8", newline="") as file:
            total += _write_csv(file, heading, rows)
    return total


def export_csv_zip(session: Session, scope: Scope, out: IO[bytes]) -> int:
    """Write the same files into a zip."""
    total = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for collection, heading, rows in _filled(session, scope):
            with archive.open(f"{collection.name}.csv", "w", force_zip64=True) as file:
                with io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
                    total += _write_csv(text, heading, rows)
    return total


def export_json_lines(session: Session, scope: Scope) -> Iterator[str]:
    """One record a line, with its kind and identifier first; what is unknown is left out."""
    for collection, _, rows in _filled(session, scope):
        for row in rows:
            cells = {name: cell for name, cell in row.items() if cell and name != collection.identifier}
            record = {"kind": collection.kind, "id": row[collection.identifier], **cells}
            yield json.dumps(record, ensure_ascii=False) + "\n"


def export_workbook(session: Session, scope: Scope, out: IO[bytes]) -> int:
    """Write a workbook with one sheet a collection.

    :raises TooLong: a collection has more records than a sheet has rows.
    """
    counted = _Counter()

    def sheets() -> Iterator[tuple[str, Iterator[list[str]]]]:
        for collection, heading, rows in _filled(session, scope):
            yield collection.name, counted.rows(collection.name, heading, rows)

    write_workbook(out, sheets())
    return counted.total


def one_as_csv(session: Session, kind: str, identifier: str) -> str:
    """One record under the heading of its collection; the heading alone where there is no such record."""
    collection = collections()[kind]
    table = live_table(kind)
    query = sa.select(table).where(table.c.id == identifier)
    out = io.StringIO()
    _write_csv(out, _heading(session, collection, query), _rows(session, collection, query))
    return out.getvalue()


class _Counter:
    def __init__(self) -> None:
        self.total = 0

    def rows(self, name: str, heading: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[list[str]]:
        yield heading
        for number, row in enumerate(rows, start=2):
            if number > ROWS_OF_A_SHEET:
                raise TooLong(name)
            self.total += 1
            yield [row.get(column, "") for column in heading]


def _write_csv(file: Any, heading: list[str], rows: Iterable[Mapping[str, str]]) -> int:
    writer = csv.DictWriter(file, heading, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (the last count is the answer)
        writer.writerow(row)
    return count


def _filled(session: Session, scope: Scope) -> Iterator[tuple[Collection, list[str], Iterator[dict[str, str]]]]:
    """The collections that have records, with their headings and rows."""
    for collection in collections().values():
        query = _in_scope(collection, scope)
        if session.execute(query.limit(1)).first() is None:
            continue
        yield collection, _heading(session, collection, query), _rows(session, collection, query)


def _heading(session: Session, collection: Collection, query: sa.Select[Any]) -> list[str]:
    """The usual columns, and those extra ones that some record fills."""
    heading = list(collection.heading())
    table = live_table(collection.kind)
    found = query.subquery()
    for column in collection.columns:
        if not column.extra:
            continue
        name = column.target.partition(".")[0]
        says: sa.ColumnElement[bool] = found.c[name].is_not(None)
        if name == "registration_status":
            says = found.c[name] != "recorded"
        if name in table.c and session.execute(sa.select(sa.literal(1)).where(says).limit(1)).first():
            heading.append(column.heading)
    if collection.kind in ("production", "indicator"):
        heading += _definition_headings(session, collection.kind)
    return heading


def _definition_headings(session: Session, kind: str) -> list[str]:
    subject = Definition.production_id if kind == "production" else Definition.indicator_id
    heading = []
    for column, name in (
        (Definition.valid_from, "definition_valid_from"),
        (Definition.valid_to, "definition_valid_to"),
    ):
        if session.execute(sa.select(Definition.id).where(subject.is_not(None), column.is_not(None)).limit(1)).first():
            heading.append(name)
    declared = sa.cast(Definition.attribute_values, sa.String).contains(f'"{DECLARED}"')
    if session.execute(sa.select(Definition.id).where(subject.is_not(None), declared).limit(1)).first():
        heading.append("attr_declared")
    if kind == "indicator":
        read = sa.cast(Definition.attribute_values, sa.String).contains(f'"{READ}"')
        if session.execute(sa.select(Definition.id).where(subject.is_not(None), read).limit(1)).first():
            heading.append("attr_read")
    return heading


def _in_scope(collection: Collection, scope: Scope) -> sa.Select[Any]:
    table = live_table(collection.kind)
    query = sa.select(table)
    if collection.kind == "definition":
        query = query.where(_is_earlier())
    if collection.kind == "figure" and scope.public:
        query = query.where(Figure.checked)
    if scope.is_whole:
        return query
    condition = _CONDITIONS[collection.kind](scope)
    return query.where(condition)


def _is_earlier() -> sa.ColumnElement[bool]:
    """A definition that is not the one in force, which stands in its production's row."""
    later = sa.orm.aliased(Definition)
    same = sa.or_(
        later.production_id == Definition.production_id,
        later.indicator_id == Definition.indicator_id,
    )
    return sa.exists().where(same, later.number > Definition.number)


def _productions(scope: Scope) -> sa.ColumnElement[bool]:
    conditions = []
    if scope.country:
        conditions.append(Production.country_id == scope.country)
    if scope.institution:
        conditions.append(Production.institution_id == scope.institution)
    return sa.and_(*conditions)


def _production_ids(scope: Scope) -> sa.Select[Any]:
    return sa.select(Production.id).where(_productions(scope))


def _indicator_ids(scope: Scope) -> sa.Select[Any]:
    return sa.select(Production.indicator_id).where(_productions(scope))


def _institutions(scope: Scope) -> sa.ColumnElement[bool]:
    held = sa.select(Production.institution_id).where(_productions(scope))
    own = []
    if scope.country:
        own.append(Institution.country_id == scope.country)
    if scope.institution:
        own.append(Institution.id == scope.institution)
    return sa.or_(sa.and_(*own), Institution.id.in_(held))


def _institution_ids(scope: Scope) -> sa.Select[Any]:
    return sa.select(Institution.id).where(_institutions(scope))


def _countries(scope: Scope) -> sa.ColumnElement[bool]:
    of_institutions = sa.select(Institution.country_id).where(_institutions(scope))
    of_productions = sa.select(Production.country_id).where(_productions(scope))
    return sa.or_(
        Country.id == scope.country if scope.country else sa.false(),
        Country.id.in_(of_institutions),
        Country.id.in_(of_productions),
    )


def _definitions(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.or_(
        Definition.production_id.in_(_production_ids(scope)),
        Definition.indicator_id.in_(_indicator_ids(scope)),
    )


def _absences(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.institution:
        return Absence.said_by_id == scope.institution
    return Absence.country_id == scope.country


_CONDITIONS: dict[str, Callable[[Scope], sa.ColumnElement[bool]]] = {
    "country": _countries,
    "institution": _institutions,
    "contact": lambda scope: Contact.institution_id.in_(_institution_ids(scope)),
    "indicator": lambda scope: Indicator.id.in_(_indicator_ids(scope)),
    "production": _productions,
    "definition": _definitions,
    "figure": lambda scope: Figure.production_id.in_(_production_ids(scope)),
    "absence": _absences,
}


def _rows(session: Session, collection: Collection, query: sa.Select[Any]) -> Iterator[dict[str, str]]:
    """Rows in the order of their identifiers, read by key so that memory stays small."""
    table = live_table(collection.kind)
    query = query.order_by(table.c.id).limit(BATCH)
    last = ""
    while records := [dict(row) for row in session.execute(query.where(table.c.id > last)).mappings()]:
        last = records[-1]["id"]
        definitions = _definitions_of(session, collection, [record["id"] for record in records])
        for record in records:
            row = _row(collection, record)
            if collection.kind == "definition":
                row |= _definition_cells(record)
            elif record["id"] in definitions:
                row |= _definition_cells(definitions[record["id"]])
            yield row


def _row(collection: Collection, record: Mapping[str, Any]) -> dict[str, str]:
    cells = {}
    for column in collection.columns:
        name, _, rest = column.target.partition(".")
        value = record[name]
        if rest:
            field, _, part = rest.partition(".")
            value = ((value or {}).get(field) or {}).get(part)
        cells[column.heading] = column.write(value)
    return cells


def _definitions_of(session: Session, collection: Collection, subjects: list[str]) -> dict[str, Mapping[str, Any]]:
    """The definition in force of each of these records."""
    if collection.kind not in ("production", "indicator"):
        return {}
    subject = live_table("definition").c[f"{collection.kind}_id"]
    query = sa.select(live_table("definition")).where(subject.in_(subjects)).order_by(live_table("definition").c.number)
    return {row[subject.name]: dict(row) for row in session.execute(query).mappings()}


def _definition_cells(definition: Mapping[str, Any]) -> dict[str, str]:
    values: Mapping[str, Mapping[str, str]] = definition["attribute_values"]
    cells = {code: values[code]["value"] for code in attributes() if code in values}
    for heading, provenance in (("attr_read", READ), ("attr_declared", DECLARED)):
        cells[heading] = ";".join(code for code in attributes() if values.get(code, {}).get("provenance") == provenance)
    for column in DEFINITION_TEXTS.values():
        if not column.heading.startswith("attr_"):
            cells[column.heading] = column.write(definition[column.target])
    return cells

"""Checks of staged rows that need more than one row: identifiers that repeat, records that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from catalog.exchange.collections import Collection, collections
from catalog.exchange.columns import Column
from catalog.exchange.faults import Fault
from catalog.exchange.messages import N_
from catalog.exchange.places import Places
from catalog.exchange.report import Report
from catalog.exchange.rules import definition_id
from catalog.exchange.staging import CHUNK, Staging, live_table

_MISSING = {
    "country": N_("there is no country '%(value)s', neither in this import nor in the catalogue"),
    "institution": N_("there is no institution '%(value)s', neither in this import nor in the catalogue"),
    "indicator": N_("there is no indicator '%(value)s', neither in this import nor in the catalogue"),
    "production": N_("there is no production '%(value)s', neither in this import nor in the catalogue"),
}


def check(staged: Staging, places: Places, report: Report) -> None:
    """Add to the report every repeated identifier and every reference to a record that is nowhere."""
    _renumber_definitions(staged)
    for kind in staged.kinds():
        collection = collections()[kind]
        _check_repeats(staged, collection, places, report)
        for column in collection.columns:
            if column.refers_to and column.refers_to not in places.unknowable:
                _check_references(staged, collection, column, places, report)
        if kind == "definition":
            _check_definition_names(staged, places, report)


def _renumber_definitions(staged: Staging) -> None:
    """A row of a production speaks of its definition in force, which need not be the first.

    Its number is the highest on record, or one more than the highest that this import brings by itself.
    """
    row, live = staged.tables["definition"], live_table("definition")
    for subject in ("production_id", "indicator_id"):
        numbers: dict[str, int] = {}
        brought = sa.select(row.c[subject], sa.func.max(row.c.number) + 1).where(
            row.c.s_inline.is_not(True), row.c[subject].is_not(None)
        )
        recorded = sa.select(live.c[subject], sa.func.max(live.c.number)).where(live.c.number > 1)
        for query, column in ((brought, row.c[subject]), (recorded, live.c[subject])):
            for identifier, number in staged.connection.execute(query.group_by(column)):
                if identifier:
                    numbers[identifier] = max(number, numbers.get(identifier, 1))
        _renumber(staged, subject, numbers)
    staged.connection.commit()


def _renumber(staged: Staging, subject: str, numbers: dict[str, int]) -> None:
    row = staged.tables["definition"]
    if numbers:
        staged.connection.execute(
            row.update()
            .where(row.c[subject] == sa.bindparam("r_subject"), row.c.s_inline.is_(True))
            .values(number=sa.bindparam("r_number"), id=sa.bindparam("r_id")),
            [
                {"r_subject": identifier, "r_number": number, "r_id": definition_id(identifier, number)}
                for identifier, number in numbers.items()
            ],
        )


def _check_repeats(staged: Staging, collection: Collection, places: Places, report: Report) -> None:
    """Each row whose identifier an earlier one has; a definition in a row repeats only where its row does."""
    table = staged.tables[collection.kind]
    own = table.c.s_inline.is_not(True)
    repeated = sa.select(table.c.id).where(own).group_by(table.c.id).having(sa.func.count() > 1)
    numbered = (
        sa.select(
            table.c.id,
            table.c.s_table,
            table.c.s_row,
            *(
                function.over(partition_by=table.c.id, order_by=(table.c.s_table, table.c.s_row)).label(name)
                for name, function in (
                    ("first_table", sa.func.first_value(table.c.s_table)),
                    ("first_row", sa.func.first_value(table.c.s_row)),
                    ("place", sa.func.row_number()),
                )
            ),
        )
        .where(table.c.id.in_(repeated), own)
        .subquery()
    )
    again = sa.select(numbered).where(numbered.c.place > 1).order_by(numbered.c.s_table, numbered.c.s_row)
    for row in _each(staged, again):
        fault = Fault(
            collection.identifier,
            N_("'%(value)s' stands already in row %(row)s of %(file)s"),
            N_("give each record its own identifier"),
            {"value": row.id, "row": row.first_row, "file": places.tables[row.first_table][0]},
        )
        report.add(places.problem(row.s_table, row.s_row, fault))


def _check_definition_names(staged: Staging, places: Places, report: Report) -> None:
    """A definition is named after what it defines, so that it can never move to something else."""
    table = staged.tables["definition"]
    subject = sa.func.coalesce(table.c.production_id, table.c.indicator_id)
    query = sa.select(table.c.number, subject.label("subject"), table.c.s_table, table.c.s_row).where(
        table.c.s_inline.is_not(True),
        table.c.id != subject + "--d" + sa.cast(table.c.number, sa.String),
        sa.or_(*(_is_known(staged, kind, table.c[f"{kind}_id"]) for kind in ("production", "indicator"))),
    )
    for row in _each(staged, query.order_by(table.c.s_table, table.c.s_row)):
        fault = Fault(
            "id",
            N_("the identifier of this definition is '%(value)s'"),
            N_("write it so, or correct what it defines or its number"),
            {"value": definition_id(row.subject, row.number)},
        )
        report.add(places.problem(row.s_table, row.s_row, fault))


def _is_known(staged: Staging, kind: str, value: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a record is in the catalogue or in this import, be it in a row that is refused."""
    live, brought, refused = live_table(kind), staged.tables[kind].alias("brought"), staged.refused
    return sa.or_(
        sa.exists().where(live.c.id == value),
        sa.exists().where(brought.c.id == value),
        sa.exists().where(refused.c.kind == kind, refused.c.id == value),
    )


def _check_references(staged: Staging, collection: Collection, column: Column, places: Places, report: Report) -> None:
    table, kind = staged.tables[collection.kind], str(column.refers_to)
    value = table.c[column.target]
    missing = (
        sa.select(value.label("value"), table.c.s_table, table.c.s_row)
        .where(
            value.is_not(None),
            table.c.s_inline.is_not(True),
            ~_is_known(staged, kind, value),
        )
        .order_by(table.c.s_table, table.c.s_row)
    )
    for row in _each(staged, missing):
        fault = Fault(
            column.heading,
            _MISSING[kind],
            N_("correct the identifier, or import that record too"),
            {"value": row.value},
        )
        report.add(places.problem(row.s_table, row.s_row, fault))


def _each(staged: Staging, query: sa.Select[Any]) -> Iterator[Any]:
    """Rows of an answer that may be as long as the import."""
    yield from staged.connection.execute(query.execution_options(yield_per=CHUNK))
    staged.connection.rollback()

"""Checks of staged rows that need more than one row: identifiers that repeat, records that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from catalog.exchange.collections import Collection, collections
from catalog.exchange.columns import Column
from catalog.exchange.messages import N_
from catalog.exchange.report import MOST_PROBLEMS, Report
from catalog.exchange.rows import Fault, definition_id
from catalog.exchange.staging import Staging, live_table

if TYPE_CHECKING:
    from catalog.exchange.imports import Places


def check(staged: Staging, places: Places, report: Report) -> None:
    """Add to the report every repeated identifier and every reference to a record that is nowhere."""
    _renumber_definitions(staged)
    for kind in staged.kinds():
        collection = collections()[kind]
        _check_repeats(staged, collection, places, report)
        for column in collection.columns:
            if column.refers_to:
                _check_references(staged, collection, column, places, report)


def _renumber_definitions(staged: Staging) -> None:
    """A row of a production speaks of its definition in force, which need not be the first.

    Its number is the highest on record, or one more than the highest that this import brings by itself.
    """
    row, live = staged.tables["definition"], live_table("definition")
    for subject in ("production_id", "indicator_id"):
        numbers: dict[str, int] = {}
        brought = sa.select(row.c[subject], sa.func.max(row.c.number) + 1).where(
            row.c.s_inline.is_(False), row.c[subject].is_not(None)
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
    table = staged.tables[collection.kind]
    repeated = sa.select(table.c.id).group_by(table.c.id).having(sa.func.count() > 1).limit(MOST_PROBLEMS)
    rows = staged.connection.execute(
        sa.select(table.c.id, table.c.s_table, table.c.s_row)
        .where(table.c.id.in_(repeated))
        .order_by(table.c.id, table.c.s_table, table.c.s_row)
    ).all()
    staged.connection.rollback()
    first: dict[str, tuple[int, int]] = {}
    for identifier, number, row in rows:
        if identifier not in first:
            first[identifier] = (number, row)
            continue
        facts = {
            "value": identifier,
            "row": first[identifier][1],
            "file": places.tables[first[identifier][0]][0],
        }
        fault = Fault(
            collection.identifier,
            N_("'%(value)s' stands already in row %(row)s of %(file)s"),
            N_("give each record its own identifier"),
            facts,
        )
        report.add(places.problem(number, row, fault))


def _check_references(staged: Staging, collection: Collection, column: Column, places: Places, report: Report) -> None:
    table, kind = staged.tables[collection.kind], str(column.refers_to)
    live, brought = live_table(kind), staged.tables[kind].alias("brought")
    value = table.c[column.target]
    rows = staged.connection.execute(
        sa.select(value, table.c.s_table, table.c.s_row)
        .where(
            value.is_not(None),
            ~sa.exists().where(live.c.id == value),
            ~sa.exists().where(brought.c.id == value),
        )
        .order_by(table.c.s_table, table.c.s_row)
        .limit(MOST_PROBLEMS)
    ).all()
    staged.connection.rollback()
    for missing, number, row in rows:
        fault = Fault(
            column.heading,
            N_("there is no %(kind)s '%(value)s', neither in this import nor in the catalogue"),
            N_("correct the identifier, or import that record too"),
            {"kind": kind, "value": missing},
        )
        report.add(places.problem(number, row, fault))

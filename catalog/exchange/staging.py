"""Where rows wait while an import is checked: temporary tables of one connection.

A temporary table belongs to its connection: nobody else sees it, filling it takes no lock that a writer waits for,
and the database itself sweeps it when the connection or the process dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from catalog.models import KINDS

CHUNK = 2_000
# Columns that publishing fills in, and that no file brings.
_OWN = {"version", "recorded_at", "changed_at"}


def live_table(kind: str) -> sa.Table:
    table = KINDS[kind].__table__
    assert isinstance(table, sa.Table)
    return table


def brought_columns(kind: str) -> list[str]:
    """The columns of a kind's table that an import can set."""
    return [column.name for column in live_table(kind).columns if column.name not in _OWN]


def _staged_table(kind: str, metadata: sa.MetaData) -> sa.Table:
    columns = [sa.Column(column.name, column.type) for column in live_table(kind).columns if column.name not in _OWN]
    return sa.Table(
        f"staged_{kind}",
        metadata,
        # Which table of the import the row came from, and its number there.
        sa.Column("s_table", sa.Integer),
        sa.Column("s_row", sa.Integer),
        # The version that the row was compared with; NULL for a record to create.
        sa.Column("s_base", sa.Integer),
        # True for a definition that stands in the row of what it defines.
        sa.Column("s_inline", sa.Boolean),
        *columns,
        prefixes=["TEMPORARY"],
    )


@dataclass
class Staging:
    """The staged rows of one import, on the connection that it runs on."""

    connection: sa.Connection
    tables: dict[str, sa.Table]
    changes: sa.Table
    refused: sa.Table
    # How many records were staged, the definitions in the rows of others not counted.
    records: int = 0
    _waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _refused: list[dict[str, str]] = field(default_factory=list)

    def add(self, kind: str, table: int, row: int, values: dict[str, Any]) -> None:
        """Stage a row; written in chunks, see :meth:`flush`."""
        waiting = self._waiting.setdefault(kind, [])
        waiting.append({**values, "s_table": table, "s_row": row})
        self.records += not values.get("s_inline", False)
        if len(waiting) >= CHUNK:
            self._write(kind)

    def refuse(self, kind: str, identifier: str) -> None:
        """Remember that a row would have brought this record."""
        self._refused.append({"kind": kind, "id": identifier})
        if len(self._refused) >= CHUNK:
            self._write_refused()

    def _write_refused(self) -> None:
        if self._refused:
            self.connection.execute(self.refused.insert(), self._refused)
            self.connection.commit()
            self._refused = []

    def _write(self, kind: str) -> None:
        rows = self._waiting.pop(kind, [])
        if rows:
            # Rows of one table have the same columns, those of another may have others: each is one statement.
            for _, group in groupby(rows, key=itemgetter("s_table")):
                self.connection.execute(self.tables[kind].insert(), list(group))
            self.connection.commit()

    def flush(self) -> None:
        """Write what waits and index the tables for the checks."""
        for kind in list(self._waiting):
            self._write(kind)
        self._write_refused()
        for table in (*self.tables.values(), self.refused):
            self.connection.execute(sa.text(f"CREATE INDEX ix_{table.name} ON {table.name} ({_indexed(table)})"))
        self.connection.commit()

    def kinds(self) -> list[str]:
        """The kinds that have staged rows, in the order in which records refer to one another."""
        return [kind for kind, table in self.tables.items() if self.count(table)]

    def count(self, table: sa.Table) -> int:
        return self.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _indexed(table: sa.Table) -> str:
    """All that history, outbox and counts ask for, so that none of them reads the long rows again."""
    names = ("id", "s_base", "s_inline", "production_id", "indicator_id")
    return ", ".join(name for name in names if name in table.c)


@contextmanager
def staging(engine: sa.Engine) -> Iterator[Staging]:
    """Empty staging tables on a connection of their own; gone at the end, however it comes."""
    metadata = sa.MetaData()
    tables = {kind: _staged_table(kind, metadata) for kind in KINDS}
    changes = sa.Table(
        "staged_change",
        metadata,
        sa.Column("kind", sa.String),
        sa.Column("record_id", sa.String),
        sa.Column("version", sa.Integer),
        sa.Column("field", sa.String),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String),
        prefixes=["TEMPORARY"],
    )
    refused = sa.Table(
        "staged_refused",
        metadata,
        sa.Column("kind", sa.String),
        sa.Column("id", sa.String),
        prefixes=["TEMPORARY"],
    )
    with engine.connect() as connection:
        # Not given back to the pool: closing it is what drops the tables, at once and whatever happened.
        connection.detach()
        metadata.create_all(connection, checkfirst=False)
        connection.commit()
        yield Staging(connection, tables, changes, refused)

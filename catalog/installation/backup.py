"""One logical archive of everything, from and into either database.

The archive is a zip: ``manifest.json`` (form, revision of the tables, instant, rows and SHA-256 of each table) and a
file of JSON lines a table. What belongs to running processes (leases, counters) is not in it; the search index is
made anew from what is.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog import migrating
from catalog.database import Base, Json, UtcDateTime, now
from catalog.exchange.messages import N_
from catalog.installation.errors import CannotBackUp, CannotRestore
from catalog.models import WorkerLease

FORM = "acervo-backup-1"
BATCH = 1_000
_LEFT_OUT = {WorkerLease.__tablename__}
LARGEST_MANIFEST = 1 << 20
# What reading a damaged archive can end in, and what rows can that do not fit their table.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError)
_UNFIT = (KeyError, TypeError, ValueError, ArithmeticError, sa.exc.IntegrityError, sa.exc.DataError)


def kept_tables() -> list[sa.Table]:
    """Every table of the archive, those referred to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def back_up(engine: sa.Engine, file: Path) -> dict[str, int]:
    """Write the archive; the file appears only when it is complete, and only its owner can read it.

    :returns: rows by table.
    :raises CannotBackUp: the file cannot be written.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
        # Messages of readers are in it, with their addresses.
        partial.touch(mode=0o600)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive, _snapshot(engine) as connection:
            tables = {table.name: _write_table(connection, archive, table) for table in kept_tables()}
            manifest = {
                "form": FORM,
                "revision": migrating.current(engine),
                "written_at": now().isoformat(),
                "tables": tables,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        partial.replace(file)
    except OSError as error:
        raise CannotBackUp(
            N_("%(file)s cannot be written (%(why)s)"), file=file, why=error.strerror or type(error).__name__
        ) from None
    finally:
        with suppress(OSError):
            partial.unlink()
    return {name: facts["rows"] for name, facts in tables.items()}


def _snapshot(engine: sa.Engine) -> sa.Connection:
    """A connection that sees the database as it is at one instant."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ").connect()
    return engine.connect()


def _write_table(connection: sa.Connection, archive: zipfile.ZipFile, table: sa.Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in _read(connection, table):
            line = json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            out.write(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": [column.name for column in table.columns]}


def _read(connection: sa.Connection, table: sa.Table) -> Iterator[sa.Row[Any]]:
    key = list(table.primary_key.columns)
    result = connection.execution_options(yield_per=BATCH).execute(sa.select(table).order_by(*key))
    for part in result.partitions():
        yield from part


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def restore(engine: sa.Engine, file: Path) -> dict[str, int]:
    """Read an archive into an installation that holds nothing; all of it, or nothing.

    :returns: rows by table.
    :raises CannotRestore: the installation holds data, the archive is damaged, or its tables are of another version.
    """
    with _opened(file) as archive:
        tables = _manifest(archive)["tables"]
        for table in kept_tables():
            _verify(archive, table, tables.get(table.name))
        _prepare(engine)
        with engine.execution_options(acervo_write=True).begin() as connection:
            _refuse_data(connection)
            for table in kept_tables():
                _restore_table(connection, archive, table, tables[table.name]["columns"])
            if engine.dialect.name == "postgresql":
                _advance_sequences(connection)
    return {table.name: tables[table.name]["rows"] for table in kept_tables()}


def _prepare(engine: sa.Engine) -> None:
    """Make the tables of an installation that has none; those of another version are left alone."""
    there = migrating.current(engine)
    if there not in (None, migrating.newest()):
        raise CannotRestore(
            N_("the tables of this installation are of version %(there)s; run acervo setup first"), there=there
        )
    migrating.upgrade(engine)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise CannotRestore(
            N_("%(file)s cannot be read as an archive of acervo backup (%(why)s)"),
            file=file.name,
            why=type(error).__name__,
        ) from None


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo("manifest.json").file_size > LARGEST_MANIFEST:
            raise KeyError("manifest.json")
        manifest = json.loads(archive.read("manifest.json"))
    except (*_UNREADABLE, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("form") != FORM or not isinstance(manifest.get("tables"), dict):
        raise CannotRestore(N_("the archive has no list of contents of acervo backup"))
    if manifest.get("revision") != migrating.newest():
        raise CannotRestore(
            N_("the archive is of tables %(there)s, this installation of %(here)s; restore it with that version"),
            there=manifest.get("revision"),
            here=migrating.newest(),
        )
    return manifest


def _verify(archive: zipfile.ZipFile, table: sa.Table, listed: Any) -> None:
    """Compare a table's file with the list of contents, before anything is touched."""
    digest = hashlib.sha256()
    try:
        with archive.open(f"{table.name}.jsonl") as lines:
            while part := lines.read(1 << 20):
                digest.update(part)
    except _UNREADABLE:
        raise _damaged(table) from None
    wanted = {"rows": int, "columns": list, "sha256": str}
    if not isinstance(listed, dict) or any(not isinstance(listed.get(name), kind) for name, kind in wanted.items()):
        raise _damaged(table)
    if digest.hexdigest() != listed["sha256"]:
        raise _damaged(table)


def _damaged(table: sa.Table) -> CannotRestore:
    return CannotRestore(N_("the archive is damaged: %(table)s is not what was written"), table=table.name)


def _refuse_data(connection: sa.Connection) -> None:
    for table in kept_tables():
        if table.name != "topic" and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise CannotRestore(
                N_("this installation holds data (%(table)s); restore into an empty one"), table=table.name
            )
    for table in kept_tables():
        connection.execute(table.delete())


def _restore_table(
    connection: sa.Connection, archive: zipfile.ZipFile, table: sa.Table, columns: Sequence[str]
) -> None:
    own_kind = [fk.parent.name for fk in table.foreign_keys if fk.column.table is table]
    later: list[dict[str, Any]] = []
    try:
        with archive.open(f"{table.name}.jsonl") as lines:
            while batch := list(islice(lines, BATCH)):
                rows = [_values(table, dict(zip(columns, json.loads(line), strict=True))) for line in batch]
                later += _held_back(rows, own_kind)
                connection.execute(table.insert(), rows)
        if later:
            values: dict[str, Any] = {name: sa.bindparam(f"r_{name}") for name in own_kind}
            connection.execute(table.update().where(table.c.id == sa.bindparam("r_id")).values(values), later)
    except _UNFIT:
        raise _damaged(table) from None


def _held_back(rows: list[dict[str, Any]], own_kind: list[str]) -> list[dict[str, Any]]:
    """References inside a table, taken out of its rows: a record may refer to one that comes after it."""
    later = []
    for row in rows:
        if any(row[name] is not None for name in own_kind):
            later.append({"r_id": row["id"], **{f"r_{name}": row[name] for name in own_kind}})
            row.update(dict.fromkeys(own_kind))
    return later


def _values(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _typed(table.c[name], value) for name, value in row.items() if name in table.c}


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, Json):
        return value
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(column.type, sa.Numeric) else value


def _advance_sequences(connection: sa.Connection) -> None:
    """PostgreSQL counts by itself and must be told what is taken."""
    for table in kept_tables():
        key = table.c.get("id")
        if key is not None and isinstance(key.type, sa.Integer):
            highest = connection.execute(sa.select(sa.func.max(key))).scalar()
            sequence = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))

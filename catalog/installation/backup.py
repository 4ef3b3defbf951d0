"""One logical archive of everything, from and into either database.

The archive is a zip: ``manifest.json`` (form, revision of the tables, instant, rows and SHA-256 of each table) and a
file of JSON lines a table. What belongs to running processes (leases, counters) is not in it; the search index is
made anew from what is.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog import migrating
from catalog.database import Base, Json, UtcDateTime, now
from catalog.exchange.messages import N_
from catalog.installation.errors import CannotRestore
from catalog.models import WorkerLease

FORM = "acervo-backup-1"
BATCH = 1_000
_LEFT_OUT = {WorkerLease.__tablename__}
LARGEST_MANIFEST = 1 << 20


def kept_tables() -> list[sa.Table]:
    """Every table of the archive, those referred to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def back_up(engine: sa.Engine, file: Path) -> dict[str, int]:
    """Write the archive; the file appears only when it is complete.

    :returns: rows by table.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
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
    finally:
        partial.unlink(missing_ok=True)
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
    migrating.upgrade(engine)
    with _opened(file) as archive:
        manifest = _manifest(archive)
        with engine.execution_options(acervo_write=True).begin() as connection:
            _refuse_data(connection)
            for table in kept_tables():
                _restore_table(connection, archive, table, manifest["tables"])
            if engine.dialect.name == "postgresql":
                _advance_sequences(connection)
    return {name: facts["rows"] for name, facts in manifest["tables"].items()}


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
    except (KeyError, ValueError, zipfile.BadZipFile):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("form") != FORM:
        raise CannotRestore(N_("the archive has no list of contents of acervo backup"))
    if manifest.get("revision") != migrating.newest():
        raise CannotRestore(
            N_("the archive is of tables %(there)s, this installation of %(here)s; restore it with that version"),
            there=manifest.get("revision"),
            here=migrating.newest(),
        )
    return manifest


def _refuse_data(connection: sa.Connection) -> None:
    for table in kept_tables():
        if table.name != "topic" and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise CannotRestore(
                N_("this installation holds data (%(table)s); restore into an empty one"), table=table.name
            )
    for table in kept_tables():
        connection.execute(table.delete())


def _restore_table(
    connection: sa.Connection, archive: zipfile.ZipFile, table: sa.Table, listed: dict[str, dict[str, Any]]
) -> None:
    facts = listed.get(table.name)
    if facts is None:
        return
    own_kind = [fk.parent.name for fk in table.foreign_keys if fk.column.table is table]
    later: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    digest, count = hashlib.sha256(), 0
    with archive.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            digest.update(line)
            row = _values(table, dict(zip(facts["columns"], json.loads(line), strict=True)))
            # A record may refer to one of its own table that comes after it.
            if any(row[name] is not None for name in own_kind):
                later.append({"r_id": row["id"], **{f"r_{name}": row[name] for name in own_kind}})
                row |= dict.fromkeys(own_kind)
            batch.append(row)
            count += 1
            if len(batch) >= BATCH:
                connection.execute(table.insert(), batch)
                batch = []
    if batch:
        connection.execute(table.insert(), batch)
    if later:
        values: dict[str, Any] = {name: sa.bindparam(f"r_{name}") for name in own_kind}
        connection.execute(table.update().where(table.c.id == sa.bindparam("r_id")).values(values), later)
    if digest.hexdigest() != facts["sha256"] or count != facts["rows"]:
        raise CannotRestore(N_("the archive is damaged: %(table)s is not what was written"), table=table.name)


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

"""Is this installation sound: one function a check, each with what it found and what would repair it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from catalog import migrating
from catalog.database import now
from catalog.exchange.messages import N_
from catalog.installation.settings import Installation
from catalog.models import ChangeSet, Country, OutboxEntry
from search.backend import SearchBackend, SearchUnavailable
from search.documents import DocumentSource
from search.indexing import status

OK, WARN, BAD = "ok", "warn", "bad"
LEAST_FREE = 100 << 20
LITTLE_FREE = 1 << 30
LEAST_SQLITE = (3, 35, 0)
# Clocks of machines that serve the same database may differ by so much.
CLOCK_SKEW = timedelta(minutes=5)
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``message`` and ``repair`` are msgids, ``facts`` their parameters."""

    id: str
    status: str
    message: str
    repair: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    installation: Installation
    engine: sa.Engine
    source: DocumentSource
    backend: SearchBackend


def examine(patient: Patient) -> list[Check]:
    """Run every check; one that breaks is itself bad, and the others go on."""
    return [_run(check, patient) for check in CHECKS]


def invalid_settings(why: str) -> list[Check]:
    """What there is to say where the settings do not let the application start."""
    return [
        Check(
            "settings",
            BAD,
            N_("A setting cannot be used: %(why)s"),
            N_("Correct it in the environment or in the file .env."),
            {"why": why},
        )
    ]


def _run(check: Callable[[Patient], Check], patient: Patient) -> Check:
    try:
        return check(patient)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, SearchUnavailable, OSError, ValueError) as error:
        return Check(
            check.__name__.removeprefix("_"),
            BAD,
            N_("The check could not be made: %(why)s"),
            N_("See to the database, the index and the data folder first, then run acervo doctor again."),
            {"why": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"},
        )


def _settings(_patient: Patient) -> Check:
    return Check("settings", OK, N_("The settings can be used."))


def _base_url(patient: Patient) -> Check:
    address = patient.installation.base_url
    if address is None:
        return Check("base_url", OK, N_("ACERVO_BASE_URL is not set: addresses follow the reader's own."))
    parts = urlsplit(address)
    facts = {"address": address}
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        return Check(
            "base_url",
            WARN,
            N_("%(address)s is served without encryption."),
            N_("Put a proxy with a certificate before it, and set ACERVO_BASE_URL to its https address."),
            facts,
        )
    return Check("base_url", OK, N_("The site's address is %(address)s."), "", facts)


def _secret_key(patient: Patient) -> Check:
    file = patient.installation.data_dir / "secret_key"
    if file.exists() and file.stat().st_mode & 0o077:
        return Check(
            "secret_key",
            WARN,
            N_("Other accounts of this machine can read %(file)s."),
            N_("Take the right from them: chmod 600 %(file)s"),
            {"file": file},
        )
    return Check("secret_key", OK, N_("The secret key is kept from others."))


def _rate_limits(patient: Patient) -> Check:
    if patient.installation.rate_limits:
        return Check("rate_limits", OK, N_("Rate limits are on."))
    return Check(
        "rate_limits",
        WARN,
        N_("Rate limits are off: one visitor can take all of the service."),
        N_("Take ACERVO_RATE_LIMITS=off away when you have finished measuring."),
    )


def _data_folder(patient: Patient) -> Check:
    folder = patient.installation.data_dir
    facts = {"folder": folder}
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"acervo")
    except OSError as error:
        return Check(
            "data_folder",
            BAD,
            N_("Nothing can be written to %(folder)s (%(why)s)."),
            N_("Make the folder, give it to the account that runs Acervo, or name another with ACERVO_DATA_DIR."),
            {**facts, "why": error.strerror or type(error).__name__},
        )
    return Check("data_folder", OK, N_("The data folder %(folder)s can be written to."), "", facts)


def _disk(patient: Patient) -> Check:
    free = shutil.disk_usage(_existing(patient.installation.data_dir)).free
    facts = {"free": free // _MEBIBYTE}
    if free < LITTLE_FREE:
        return Check(
            "disk",
            BAD if free < LEAST_FREE else WARN,
            N_("Only %(free)s MB are free where the data is."),
            N_("Make room, or move the data folder to a larger disk."),
            facts,
        )
    return Check("disk", OK, N_("%(free)s MB are free where the data is."), "", facts)


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _database(patient: Patient) -> Check:
    facts = {"address": patient.engine.url.render_as_string(hide_password=True)}
    if patient.engine.dialect.name == "sqlite" and sqlite3.sqlite_version_info < LEAST_SQLITE:
        return Check(
            "database",
            BAD,
            N_("SQLite %(version)s is too old."),
            N_("Use a Python that brings SQLite 3.35 or newer."),
            {"version": sqlite3.sqlite_version},
        )
    try:
        with patient.engine.connect() as connection:
            connection.execute(sa.select(1))
    except sa.exc.SQLAlchemyError as error:
        return Check(
            "database",
            BAD,
            N_("The database %(address)s does not answer: %(why)s"),
            N_("Start its server, or correct ACERVO_DATABASE_URL."),
            {**facts, "why": str(error).splitlines()[0]},
        )
    if _is_read_only(patient.engine):
        return Check(
            "database",
            BAD,
            N_("Nothing can be written to the database %(address)s."),
            N_("Give its file and folder to the account that runs Acervo, or name a server that takes changes."),
            facts,
        )
    return Check("database", OK, N_("The database %(address)s answers."), "", facts)


def _is_read_only(engine: sa.Engine) -> bool:
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            return connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    try:
        with engine.execution_options(acervo_write=True).connect() as connection:
            # Only a change finds out; this one is rolled back, and would change nothing.
            version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    except sa.exc.OperationalError as error:
        # One that waits for another's lock in vain can be written to.
        code = getattr(error.orig, "sqlite_errorcode", 0)
        return code & 0xFF == sqlite3.SQLITE_READONLY
    return False


def _tables(patient: Patient) -> Check:
    there, needed = migrating.current(patient.engine), migrating.newest()
    facts = {"there": there or "-", "needed": needed}
    if there == needed:
        return Check("tables", OK, N_("The tables are those of this version (%(needed)s)."), "", facts)
    if there is None or migrating.is_known(there):
        return Check(
            "tables",
            BAD,
            N_("The tables are of version %(there)s; this version needs %(needed)s."),
            N_("Run acervo setup."),
            facts,
        )
    return Check(
        "tables",
        BAD,
        N_("The tables are of version %(there)s, which this version does not know."),
        N_("Run the newer Acervo that made them, or restore a backup of this version."),
        facts,
    )


def _integrity(patient: Patient) -> Check:
    if patient.engine.dialect.name != "sqlite":
        return Check("integrity", OK, N_("The database server looks after its files and references by itself."))
    with patient.engine.connect() as connection:
        damage = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
    if damage != ["ok"]:
        return Check(
            "integrity",
            BAD,
            N_("The database file is damaged: %(why)s"),
            N_("Stop Acervo, keep a copy of the data folder, and restore the last backup."),
            {"why": "; ".join(damage)[:500]},
        )
    if orphans:
        return Check(
            "integrity",
            BAD,
            N_("%(count)s rows refer to records that do not exist, the first in table %(table)s."),
            N_("Restore the last backup; something other than Acervo wrote to the database."),
            {"count": len(orphans), "table": orphans[0][0]},
        )
    return Check("integrity", OK, N_("The database file is whole, and every reference leads to its record."))


def _records(patient: Patient) -> Check:
    with patient.engine.connect() as connection:
        if connection.execute(sa.select(Country.id).limit(1)).first() is None:
            return Check(
                "records",
                WARN,
                N_("The catalogue holds no country."),
                N_("Run acervo setup for the regional catalogue, or import your own."),
            )
    return Check("records", OK, N_("The catalogue holds records."))


def _clock(patient: Patient) -> Check:
    with patient.engine.connect() as connection:
        last = connection.execute(
            sa.select(sa.func.max(ChangeSet.recorded_at, type_=ChangeSet.recorded_at.type))
        ).scalar()
    if last is not None and last > now() + CLOCK_SKEW:
        return Check(
            "clock",
            BAD,
            N_("This machine's clock is behind: the last change was recorded at %(last)s."),
            N_("Set the clock, best from a time server."),
            {"last": last.isoformat(timespec="seconds")},
        )
    return Check("clock", OK, N_("The clock agrees with the last change."))


def _outbox(patient: Patient) -> Check:
    stuck = sa.select(sa.func.count(), sa.func.max(OutboxEntry.error)).where(OutboxEntry.attempts > 0)
    with patient.engine.connect() as connection:
        count, error = connection.execute(stuck).one()
    if count:
        return Check(
            "outbox",
            WARN,
            N_("%(count)s changes could not be brought to the index at first: %(why)s"),
            N_("Run acervo index sync and see whether it says why."),
            {"count": count, "why": error},
        )
    return Check("outbox", OK, N_("No change is stuck on its way to the index."))


def _index(patient: Patient) -> Check:
    found = status(patient.source, patient.backend)
    facts = {"database": found.database, "index": found.index, "lag": found.lag, "different": found.different}
    if not _is_there(patient.backend) or (found.database and not found.index):
        return Check(
            "index",
            BAD,
            N_("There is no index, or it cannot be read; searches are answered by the database alone."),
            N_("Run acervo index rebuild."),
            facts,
        )
    if found.lag:
        return Check(
            "index",
            WARN,
            N_("%(lag)s changes wait for the index."),
            N_("They are delivered while acervo serve or acervo worker runs, or by acervo index sync."),
            facts,
        )
    if found.different or found.database != found.index:
        return Check(
            "index",
            BAD,
            N_("The index is not equal to the database: %(different)s of %(database)s documents differ."),
            N_("Run acervo index sync; if that does not help, acervo index rebuild."),
            facts,
        )
    return Check("index", OK, N_("The index is equal to the database: %(database)s documents."), "", facts)


def _is_there(backend: SearchBackend) -> bool:
    try:
        backend.count()
    except SearchUnavailable:
        return False
    return True


CHECKS: tuple[Callable[[Patient], Check], ...] = (
    _settings,
    _base_url,
    _secret_key,
    _rate_limits,
    _data_folder,
    _disk,
    _database,
    _tables,
    _integrity,
    _records,
    _clock,
    _outbox,
    _index,
)


def is_sound(checks: list[Check]) -> bool:
    """Whether nothing is bad; a warning does not stop anybody."""
    return all(check.status != BAD for check in checks)

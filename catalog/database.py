"""The database: declarative base, column types, and the one way to open a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Any

import sqlalchemy as sa
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session

# So long a transaction waits for another's lock, where it asks for nothing else.
PATIENCE_MS = 10_000

# Names are fixed so that SQLite's batch migrations can drop what they did not create.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant in UTC; refuses a naive datetime, because SQLite forgets time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its time zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


class Json(sa.types.TypeDecorator[Any]):
    """A JSON document; ``None`` is SQL NULL, never the JSON null."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


class _Database(SQLAlchemy):
    """Without asynchronous sessions: to close those that nobody opened, each request would start a thread."""

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            close for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
        ]


db = _Database()


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


@event.listens_for(sa.Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver would open transactions late and only for writes; we open them ourselves below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        # Long rows (definitions) fill larger pages better: publishing an import takes half as long as with 4096.
        "page_size=16384",
        "foreign_keys=on",
        "journal_mode=wal",
        "synchronous=normal",
        f"busy_timeout={PATIENCE_MS}",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


@event.listens_for(sa.Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    """What the execution options ask for: ``acervo_write``, and ``acervo_patience_ms`` for a write that may be lost."""
    options = connection.get_execution_options()
    patience = int(options.get("acervo_patience_ms", PATIENCE_MS))
    if connection.dialect.name == "sqlite":
        _wait_for_locks(connection, patience)
        # A reader that turns writer half-way fails at once; a writer takes its lock first and waits for it.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("acervo_write", False) else "BEGIN")
    elif patience != PATIENCE_MS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}ms'")


def _wait_for_locks(connection: sa.Connection, patience: int) -> None:
    """A connection keeps its patience when it goes back to the pool; the next transaction sets its own."""
    if connection.info.get("acervo_patience_ms", PATIENCE_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.info["acervo_patience_ms"] = patience


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose changes are committed together, or not at all."""
    with Session(db.engine.execution_options(acervo_write=True), expire_on_commit=False) as session:
        with session.begin():
            yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session for one consistent look at the database; what it would write is rolled back."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session

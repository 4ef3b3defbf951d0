"""Rate limits, counted in the database so that every process counts the same."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

_log = logging.getLogger("acervo")

SEARCH = "240 per minute"
EXPORTS = "30 per minute"
PUBLIC_FORMS = "20 per hour"
# No reader waits longer than this to be counted, or for a note of what was looked for.
PATIENCE_MS = 200

metadata = sa.MetaData()
rate_limit_counter = sa.Table(
    "rate_limit_counter",
    metadata,
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.PrimaryKeyConstraint("key", name="pk_rate_limit_counter"),
)

limiter = Limiter(get_remote_address, strategy="fixed-window", headers_enabled=True)


class DatabaseStorage(Storage):
    """Counters of fixed windows in one table.

    A database that is busy or away lets a request through: a limit is there to protect the service, not to stop it.
    """

    STORAGE_SCHEME = ["acervo"]  # noqa: RUF012  (the library's own form)
    engine: Callable[[], sa.Engine]

    @property
    def base_exceptions(self) -> type[Exception]:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now, table = time.time(), rate_limit_counter
        with self._writing() as connection:
            connection.execute(sa.delete(table).where(table.c.key == key, table.c.expires_at <= now))
            counted = connection.execute(
                sa.update(table).where(table.c.key == key).values(count=table.c.count + amount).returning(table.c.count)
            ).scalar()
            if counted is not None:
                return int(counted)
            connection.execute(sa.insert(table).values(key=key, count=amount, expires_at=now + expiry))
            # A new window is a moment to sweep those that are over; the worker does it where none is opened.
            connection.execute(sa.delete(table).where(table.c.expires_at <= now))
        return amount

    def _writing(self) -> Any:
        options = {"acervo_write": True, "acervo_patience_ms": PATIENCE_MS}
        return type(self).engine().execution_options(**options).begin()

    def _row(self, key: str) -> Any:
        table = rate_limit_counter
        with type(self).engine().connect() as connection:
            return connection.execute(
                sa.select(table.c.count, table.c.expires_at).where(table.c.key == key, table.c.expires_at > time.time())
            ).first()

    def get(self, key: str) -> int:
        row = self._row(key)
        return row.count if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return row.expires_at if row else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._writing() as connection:
            return int(connection.execute(sa.delete(rate_limit_counter)).rowcount)

    def clear(self, key: str) -> None:
        with self._writing() as connection:
            connection.execute(sa.delete(rate_limit_counter).where(rate_limit_counter.c.key == key))


def sweep(engine: sa.Engine) -> None:
    """Forget who asked in windows that are over."""
    over = rate_limit_counter.c.expires_at <= time.time()
    with engine.execution_options(acervo_write=True).begin() as connection:
        connection.execute(sa.delete(rate_limit_counter).where(over))


def seconds_to_wait() -> int | None:
    """How long whoever was refused now has to wait; None where no limit refused."""
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - time.time())) if limit and limit.breached else None


def init_app(app: Flask, engine: Callable[[], sa.Engine], *, enabled: bool) -> None:
    """Count in this database; ``enabled`` is off for measuring."""
    DatabaseStorage.engine = staticmethod(engine)
    app.config.update(
        RATELIMIT_ENABLED=enabled,
        RATELIMIT_STORAGE_URI="acervo://",
        RATELIMIT_SWALLOW_ERRORS=True,
    )

    @app.after_request
    def tell_nobody_else_to_wait(response: Response) -> Response:
        if response.status_code not in (429, 503):
            response.headers.pop("Retry-After", None)
        return response

    # What is registered first runs last: after the limiter has put its headers in.
    limiter.init_app(app)

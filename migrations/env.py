"""How Alembic runs here: on a connection handed in by ``catalog.migrating``, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from alembic import context

from catalog import models  # noqa: F401  (fills the metadata)
from catalog.database import Base, Json, UtcDateTime
from web import limits


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as plain ones, so that a migration never changes with our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, _found: Any, wanted: Any) -> bool | None:
    return False if isinstance(wanted, UtcDateTime | Json) else None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[Base.metadata, limits.metadata],
    render_as_batch=True,
    render_item=render_item,
    compare_type=compare_type,
)
with context.begin_transaction():
    context.run_migrations()

"""The catalogue as the search's source of documents, and the outbox that says which have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from catalog import search_documents, search_rows
from catalog.models import Institution, OutboxEntry, Production
from catalog.outbox.lease import leased
from search.documents import Batch, Document, Key


class CatalogDocuments:
    """Implements ``search.documents.DocumentSource`` on the catalogue's database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> Iterator[Document]:
        with self._engine.connect() as connection:
            for kind in search_rows.SEARCHED:
                yield from search_documents.documents(connection, kind)

    def some(self, keys: Iterable[Key]) -> Iterator[Document]:
        wanted: dict[str, list[str]] = {}
        for kind, identifier in keys:
            wanted.setdefault(kind, []).append(identifier)
        with self._engine.connect() as connection:
            for kind, ids in wanted.items():
                yield from search_documents.documents(connection, kind, sorted(ids))

    def versions(self) -> Iterator[tuple[str, str, int]]:
        with self._engine.connect() as connection:
            yield from search_rows.versions(connection)

    def count(self) -> int:
        with self._engine.connect() as connection:
            return search_rows.count(connection)

    def pending(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count(OutboxEntry.id))).scalar_one()

    def take(self, limit: int) -> Batch:
        """The oldest changes, and every document that they touch."""
        with self._engine.connect() as connection:
            entries = connection.execute(
                sa.select(OutboxEntry.id, OutboxEntry.kind, OutboxEntry.record_id).order_by(OutboxEntry.id).limit(limit)
            ).all()
            keys = _touched(connection, [(kind, record) for _, kind, record in entries])
        return Batch(keys=keys, token=[identifier for identifier, _, _ in entries])

    def done(self, batch: Batch) -> None:
        self._write(sa.delete(OutboxEntry).where(OutboxEntry.id.in_(batch.token)))

    def failed(self, batch: Batch, error: str) -> None:
        self._write(
            sa.update(OutboxEntry)
            .where(OutboxEntry.id.in_(batch.token))
            .values(attempts=OutboxEntry.attempts + 1, error=error[:500])
        )

    def newest(self) -> int:
        """The newest change so far; what a rebuild that begins now will have seen."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.max(OutboxEntry.id), 0))).scalar_one()

    def forget_until(self, newest: int) -> None:
        """Changes up to this one are in the index: a rebuild has seen them."""
        self._write(sa.delete(OutboxEntry).where(OutboxEntry.id <= newest))

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        """The lease on delivery, kept while the work goes on; whoever dies loses it when it runs out."""
        with leased(self._engine, "delivery") as allowed:
            yield allowed

    def _write(self, statement: Any) -> None:
        with self._engine.execution_options(acervo_write=True).begin() as connection:
            connection.execute(statement)


def _touched(connection: sa.Connection, changed: Sequence[Key]) -> list[Key]:
    """The documents in which these records appear, each once, in a stable order."""
    by_kind: dict[str, set[str]] = {}
    for kind, identifier in changed:
        by_kind.setdefault(kind, set()).add(identifier)
    touched = {key for key in changed if key[0] in search_rows.SEARCHED}
    rules = (
        ("country", "institution", Institution.country_id, Institution.id),
        ("country", "production", Production.country_id, Production.id),
        ("institution", "production", Production.institution_id, Production.id),
        ("indicator", "production", Production.indicator_id, Production.id),
        ("production", "indicator", Production.id, Production.indicator_id),
    )
    for kind, shown_as, column, result in rules:
        ids = by_kind.get(kind)
        if ids:
            found = connection.scalars(sa.select(result).where(column.in_(ids)).distinct())
            touched.update((shown_as, identifier) for identifier in found)
    return sorted(touched)

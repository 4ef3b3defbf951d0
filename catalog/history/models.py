"""Recorded time: who changed which field of which record, when, from what to what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base
from catalog.records import one_of


class ChangeSet(Base):
    """Changes that became visible together: one form, one import, one batch."""

    __tablename__ = "change_set"
    __table_args__ = (one_of("origin", ("setup", "import", "edit", "restore")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    origin: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    records: Mapped[int]


class HistoryEntry(Base):
    """A record's creation (no field), or one field's change; append-only.

    ``before`` and ``after`` are JSON texts; NULL where the field had, or has, no value.
    """

    __tablename__ = "history_entry"
    __table_args__ = (
        Index(None, "kind", "record_id", "id"),
        one_of("act", ("create", "change", "retire")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"))
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(10))
    field: Mapped[str | None] = mapped_column(String(60))
    before: Mapped[str | None]
    after: Mapped[str | None]

    change_set: Mapped[ChangeSet] = relationship(lazy="raise_on_sql")

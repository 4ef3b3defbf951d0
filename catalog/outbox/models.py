"""What must still reach the search index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.database import Base


class OutboxEntry(Base):
    """A record that changed; written in the transaction of the change, gone once the index has it."""

    __tablename__ = "outbox_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]


class WorkerLease(Base):
    """Which process delivers the outbox; one at a time, another takes over when the lease runs out."""

    __tablename__ = "worker_lease"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]

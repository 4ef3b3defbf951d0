"""What the public says should be corrected; for the record's steward, never published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.database import Base
from catalog.records import one_of


class Correction(Base):
    """One message about one record or one page; of one that is closed, only its number and what it was about stay."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("length(message) BETWEEN 1 AND 4000", name="message_length"),
        one_of("status", ("open", "closed")),
        CheckConstraint(
            "(status = 'open' AND message IS NOT NULL) OR (message IS NULL AND email IS NULL)",
            name="closed_is_emptied",
        ),
        Index(None, "status", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(8), default="open")
    kind: Mapped[str | None] = mapped_column(String(20))
    record_id: Mapped[str | None] = mapped_column(String(120))
    message: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))

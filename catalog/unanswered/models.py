"""Searches that found nothing: the words only once several days have asked the same, until then a digest."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.database import Base
from catalog.unanswered.words import LONGEST


class UnansweredDay(Base):
    """A day on which a search found nothing."""

    __tablename__ = "unanswered_day"
    __table_args__ = (Index(None, "day"),)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class UnansweredSearch(Base):
    """Normalised words that enough days have asked for in vain."""

    __tablename__ = "unanswered_search"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    words: Mapped[str] = mapped_column(String(LONGEST))

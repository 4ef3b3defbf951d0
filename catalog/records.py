"""What every record of the catalogue carries: identity, provenance, valid time and recorded time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.code_lists.lists import code_lists
from catalog.database import Base, Json


def one_of(column: str, codes: tuple[str, ...]) -> CheckConstraint:
    """The database's own check that a column holds one of these codes (or nothing)."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_code")


def codes_of(name: str) -> tuple[str, ...]:
    return tuple(code.code for code in code_lists()[name].codes)


class Record(Base):
    """A record that the public can cite: its identifier never changes and its address goes on answering.

    Texts come in pairs of columns (``name_es``, ``name_en``); ``originals`` holds, by field, the text of a
    source that speaks another language: ``{"name": {"lang": "nl", "text": "…"}}``. Valid time is partial dates
    (``2022``, ``2022-03``, ``2022-03-05``); recorded time is the history's change sets, of which
    ``recorded_at`` and ``changed_at`` repeat the first and the last.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    registration_status: Mapped[str] = mapped_column(String(12), default="recorded")
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_to: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str | None]
    checked: Mapped[bool]
    notes_es: Mapped[str | None]
    notes_en: Mapped[str | None]
    originals: Mapped[dict[str, Any] | None] = mapped_column(Json)
    recorded_at: Mapped[datetime]
    changed_at: Mapped[datetime]


def record_checks() -> tuple[CheckConstraint, ...]:
    """The constraints that every record's table has."""
    return (
        CheckConstraint("version > 0", name="version_counts"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="valid_time"),
        one_of("registration_status", codes_of("registration_status")),
    )

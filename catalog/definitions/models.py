"""Definitions: what a number counts, in versions with their own validity."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.database import Json
from catalog.records import Record, record_checks


def _one_of_each_number(subject: str) -> Index:
    there = text(f"{subject} IS NOT NULL")
    return Index(None, subject, "number", unique=True, sqlite_where=there, postgresql_where=there)


class Definition(Record):
    """One version of the definition of a production, or of an indicator's reference definition (GSIM concept).

    ``attribute_values`` maps an attribute's code to ``{"value", "provenance"}``; the value of a set is its codes
    joined by ``;``. An attribute that is not in the map is *unknown*; ``na`` and ``none`` are values. They are one
    document and not one row each because an attribute is data, and because equal definitions are found by
    ``fingerprint``, a digest of the values alone (see ``docs/decisions``).
    """

    __tablename__ = "definition"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("(production_id IS NULL) <> (indicator_id IS NULL)", name="one_subject"),
        CheckConstraint("number > 0", name="number_counts"),
        *(_one_of_each_number(subject) for subject in ("production_id", "indicator_id")),
    )

    production_id: Mapped[str | None] = mapped_column(ForeignKey("production.id"))
    indicator_id: Mapped[str | None] = mapped_column(ForeignKey("indicator.id"))
    # The highest number is the version in force; earlier ones keep their own validity.
    number: Mapped[int]
    text_es: Mapped[str | None]
    text_en: Mapped[str | None]
    attribute_values: Mapped[dict[str, Any]] = mapped_column(Json)
    fingerprint: Mapped[str] = mapped_column(String(32))

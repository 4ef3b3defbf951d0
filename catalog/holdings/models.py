"""Confirmed absences: the one kind of silence that is a finding."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.countries.models import Country
from catalog.indicators.models import Indicator
from catalog.institutions.models import Institution
from catalog.records import Record, record_checks


class Absence(Record):
    """Somebody with the standing to know says that nobody in a country holds an indicator."""

    __tablename__ = "absence"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("source IS NOT NULL", name="has_a_source"),
        Index(None, "indicator_id", "country_id"),
    )

    indicator_id: Mapped[str] = mapped_column(ForeignKey("indicator.id"))
    country_id: Mapped[str] = mapped_column(ForeignKey("country.id"), index=True)
    said_by_id: Mapped[str] = mapped_column(ForeignKey("institution.id"), index=True)
    said_on: Mapped[date]

    indicator: Mapped[Indicator] = relationship(lazy="raise_on_sql")
    country: Mapped[Country] = relationship(lazy="raise_on_sql")
    said_by: Mapped[Institution] = relationship(lazy="raise_on_sql")

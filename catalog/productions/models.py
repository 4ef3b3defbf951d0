"""Productions: what one institution holds of one indicator, from one source."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.countries.models import Country
from catalog.database import Json
from catalog.indicators.models import Indicator
from catalog.institutions.models import Institution
from catalog.records import Record, codes_of, one_of, record_checks


class Production(Record):
    """One institution's holding of one indicator (ISO/IEC 11179 data element; DCAT dataset).

    ``first_year`` and ``last_year`` are the years *seen*, not the span of the series. ``periods`` lists what is
    known of periods held and missing: ``[{"state": "held"|"missing", "interval": "2014/2016"}]``, each interval in
    ISO 8601-2 form, where ``2014/`` ends nobody knows when and ``2014/..`` is still going on.
    """

    __tablename__ = "production"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("title_es IS NOT NULL OR title_en IS NOT NULL OR originals IS NOT NULL", name="titled"),
        CheckConstraint("first_year <= last_year", name="years_seen"),
        one_of("status", codes_of("production_status")),
        Index(None, "indicator_id", "country_id"),
    )

    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"), index=True)
    # NULL where the figures are of no single country.
    country_id: Mapped[str | None] = mapped_column(ForeignKey("country.id"), index=True)
    indicator_id: Mapped[str] = mapped_column(ForeignKey("indicator.id"))
    title_es: Mapped[str | None]
    title_en: Mapped[str | None]
    periodicity: Mapped[str | None] = mapped_column(String(12))
    first_year: Mapped[int | None]
    last_year: Mapped[int | None]
    periods: Mapped[list[Any] | None] = mapped_column(Json)
    territory_es: Mapped[str | None]
    territory_en: Mapped[str | None]
    # NULL means that nobody has said which breakdowns exist; a list is what was seen, not a full list.
    disaggregations: Mapped[list[Any] | None] = mapped_column(Json)
    disaggregations_text: Mapped[str | None]
    access_url: Mapped[str | None]
    licence: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(10))

    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    country: Mapped[Country | None] = relationship(lazy="raise_on_sql")
    indicator: Mapped[Indicator] = relationship(lazy="raise_on_sql")

"""Published figures: headlines to compare and cite, never a second copy of a series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.productions.models import Production
from catalog.records import Record, record_checks


class Figure(Record):
    """A number that a production published (SDMX observation).

    Every vintage is kept: what a figure says is never overwritten, a later value is a further record.
    """

    __tablename__ = "figure"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("period_start <= period_end", name="period"),
        CheckConstraint("dimension <> 'total' OR complete IS NULL", name="a_total_is_no_part"),
        Index(None, "production_id", "period_start"),
    )

    production_id: Mapped[str] = mapped_column(ForeignKey("production.id"))
    country_id: Mapped[str | None] = mapped_column(ForeignKey("country.id"), index=True)
    period_start: Mapped[date]
    period_end: Mapped[date]
    dimension: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(80))
    value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    unit: Mapped[str] = mapped_column(String(20))
    published: Mapped[date | None]
    # Whether the categories of this dimension are a full partition of the total; NULL where nobody can say.
    complete: Mapped[bool | None]

    production: Mapped[Production] = relationship(lazy="raise_on_sql")

"""Institutions and how to reach their offices."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.countries.models import Country
from catalog.records import Record, codes_of, one_of, record_checks


class Institution(Record):
    """A body that produces, holds or asks for statistics (GSIM Organisation; SDMX Agency when exchanged)."""

    __tablename__ = "institution"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("name_es IS NOT NULL OR name_en IS NOT NULL OR originals IS NOT NULL", name="named"),
        CheckConstraint("parent_id <> id AND successor_id <> id", name="not_its_own_kin"),
        one_of("status", codes_of("institution_status")),
    )

    # NULL is an international or regional body: it belongs to no one country.
    country_id: Mapped[str | None] = mapped_column(ForeignKey("country.id"), index=True)
    name_es: Mapped[str | None]
    name_en: Mapped[str | None]
    acronym: Mapped[str | None] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(40))
    website: Mapped[str | None]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"), index=True)
    status: Mapped[str] = mapped_column(String(8))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"), index=True)

    country: Mapped[Country | None] = relationship(lazy="raise_on_sql")
    parent: Mapped[Institution | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[parent_id], remote_side="Institution.id"
    )
    successor: Mapped[Institution | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[successor_id], remote_side="Institution.id"
    )


class Contact(Record):
    """The office of an institution that answers questions: a unit and its role mailbox, never a person."""

    __tablename__ = "contact"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("mailbox IS NOT NULL OR telephone IS NOT NULL", name="can_be_reached"),
    )

    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_es: Mapped[str | None]
    unit_en: Mapped[str | None]
    mailbox: Mapped[str | None]
    telephone: Mapped[str | None]
    confirmed_on: Mapped[date | None]

    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")

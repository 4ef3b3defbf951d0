"""Countries and territories of the region and its counterparts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.records import Record, codes_of, one_of, record_checks


class Country(Record):
    """A country (ISO 3166-1 alpha-3); example regions use the user-assigned codes XAA to XZZ."""

    __tablename__ = "country"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("length(id) = 3 AND id = upper(id)", name="iso3"),
        CheckConstraint("name_es IS NOT NULL OR name_en IS NOT NULL OR originals IS NOT NULL", name="named"),
        one_of("membership", codes_of("membership")),
    )

    iso2: Mapped[str | None] = mapped_column(String(2))
    m49: Mapped[str | None] = mapped_column(String(3))
    name_es: Mapped[str | None]
    name_en: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(3))
    role: Mapped[str | None] = mapped_column(String(40))
    # NULL means that nobody has said; the matrix shows members and partners only.
    membership: Mapped[str | None] = mapped_column(String(8))
    primi_beneficiary_checked: Mapped[bool | None]
    workshop_2022: Mapped[str | None] = mapped_column(String(20))
    workshop_checked: Mapped[bool | None]

"""Topics, and what is measured independent of who measures it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, Json
from catalog.records import Record, record_checks


class Topic(Base):
    """A subject of the catalogue (SDMX category); loaded from the packaged code list."""

    __tablename__ = "topic"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_es: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]


class Indicator(Record):
    """What is measured (ISO/IEC 11179 data element concept); its reference definition is a Definition."""

    __tablename__ = "indicator"
    __table_args__ = (
        *record_checks(),
        CheckConstraint("name_es IS NOT NULL OR name_en IS NOT NULL OR originals IS NOT NULL", name="named"),
    )

    name_es: Mapped[str | None]
    name_en: Mapped[str | None]
    topic_id: Mapped[str] = mapped_column(ForeignKey("topic.id"), index=True)
    sdg_code: Mapped[str | None] = mapped_column(String(20))
    gcm_objectives: Mapped[list[Any] | None] = mapped_column(Json)
    national: Mapped[bool]
    reference_standard: Mapped[str | None]

    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")

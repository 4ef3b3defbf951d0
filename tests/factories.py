"""Rows for tests: one function a kind, with every value that a test does not care about filled in.

Each adds its record to the session, with what it refers to where the test gives none, and flushes. Records are
invented and use the user-assigned codes XAA to XZZ.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from catalog.definitions.structure import fingerprint
from catalog.models import Absence, Contact, Country, Definition, Figure, Indicator, Institution, Production
from catalog.records import Record

INSTANT = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
_numbers = count(1)
R = TypeVar("R", bound=Record)


def _add(session: Session, model: type[R], identifier: str, values: Mapping[str, Any], defaults: dict[str, Any]) -> R:
    filled: dict[str, Any] = {
        "id": identifier,
        "version": 1,
        "registration_status": "recorded",
        "source": "https://example.org/source",
        "checked": True,
        "recorded_at": INSTANT,
        "changed_at": INSTANT,
        **defaults,
        **values,
    }
    record = model(**filled)
    session.add(record)
    session.flush()
    return record


def _there(session: Session, model: type[R], identifier: str, make: Any) -> str:
    """The identifier of a record that exists, made with defaults where it does not."""
    if session.get(model, identifier) is None:
        make(session, identifier)
    return identifier


def country(session: Session, identifier: str = "XAA", **values: Any) -> Country:
    defaults = {"name_es": f"País {identifier}", "name_en": f"Country {identifier}", "membership": "member"}
    return _add(session, Country, identifier, values, defaults)


def institution(session: Session, identifier: str = "xaa-office", **values: Any) -> Institution:
    defaults = {
        "country_id": values.get("country_id", "XAA"),
        "name_es": f"Oficina {identifier}",
        "name_en": f"Office {identifier}",
        "type": "statistics_office",
        "status": "active",
    }
    if defaults["country_id"]:
        _there(session, Country, defaults["country_id"], country)
    return _add(session, Institution, identifier, values, defaults)


def contact(session: Session, identifier: str = "xaa-office--data", **values: Any) -> Contact:
    defaults = {
        "institution_id": values.get("institution_id", "xaa-office"),
        "role": "data",
        "mailbox": "a@example.org",
    }
    _there(session, Institution, defaults["institution_id"], institution)
    return _add(session, Contact, identifier, values, defaults)


def indicator(session: Session, identifier: str = "returned-nationals", **values: Any) -> Indicator:
    defaults = {
        "name_es": f"Indicador {identifier}",
        "name_en": f"Indicator {identifier}",
        "topic_id": "return",
        "national": True,
    }
    return _add(session, Indicator, identifier, values, defaults)


def production(session: Session, identifier: str | None = None, **values: Any) -> Production:
    holder = values.get("institution_id", "xaa-office")
    measured = values.get("indicator_id", "returned-nationals")
    defaults = {
        "institution_id": _there(session, Institution, holder, institution),
        "indicator_id": _there(session, Indicator, measured, indicator),
        "country_id": values.get("country_id", "XAA"),
        "title_es": f"Producción de {holder}",
        "title_en": f"Production of {holder}",
        "periodicity": "annual",
        "status": "active",
    }
    if defaults["country_id"]:
        _there(session, Country, defaults["country_id"], country)
    return _add(session, Production, identifier or f"{holder}--{measured}", values, defaults)


def definition(
    session: Session, subject: Production | Indicator, codes: Mapping[str, str] | None = None, **values: Any
) -> Definition:
    """A definition of a production or an indicator.

    :param codes: attribute and value, all *read* in a source; ``"inferred:count"`` names another provenance.
    """
    attribute_values = {}
    for code, text in (codes or {}).items():
        provenance, _, value = text.rpartition(":")
        attribute_values[code] = {"value": value, "provenance": provenance or "read"}
    number = values.pop("number", 1)
    defaults = {
        "number": number,
        "production_id": subject.id if isinstance(subject, Production) else None,
        "indicator_id": subject.id if isinstance(subject, Indicator) else None,
        "attribute_values": attribute_values,
        "fingerprint": fingerprint(attribute_values),
    }
    return _add(session, Definition, f"{subject.id}--d{number}", values, defaults)


def figure(session: Session, of: Production, value: int | str = 1000, **values: Any) -> Figure:
    defaults = {
        "production_id": of.id,
        "country_id": of.country_id,
        "period_start": date(2023, 1, 1),
        "period_end": date(2023, 12, 31),
        "dimension": "total",
        "category": "total",
        "value": Decimal(value),
        "unit": "count",
    }
    return _add(session, Figure, values.pop("id", f"fig-x{next(_numbers)}"), values, defaults)


def absence(session: Session, identifier: str = "xaa-none", **values: Any) -> Absence:
    defaults = {
        "indicator_id": values.get("indicator_id", "returned-nationals"),
        "country_id": values.get("country_id", "XAA"),
        "said_by_id": values.get("said_by_id", "xaa-office"),
        "said_on": date(2026, 2, 1),
    }
    _there(session, Country, defaults["country_id"], country)
    _there(session, Indicator, defaults["indicator_id"], indicator)
    _there(session, Institution, defaults["said_by_id"], institution)
    return _add(session, Absence, identifier, values, defaults)

"""Records in the form that machines get: the API, ``acervo show --json`` and result downloads give the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog.code_lists.lists import attributes
from catalog.exchange.columns import write_number
from catalog.models import (
    Absence,
    Contact,
    Country,
    Definition,
    Figure,
    HistoryEntry,
    Indicator,
    Institution,
    Production,
)
from catalog.records import Record

Shape = dict[str, Any]


def texts(record: Any, field: str) -> Shape:
    """A text in both languages, either possibly null, with the original where the source speaks another."""
    shape: Shape = {"es": getattr(record, f"{field}_es"), "en": getattr(record, f"{field}_en")}
    original = (record.originals or {}).get(field)
    if original:
        shape["original"] = {"lang": original.get("lang"), "text": original["text"]}
    return shape


def _common(record: Record, kind: str) -> Shape:
    return {
        "kind": kind,
        "id": record.id,
        "version": record.version,
        "registration_status": record.registration_status,
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "source": [part.strip() for part in (record.source or "").split(";") if part.strip()],
        "confirmed": record.checked,
        "notes": texts(record, "notes"),
        "recorded_at": record.recorded_at.isoformat(),
        "changed_at": record.changed_at.isoformat(),
    }


def country_shape(country: Country) -> Shape:
    return {
        **_common(country, "country"),
        "name": texts(country, "name"),
        "iso2": country.iso2,
        "m49": country.m49,
        "language": country.language,
        "membership": country.membership,
    }


def institution_shape(institution: Institution) -> Shape:
    return {
        **_common(institution, "institution"),
        "name": texts(institution, "name"),
        "acronym": institution.acronym,
        "type": institution.type,
        "country": institution.country_id,
        "website": institution.website,
        "parent": institution.parent_id,
        "status": institution.status,
        "successor": institution.successor_id,
    }


def contact_shape(contact: Contact) -> Shape:
    return {
        **_common(contact, "contact"),
        "institution": contact.institution_id,
        "role": contact.role,
        "unit": texts(contact, "unit"),
        "mailbox": contact.mailbox,
        "telephone": contact.telephone,
        "confirmed_on": contact.confirmed_on.isoformat() if contact.confirmed_on else None,
    }


def indicator_shape(indicator: Indicator) -> Shape:
    return {
        **_common(indicator, "indicator"),
        "name": texts(indicator, "name"),
        "topic": indicator.topic_id,
        "sdg_code": indicator.sdg_code,
        "gcm_objectives": indicator.gcm_objectives,
        "national": indicator.national,
        "reference_standard": indicator.reference_standard,
    }


def production_shape(production: Production) -> Shape:
    return {
        **_common(production, "production"),
        "title": texts(production, "title"),
        "institution": production.institution_id,
        "country": production.country_id,
        "indicator": production.indicator_id,
        "periodicity": production.periodicity,
        "first_year_seen": production.first_year,
        "last_year_seen": production.last_year,
        "periods": production.periods,
        "territory": {"es": production.territory_es, "en": production.territory_en},
        "disaggregations": production.disaggregations,
        "disaggregations_text": production.disaggregations_text,
        "access_url": production.access_url,
        "licence": production.licence,
        "status": production.status,
    }


def definition_shape(definition: Definition) -> Shape:
    """A definition; each attribute says its value as codes and where it comes from, an unknown one has no codes."""
    values: Mapping[str, Mapping[str, str]] = definition.attribute_values
    return {
        **_common(definition, "definition"),
        "production": definition.production_id,
        "indicator": definition.indicator_id,
        "number": definition.number,
        "text": texts(definition, "text"),
        "attributes": {
            code: {
                "codes": values[code]["value"].split(";") if code in values else [],
                "provenance": values[code]["provenance"] if code in values else "unknown",
            }
            for code in attributes()
        },
    }


def figure_shape(figure: Figure) -> Shape:
    return {
        **_common(figure, "figure"),
        "production": figure.production_id,
        "country": figure.country_id,
        "period_start": figure.period_start.isoformat(),
        "period_end": figure.period_end.isoformat(),
        "dimension": figure.dimension,
        "category": figure.category,
        "value": write_number(figure.value),
        "unit": figure.unit,
        "published": figure.published.isoformat() if figure.published else None,
        "complete": figure.complete,
    }


def absence_shape(absence: Absence) -> Shape:
    return {
        **_common(absence, "absence"),
        "indicator": absence.indicator_id,
        "country": absence.country_id,
        "said_by": absence.said_by_id,
        "said_on": absence.said_on.isoformat(),
    }


def history_shape(entry: HistoryEntry) -> Shape:
    """One entry of a record's history; ``before`` and ``after`` are JSON values."""
    return {
        "id": str(entry.id),
        "recorded_at": entry.change_set.recorded_at.isoformat(),
        "origin": entry.change_set.origin,
        "reason": entry.change_set.reason,
        "kind": entry.kind,
        "record": entry.record_id,
        "version": entry.version,
        "act": entry.act,
        "field": entry.field,
        "before": entry.before,
        "after": entry.after,
    }


SHAPES: dict[str, Callable[[Any], Shape]] = {
    "country": country_shape,
    "institution": institution_shape,
    "contact": contact_shape,
    "indicator": indicator_shape,
    "production": production_shape,
    "definition": definition_shape,
    "figure": figure_shape,
    "absence": absence_shape,
}

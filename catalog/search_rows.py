"""What the documents of the search are made of: a query a kind of record, and the version of each document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from catalog.models import Country, Definition, Indicator, Institution, Production

SEARCHED = ("country", "institution", "indicator", "production")
BATCH = 1_000
# An institution that belongs to no one country; also the value of the facet.
INTERNATIONAL = "INT"

Row = Any  # a row of the queries below, by column name


def _definition_versions(subject: str, own: Any) -> sa.ColumnElement[int]:
    """The versions of all of a record's definitions added up: it only ever grows."""
    each = aliased(Definition)
    total = sa.select(sa.func.sum(each.version)).where(getattr(each, subject) == own).scalar_subquery()
    return sa.func.coalesce(total, 0)


def _in_force(definition: Any, subject: str, own: Any) -> sa.ColumnElement[bool]:
    later = aliased(Definition)
    newest = sa.select(sa.func.max(later.number)).where(getattr(later, subject) == own).scalar_subquery()
    return sa.and_(getattr(definition, subject) == own, definition.number == newest)


def _country_query() -> Any:
    return sa.select(
        Country.id,
        Country.version.label("document_version"),
        Country.name_es,
        Country.name_en,
        Country.iso2,
        Country.membership,
        Country.notes_es,
        Country.notes_en,
        Country.originals,
        Country.checked,
        Country.changed_at,
    )


def _institution_query() -> Any:
    country = aliased(Country)
    version = Institution.version + sa.func.coalesce(country.version, 0)
    return sa.select(
        Institution.id,
        version.label("document_version"),
        Institution.name_es,
        Institution.name_en,
        Institution.acronym,
        Institution.type,
        Institution.status,
        Institution.country_id,
        Institution.notes_es,
        Institution.notes_en,
        Institution.originals,
        Institution.checked,
        Institution.changed_at,
        country.name_es.label("country_es"),
        country.name_en.label("country_en"),
    ).outerjoin(country, country.id == Institution.country_id)


def _indicator_query() -> Any:
    held = sa.select(sa.func.coalesce(sa.func.sum(Production.version), 0)).where(
        Production.indicator_id == Indicator.id
    )
    version = (
        Indicator.version
        + _definition_versions("indicator_id", Indicator.id)
        + held.correlate(Indicator).scalar_subquery()
    )
    return sa.select(
        Indicator.id,
        version.label("document_version"),
        Indicator.name_es,
        Indicator.name_en,
        Indicator.topic_id,
        Indicator.sdg_code,
        Indicator.gcm_objectives,
        Indicator.reference_standard,
        Indicator.originals,
        Indicator.checked,
        Indicator.changed_at,
        Definition.text_es,
        Definition.text_en,
        Definition.attribute_values,
    ).outerjoin(Definition, _in_force(Definition, "indicator_id", Indicator.id))


_PRODUCTION_COLUMNS = (
    Production.id,
    Production.title_es,
    Production.title_en,
    Production.institution_id,
    Production.indicator_id,
    Production.country_id,
    Production.periodicity,
    Production.first_year,
    Production.last_year,
    Production.periods,
    Production.disaggregations,
    Production.disaggregations_text,
    Production.status,
    Production.notes_es,
    Production.notes_en,
    Production.originals,
    Production.checked,
    Production.changed_at,
)


def _production_query() -> Any:
    version = (
        Production.version
        + Institution.version
        + Indicator.version
        + sa.func.coalesce(Country.version, 0)
        + _definition_versions("production_id", Production.id)
    )
    definition = aliased(Definition)
    return (
        sa.select(
            *_PRODUCTION_COLUMNS,
            version.label("document_version"),
            Institution.name_es.label("institution_es"),
            Institution.name_en.label("institution_en"),
            Institution.acronym,
            Institution.type.label("institution_type"),
            Indicator.name_es.label("indicator_es"),
            Indicator.name_en.label("indicator_en"),
            Indicator.topic_id,
            Indicator.sdg_code,
            Indicator.gcm_objectives,
            Country.name_es.label("country_es"),
            Country.name_en.label("country_en"),
            definition.text_es,
            definition.text_en,
            definition.attribute_values,
        )
        .join(Institution, Institution.id == Production.institution_id)
        .join(Indicator, Indicator.id == Production.indicator_id)
        .outerjoin(Country, Country.id == Production.country_id)
        .outerjoin(definition, _in_force(definition, "production_id", Production.id))
    )


_QUERIES = {
    "country": (_country_query, Country.id),
    "institution": (_institution_query, Institution.id),
    "indicator": (_indicator_query, Indicator.id),
    "production": (_production_query, Production.id),
}


def batches(connection: sa.Connection, kind: str, ids: Sequence[str] | None = None) -> Iterator[list[Row]]:
    """The rows of a kind in the order of their identifiers; of some records, or of all."""
    build, key = _QUERIES[kind]
    query = build().order_by(key).limit(BATCH)
    if ids is not None:
        for start in range(0, len(ids), BATCH):
            yield _read(connection, query.where(key.in_(ids[start : start + BATCH])))
        return
    last = ""
    while rows := _read(connection, query.where(key > last)):
        yield rows
        last = rows[-1]["id"]


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Row]:
    return [row._mapping for row in connection.execute(query)]


def versions(connection: sa.Connection) -> Iterator[tuple[str, str, int]]:
    """Kind, identifier and version of every document, without building any."""
    for kind in sorted(SEARCHED):
        build, key = _QUERIES[kind]
        query = build().order_by(key)
        narrow = query.with_only_columns(key, query.selected_columns["document_version"])
        for identifier, version in connection.execution_options(yield_per=10_000).execute(narrow):
            yield kind, identifier, version


def count(connection: sa.Connection) -> int:
    """How many documents there should be."""
    return sum(
        connection.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()
        for model in (Country, Institution, Indicator, Production)
    )


def holding_countries(connection: sa.Connection, indicators: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = (
        sa.select(Production.indicator_id, Production.country_id)
        .where(Production.indicator_id.in_(indicators))
        .distinct()
        .order_by(Production.indicator_id, Production.country_id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for indicator, country in connection.execute(query):
        found[indicator] = (*found.get(indicator, ()), country or INTERNATIONAL)
    return found

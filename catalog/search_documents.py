"""From records to the documents that the search knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from catalog.code_lists.lists import code_lists
from catalog.database import now
from catalog.models import Country, Definition, Indicator, Institution, Production
from catalog.periods import parse_interval, years
from search.documents import Document

SEARCHED = ("country", "institution", "indicator", "production")
BATCH = 1_000
# An institution that belongs to no one country; also the value of the facet.
INTERNATIONAL = "INT"
UNKNOWN = "unknown"
LANGUAGES = ("es", "en")

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
            Production.id,
            version.label("document_version"),
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


def documents(connection: sa.Connection, kind: str, ids: Sequence[str] | None = None) -> Iterator[Document]:
    """The documents of a kind in the order of their identifiers; of some records, or of all, read in batches."""
    build, key = _QUERIES[kind]
    query = build().order_by(key).limit(BATCH)
    if ids is not None:
        for start in range(0, len(ids), BATCH):
            yield from _built(connection, kind, query.where(key.in_(ids[start : start + BATCH])))
        return
    last = ""
    while batch := list(_built(connection, kind, query.where(key > last))):
        yield from batch
        last = batch[-1].id


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


def _built(connection: sa.Connection, kind: str, query: sa.Select[Any]) -> Iterator[Document]:
    rows: list[Row] = [row._mapping for row in connection.execute(query)]
    if kind == "indicator":
        held = _holding_countries(connection, [row["id"] for row in rows])
        for row in rows:
            yield _indicator(row, held.get(row["id"], ()))
        return
    build = _BUILDERS[kind]
    for row in rows:
        yield build(row)


def _holding_countries(connection: sa.Connection, indicators: Sequence[str]) -> dict[str, tuple[str, ...]]:
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


def _texts(row: Row, *names: str) -> dict[str, str]:
    """By language, the texts of these pairs of columns that are there, joined."""
    joined = {}
    for lang in LANGUAGES:
        parts = [part for name in names if (part := row[f"{name}_{lang}"])]
        if parts:
            joined[lang] = " · ".join(parts)
    return joined


def _title(row: Row, name: str) -> dict[str, str]:
    """A record's name in both languages; the original's words where it has neither."""
    texts = _texts(row, name)
    original = (row["originals"] or {}).get(name)
    return texts or ({"es": original["text"]} if original else {"es": row["id"]})


@lru_cache(maxsize=4096)
def _labels(name: str, code: str) -> tuple[str, str]:
    codes = code_lists()[name]
    return codes.label(code, "es"), codes.label(code, "en")


def _context(row: Row, names: Sequence[str], codes: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """What surrounds a record: the names of what it belongs to, and the labels of its codes."""
    context = _texts(row, *names)
    labels = [_labels(name, code) for name, code in codes if code]
    for place, lang in enumerate(LANGUAGES):
        parts = [context.get(lang, ""), *(label[place] for label in labels)]
        text = " · ".join(filter(None, parts))
        if text:
            context[lang] = text
    return context


def _confirmation(row: Row) -> tuple[str, ...]:
    return ("confirmed" if row["checked"] else "unconfirmed",)


def _policies(row: Row) -> tuple[str, ...]:
    """The SDG indicator and the GCM objectives that an indicator serves."""
    sdg = (f"sdg-{row['sdg_code']}",) if row["sdg_code"] else ()
    return sdg + tuple(f"gcm-{number}" for number in row["gcm_objectives"] or ())


def _years(row: Row) -> tuple[str, ...]:
    """The years of which figures were seen, or which are known to be held."""
    first, last = row["first_year"] or row["last_year"], row["last_year"] or row["first_year"]
    seen = set(range(first, last + 1)) if first else set()
    for period in row["periods"] or ():
        if period["state"] == "held":
            seen.update(years(parse_interval(period["interval"]), now().year))
    return tuple(str(year) for year in sorted(seen))


def _country(row: Row) -> Document:
    title = _title(row, "name")
    return Document(
        id=row["id"],
        kind="country",
        version=row["document_version"],
        title=title,
        names=tuple(filter(None, (row["id"], row["iso2"]))),
        body=_texts(row, "notes"),
        context=_context(row, (), [("membership", row["membership"])]),
        facets={"kind": ("country",), "country": (row["id"],), "provenance": _confirmation(row)},
        card={"title": title, "checked": row["checked"], "country": row["id"], "membership": row["membership"]},
        changed_at=row["changed_at"].isoformat(),
        sort_title=title,
    )


def _institution(row: Row) -> Document:
    title = _title(row, "name")
    return Document(
        id=row["id"],
        kind="institution",
        version=row["document_version"],
        title=title,
        names=(row["acronym"],) if row["acronym"] else (),
        body=_texts(row, "notes"),
        context=_context(row, ["country"], [("institution_type", row["type"])]),
        facets={
            "kind": ("institution",),
            "country": (row["country_id"] or INTERNATIONAL,),
            "institution": (row["id"],),
            "institution_type": (row["type"],),
            "status": (row["status"],),
            "provenance": _confirmation(row),
        },
        card={
            "title": title,
            "checked": row["checked"],
            "country": row["country_id"],
            "country_name": _texts(row, "country"),
            "acronym": row["acronym"],
            "type": row["type"],
            "status": row["status"],
        },
        changed_at=row["changed_at"].isoformat(),
        sort_title=title,
    )


def _indicator(row: Row, held: tuple[str, ...]) -> Document:
    title = _title(row, "name")
    source = ((row["attribute_values"] or {}).get("source_type") or {}).get("value")
    names = [row["sdg_code"], row["sdg_code"] and f"ODS {row['sdg_code']}", row["reference_standard"]]
    return Document(
        id=row["id"],
        kind="indicator",
        version=row["document_version"],
        title=title,
        names=tuple(filter(None, names)),
        body=_texts(row, "text"),
        context=_context(row, (), [("topic", row["topic_id"])]),
        facets={
            "kind": ("indicator",),
            "country": held,
            "topic": (row["topic_id"],),
            "policy": _policies(row),
            "source_type": (source or UNKNOWN,),
            "provenance": _confirmation(row),
        },
        card={
            "title": title,
            "checked": row["checked"],
            "topic": row["topic_id"],
            "countries": len([one for one in held if one != INTERNATIONAL]),
            "summary": _texts(row, "text"),
        },
        changed_at=row["changed_at"].isoformat(),
        sort_title=title,
    )


def _production(row: Row) -> Document:
    title = _title(row, "title")
    parts = row["disaggregations"] or ()
    source = ((row["attribute_values"] or {}).get("source_type") or {}).get("value")
    body = _texts(row, "text", "notes")
    if row["disaggregations_text"]:
        body["es"] = " · ".join(
            filter(None, (body.get("es"), row["disaggregations_text"].replace("; ", ";").replace(";", "; ")))
        )
    codes = [
        ("topic", row["topic_id"]),
        ("periodicity", row["periodicity"]),
        *(("disaggregation", part) for part in parts),
    ]
    return Document(
        id=row["id"],
        kind="production",
        version=row["document_version"],
        title=title,
        names=(row["acronym"],) if row["acronym"] else (),
        body=body,
        context=_context(row, ["indicator", "institution", "country"], codes),
        facets={
            "kind": ("production",),
            "country": (row["country_id"] or INTERNATIONAL,),
            "institution": (row["institution_id"],),
            "institution_type": (row["institution_type"],),
            "topic": (row["topic_id"],),
            "policy": _policies(row),
            "source_type": (source or UNKNOWN,),
            "periodicity": (row["periodicity"] or UNKNOWN,),
            "disaggregation": tuple(parts) or (UNKNOWN,),
            "year": _years(row),
            "status": (row["status"],),
            "provenance": _confirmation(row),
        },
        card=_production_card(row, title),
        changed_at=row["changed_at"].isoformat(),
        sort_title=title,
    )


def _production_card(row: Row, title: dict[str, str]) -> dict[str, Any]:
    return {
        "title": title,
        "checked": row["checked"],
        "country": row["country_id"],
        "country_name": _texts(row, "country"),
        "institution": {"id": row["institution_id"], "acronym": row["acronym"], "name": _texts(row, "institution")},
        "indicator": {"id": row["indicator_id"], "name": _texts(row, "indicator")},
        "topic": row["topic_id"],
        "periodicity": row["periodicity"],
        "first_year": row["first_year"],
        "last_year": row["last_year"],
        "status": row["status"],
    }


_BUILDERS = {"country": _country, "institution": _institution, "production": _production}

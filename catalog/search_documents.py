"""From records to the documents that the search knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from catalog.code_lists.lists import code_lists
from catalog.database import now
from catalog.periods import parse_interval, years
from catalog.search_rows import INTERNATIONAL, Row, batches, holding_countries
from search.documents import Document

UNKNOWN = "unknown"
LANGUAGES = ("es", "en")


def documents(connection: sa.Connection, kind: str, ids: Sequence[str] | None = None) -> Iterator[Document]:
    """The documents of a kind in the order of their identifiers; of some records, or of all, read in batches."""
    for rows in batches(connection, kind, ids):
        if kind == "indicator":
            held = holding_countries(connection, [row["id"] for row in rows])
            yield from (_indicator(row, held.get(row["id"], ())) for row in rows)
        else:
            yield from map(_BUILDERS[kind], rows)


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


def _source_type(row: Row) -> str:
    """What kind of source the definition in force names."""
    value = ((row["attribute_values"] or {}).get("source_type") or {}).get("value")
    return value or UNKNOWN


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
            "source_type": (_source_type(row),),
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
    body = _texts(row, "text", "notes")
    if row["disaggregations_text"]:
        body["es"] = " · ".join(
            filter(None, (body.get("es"), row["disaggregations_text"].replace("; ", ";").replace(";", "; ")))
        )
    codes = [
        ("topic", row["topic_id"]),
        ("periodicity", row["periodicity"]),
        *(("disaggregation", part) for part in row["disaggregations"] or ()),
    ]
    return Document(
        id=row["id"],
        kind="production",
        version=row["document_version"],
        title=title,
        names=(row["acronym"],) if row["acronym"] else (),
        body=body,
        context=_context(row, ["indicator", "institution", "country"], codes),
        facets=_production_facets(row),
        card=_production_card(row, title),
        changed_at=row["changed_at"].isoformat(),
        sort_title=title,
    )


def _production_facets(row: Row) -> dict[str, tuple[str, ...]]:
    return {
        "kind": ("production",),
        "country": (row["country_id"] or INTERNATIONAL,),
        "institution": (row["institution_id"],),
        "institution_type": (row["institution_type"],),
        "topic": (row["topic_id"],),
        "policy": _policies(row),
        "source_type": (_source_type(row),),
        "periodicity": (row["periodicity"] or UNKNOWN,),
        "disaggregation": tuple(row["disaggregations"] or ()) or (UNKNOWN,),
        "year": _years(row),
        "status": (row["status"],),
        "provenance": _confirmation(row),
    }


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

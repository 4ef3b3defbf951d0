"""The collections of the exchange formats: one CSV file, one sheet, or one kind of JSON line each.

Files are named and headed as those of the packaged catalogue; columns marked *extra* follow them where a record has
something to say there.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.code_lists.lists import REGION, attributes
from catalog.exchange import columns as c
from catalog.exchange.columns import LONGEST_LINE, Column, optional
from catalog.models import KINDS
from catalog.records import Record

SEED = REGION / "seed"


@dataclass(frozen=True)
class Collection:
    """One kind of record as a table of text."""

    kind: str
    name: str
    columns: tuple[Column, ...]
    # Rows carry the definition in force as further columns, which become a record of their own.
    defines: bool = False
    # What may not change once recorded: a new value is a new record.
    fixed: frozenset[str] = frozenset()

    @property
    def model(self) -> type[Record]:
        return KINDS[self.kind]

    @property
    def by_heading(self) -> dict[str, Column]:
        return {column.heading: column for column in self.columns}

    @property
    def identifier(self) -> str:
        """The heading of the identifier's column."""
        return next(column.heading for column in self.columns if column.target == "id")

    def heading(self) -> tuple[str, ...]:
        """The columns that every file of this collection has, in their order."""
        plain = tuple(column.heading for column in self.columns if not column.extra)
        if self.defines:
            plain += (*DEFINITION_TEXTS, *attributes())
        return _packaged_heading(self.name) or plain

    def required_headings(self) -> tuple[str, ...]:
        """Those that a file cannot leave out: all but the attributes of a definition, whose list grows."""
        return tuple(name for name in self.heading() if not (self.defines and name in attributes()))

    def knows(self, heading: str) -> bool:
        """Whether a column of this name may stand in a file of this collection."""
        definition = self.defines and (heading in attributes() or heading in DEFINITION_TEXTS)
        return heading in self.by_heading or definition


def _packaged_heading(name: str) -> tuple[str, ...]:
    file = SEED / f"{name}.csv"
    if not file.exists():
        return ()
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(next(csv.reader(rows)))


# Columns of a production's or an indicator's row that belong to its definition in force.
DEFINITION_TEXTS: dict[str, Column] = {
    column.heading: column
    for column in (
        Column("definition_es", "text_es", c.text()),
        Column("definition_en", "text_en", c.text()),
        Column("definition_valid_from", "valid_from", optional(c.partial_date), extra=True),
        Column("definition_valid_to", "valid_to", optional(c.partial_date), extra=True),
        Column("attr_read", "attr_read", c.text()),
        Column("attr_declared", "attr_declared", c.text(), extra=True),
    )
}

_line = c.text(LONGEST_LINE)


def _reference(heading: str, target: str, kind: str, *, required: bool = False) -> Column:
    read = c.iso3 if kind == "country" else c.slug
    return Column(heading, target, read if required else optional(read), required=required, refers_to=kind)


def _yes_no(heading: str, target: str | None = None, *, required: bool = False) -> Column:
    read: Callable[[str], Any] = c.yes_no if required else optional(c.yes_no)
    return Column(heading, target or heading, read, c.write_yes_no, required=required)


def _coded(heading: str, target: str, code_list: str, *, required: bool = False, extra: bool = False) -> Column:
    read: Callable[[str], Any] = c.code_of(code_list)
    return Column(heading, target, read if required else optional(read), required=required, extra=extra)


def _year(heading: str) -> Column:
    return Column(heading, heading, optional(c.year))


def _original(field: str) -> tuple[Column, Column]:
    """The text of a source that speaks neither Spanish nor English, and its language."""
    return (
        Column(f"{field}_original", f"originals.{field}.text", _line, extra=True),
        Column(f"{field}_original_lang", f"originals.{field}.lang", optional(c.language), extra=True),
    )


def _provenance() -> tuple[Column, ...]:
    return (
        Column("source", "source", _line, required=True),
        _yes_no("checked", required=True),
        Column("notes", "notes_es", c.text()),
        Column("notes_en", "notes_en", c.text(), extra=True),
        _coded("registration_status", "registration_status", "registration_status", extra=True),
        Column("valid_from", "valid_from", optional(c.partial_date), extra=True),
        Column("valid_to", "valid_to", optional(c.partial_date), extra=True),
    )


COUNTRIES = Collection(
    "country",
    "countries",
    (
        Column("iso3", "id", c.iso3, required=True),
        Column("iso2", "iso2", optional(c.text(2))),
        Column("m49", "m49", optional(c.text(3))),
        Column("es", "name_es", _line),
        Column("en", "name_en", _line),
        Column("language", "language", optional(c.language)),
        Column("role", "role", c.text(40)),
        _coded("membership", "membership", "membership"),
        _yes_no("primi_beneficiary_checked"),
        Column("workshop_2022", "workshop_2022", c.text(20)),
        _yes_no("workshop_checked"),
        *_provenance(),
        *_original("name"),
    ),
)

INSTITUTIONS = Collection(
    "institution",
    "institutions",
    (
        Column("id", "id", c.slug, required=True),
        _reference("country", "country_id", "country"),
        Column("name_es", "name_es", _line),
        Column("name_en", "name_en", _line),
        Column("acronym", "acronym", c.text(40)),
        _coded("type", "type", "institution_type", required=True),
        Column("website", "website", optional(c.url)),
        _reference("parent", "parent_id", "institution"),
        _coded("status", "status", "institution_status", required=True),
        _reference("successor", "successor_id", "institution"),
        *_provenance(),
        *_original("name"),
    ),
)

CONTACTS = Collection(
    "contact",
    "contacts",
    (
        Column("id", "id", c.slug, required=True),
        _reference("institution", "institution_id", "institution", required=True),
        _coded("role", "role", "contact_role", required=True),
        Column("unit_es", "unit_es", _line),
        Column("unit_en", "unit_en", _line),
        Column("mailbox", "mailbox", optional(c.mailbox)),
        Column("telephone", "telephone", c.text(60)),
        Column("confirmed_on", "confirmed_on", optional(c.day)),
        *_provenance(),
        *_original("unit"),
    ),
)

INDICATORS = Collection(
    "indicator",
    "indicators",
    (
        Column("id", "id", c.subject_slug, required=True),
        Column("name_es", "name_es", _line),
        Column("name_en", "name_en", _line),
        Column("topic", "topic_id", c.code_of("topic"), required=True),
        Column("sdg_code", "sdg_code", c.text(20)),
        Column("gcm_objective", "gcm_objectives", optional(c.objectives), c.write_list),
        _yes_no("national", required=True),
        Column("reference_standard", "reference_standard", _line),
        *_provenance(),
        *_original("name"),
    ),
    defines=True,
)

PRODUCTIONS = Collection(
    "production",
    "productions",
    (
        Column("id", "id", c.subject_slug, required=True),
        _reference("institution", "institution_id", "institution", required=True),
        _reference("country", "country_id", "country"),
        _reference("indicator", "indicator_id", "indicator", required=True),
        Column("title_es", "title_es", _line),
        Column("title_en", "title_en", _line),
        _coded("periodicity", "periodicity", "periodicity"),
        _year("first_year"),
        _year("last_year"),
        Column("disaggregations", "disaggregations", optional(c.codes_of_list("disaggregation")), c.write_list),
        Column("disaggregations_text", "disaggregations_text", _line),
        Column("access_url", "access_url", optional(c.url)),
        Column("licence", "licence", c.text(120)),
        _coded("status", "status", "production_status", required=True),
        *_provenance(),
        Column("periods", "periods", optional(c.periods), c.write_periods, extra=True),
        Column("territory_es", "territory_es", _line, extra=True),
        Column("territory_en", "territory_en", _line, extra=True),
        *_original("title"),
    ),
    defines=True,
)

DEFINITIONS = Collection(
    "definition",
    "definitions",
    (
        Column("id", "id", c.slug, required=True),
        _reference("production", "production_id", "production"),
        _reference("indicator", "indicator_id", "indicator"),
        Column("number", "number", c.ordinal, required=True),
        *_provenance(),
    ),
    defines=True,
)

FIGURES = Collection(
    "figure",
    "figures",
    (
        Column("id", "id", c.slug, required=True),
        _reference("production", "production_id", "production", required=True),
        _reference("country", "country_id", "country"),
        Column("period_start", "period_start", c.day, required=True),
        Column("period_end", "period_end", c.day, required=True),
        Column("dimension", "dimension", c.text(40), required=True),
        Column("category", "category", c.text(80), required=True),
        Column("value", "value", c.number, c.write_number, required=True),
        Column("unit", "unit", c.text(20), required=True),
        Column("published", "published", optional(c.day)),
        _yes_no("complete"),
        *_provenance(),
    ),
    fixed=frozenset({"production_id", "period_start", "period_end", "dimension", "category", "value", "unit"}),
)

ABSENCES = Collection(
    "absence",
    "absences",
    (
        Column("id", "id", c.slug, required=True),
        _reference("indicator", "indicator_id", "indicator", required=True),
        _reference("country", "country_id", "country", required=True),
        _reference("said_by", "said_by_id", "institution", required=True),
        Column("said_on", "said_on", c.day, required=True),
        *_provenance(),
    ),
)


@cache
def collections() -> dict[str, Collection]:
    """Every collection by kind, in the order in which records refer to one another."""
    listed = (
        COUNTRIES,
        INSTITUTIONS,
        CONTACTS,
        INDICATORS,
        PRODUCTIONS,
        DEFINITIONS,
        FIGURES,
        ABSENCES,
    )
    return {collection.kind: collection for collection in listed}


def collection_named(name: str) -> Collection | None:
    """The collection of a file's or a sheet's name."""
    return next((one for one in collections().values() if one.name == name), None)

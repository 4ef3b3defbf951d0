"""The public contract of records: what the OpenAPI description says of each field."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema, fields

from search.backend import SORTS
from search.schemas import FacetArguments
from web.api import TextsSchema, one_of


def _text(description: str) -> fields.Nested:
    return fields.Nested(TextsSchema, metadata={"description": description})


def _string(description: str, **more: Any) -> fields.String:
    return fields.String(allow_none=True, metadata={"description": description}, **more)


class RecordSchema(Schema):
    """What every record carries."""

    kind = fields.String(required=True, metadata={"description": "Kind of record."})
    id = fields.String(required=True, metadata={"description": "Stable identifier; never changes."})
    version = fields.Integer(required=True, metadata={"description": "Counts changes; also the ETag."})
    registration_status = fields.String(metadata={"description": "Status of ISO/IEC 11179-6."})
    valid_from = _string("Partial date (2022, 2022-03 or 2022-03-05) from which this holds; null when unknown.")
    valid_to = _string("Partial date until which this holds; null when unknown or still so.")
    source = fields.List(fields.String(), metadata={"description": "Where this was read: addresses, or names."})
    confirmed = fields.Boolean(metadata={"description": "Whether the source was seen; otherwise unconfirmed."})
    notes = _text("Working notes.")
    recorded_at = fields.String(metadata={"description": "Instant of the first version, UTC, ISO 8601."})
    changed_at = fields.String(metadata={"description": "Instant of this version, UTC, ISO 8601."})


class CountrySchema(RecordSchema):
    name = _text("Name.")
    iso2 = _string("ISO 3166-1 alpha-2.")
    m49 = _string("UN M49.")
    language = _string("Main official language, ISO 639.")
    membership = _string("member, partner or mirror; null when unknown.")


class InstitutionSchema(RecordSchema):
    name = _text("Name.")
    acronym = _string("Acronym.")
    type = fields.String(metadata={"description": "Code of the kind of institution."})
    country = _string("ISO3; null for an international body.")
    website = _string("Address.")
    parent = _string("Institution that this one is part of.")
    status = fields.String(metadata={"description": "active or closed."})
    successor = _string("Institution that took over.")


class IndicatorSchema(RecordSchema):
    name = _text("Name.")
    topic = fields.String(metadata={"description": "Code of the topic."})
    sdg_code = _string("SDG indicator served.")
    gcm_objectives = fields.List(
        fields.String(), allow_none=True, metadata={"description": "Objectives of the Global Compact served."}
    )
    national = fields.Boolean(metadata={"description": "Whether countries produce it themselves."})
    reference_standard = _string("Standard of the reference definition.")


class PeriodSchema(Schema):
    state = fields.String(metadata={"description": "held or missing."})
    interval = fields.String(metadata={"description": "ISO 8601-2: 2014/2016; 2014/ ends unknown; 2014/.. goes on."})


class ProductionSchema(RecordSchema):
    title = _text("Title.")
    institution = fields.String(metadata={"description": "Identifier of the holder."})
    country = _string("ISO3; null where the figures are of no single country.")
    indicator = fields.String(metadata={"description": "Identifier of the indicator."})
    periodicity = _string("Code; null when unknown.")
    first_year_seen = fields.Integer(
        allow_none=True, metadata={"description": "First year of which a figure was seen."}
    )
    last_year_seen = fields.Integer(allow_none=True, metadata={"description": "Last year of which a figure was seen."})
    periods = fields.List(fields.Nested(PeriodSchema), allow_none=True, metadata={"description": "Held and missing."})
    territory = _text("Territory covered, in words.")
    disaggregations = fields.List(
        fields.String(), allow_none=True, metadata={"description": "Breakdowns seen; null when unknown."}
    )
    disaggregations_text = _string("The source's words for them.")
    access_url = _string("Where to get it.")
    licence = _string("Licence; null when not declared.")
    status = fields.String(metadata={"description": "active, to_review, suspended or closed."})


class AttributeSchema(Schema):
    codes = fields.List(fields.String(), metadata={"description": "Empty when unknown; na when not applicable."})
    provenance = fields.String(metadata={"description": "read, declared, inferred or unknown."})


class DefinitionSchema(RecordSchema):
    production = _string("What it defines.")
    indicator = _string("What it defines, for a reference definition.")
    number = fields.Integer(metadata={"description": "Version of the definition; the highest is in force."})
    text = _text("What a source says, in our words.")
    attributes = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(AttributeSchema),
        metadata={"description": "What is stated of each attribute, by its code; every attribute is there."},
    )


class FigureSchema(RecordSchema):
    production = fields.String(metadata={"description": "Identifier of the production that published it."})
    country = _string("ISO3; null where it is of no single country.")
    period_start = fields.String(metadata={"description": "First day."})
    period_end = fields.String(metadata={"description": "Last day."})
    dimension = fields.String(metadata={"description": "What the categories divide; total for a total."})
    category = fields.String(metadata={"description": "Code of the category; total for a total."})
    value = fields.String(metadata={"description": "A decimal number as text, so that nothing is rounded."})
    unit = fields.String(metadata={"description": "Code of the unit."})
    published = _string("Date of publication of this vintage.")
    complete = fields.Boolean(
        allow_none=True, metadata={"description": "Whether the categories add up to the total; null when unknown."}
    )


class HistorySchema(Schema):
    id = fields.String(required=True, metadata={"description": "Number of the entry; later entries have higher ones."})
    recorded_at = fields.String(required=True, metadata={"description": "Instant, UTC, ISO 8601."})
    origin = fields.String(metadata={"description": "setup, import, edit or restore."})
    reason = _string("Why.")
    kind = fields.String(metadata={"description": "Kind of record."})
    record = fields.String(metadata={"description": "Identifier of the record."})
    version = fields.Integer(metadata={"description": "The record's version from this change on."})
    act = fields.String(metadata={"description": "create, change or retire."})
    field = _string("Field that changed; null for a creation.")
    before = _string("JSON text; null where there was no value.")
    after = _string("JSON text; null where there is no value.")


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of these."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True, metadata={"description": "A page of them."}),
            "total": fields.Integer(required=True, metadata={"description": "Of all pages."}),
            "next": fields.String(
                allow_none=True, required=True, metadata={"description": "Address of the next page, or null."}
            ),
        },
        name=f"{item.__name__.removesuffix('Schema')}Page",
    )


class ListArguments(FacetArguments):
    """Parameters of the lists of records: with words or facets they are answered by the search."""

    q = fields.String(load_default="", metadata={"description": "Words to look for."})
    sort = fields.String(
        validate=one_of(("id", *SORTS)),
        metadata={
            "description": "id (where neither words nor facets are given), title (where only facets are), "
            "relevance (where words are), or changed (newest first)."
        },
    )

"""The public contract of the search: its parameters and its answer, as the OpenAPI description tells them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from search.arguments import LONGEST_TEXT, LONGEST_VALUE, MOST_VALUES
from search.backend import SORTS
from web.api import Arguments, TextsSchema, one_of
from web.locale import lazy_gettext as _


def _said(description: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"description": description}, **more}


def _facet(description: str) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(max=LONGEST_VALUE, error=_("At most {max} characters fit."))),
        validate=validate.Length(max=MOST_VALUES, error=_("At most {max} values fit; leave the others out.")),
        metadata={"description": f"{description} Repeat it for “or”."},
    )


class FacetArguments(Arguments):
    """Any facet is a parameter: values of one are alternatives, several facets add up."""

    kind = _facet("Kind of record: country, institution, indicator, production.")
    country = _facet("ISO 3166-1 alpha-3; INT for what is of no single country.")
    institution = _facet("Identifier of an institution.")
    institution_type = _facet("Code of a kind of institution.")
    topic = _facet("Code of a topic.")
    policy = _facet("SDG indicator (sdg-10.7.2) or objective of the Global Compact (gcm-1) that is served.")
    source_type = _facet("Code of the source that figures come from; unknown where it is not known.")
    periodicity = _facet("Code of how often; unknown where it is not known.")
    disaggregation = _facet("Code of a breakdown; unknown where none is known.")
    year = _facet("A year of which figures were seen or are held.")
    status = _facet("State of a production or an institution.")
    provenance = _facet("confirmed or unconfirmed: whether the source was seen.")


class SearchArguments(FacetArguments):
    """Parameters of a search."""

    q = fields.String(
        load_default="",
        metadata={"description": f"Words or a question; empty lists all. Read up to {LONGEST_TEXT} characters."},
    )
    sort = fields.String(
        load_default="relevance",
        validate=one_of(SORTS),
        metadata={"description": "relevance (read up to 1,000 hits deep), title, or changed (newest first)."},
    )
    literal = fields.Boolean(
        load_default=False,
        error_messages={"invalid": _("Use true or false.")},
        metadata={"description": "Look for the words as typed: no correction, no understood filter."},
    )


class SuggestArguments(Arguments):
    """Parameters of suggestions."""

    class Meta(Arguments.Meta):
        fields = ("q", "lang")

    q = fields.String(load_default="", metadata={"description": "The beginning of what is being typed."})


class NamedSchema(Schema):
    """A record that another belongs to."""

    id = fields.String(required=True, **_said("Identifier."))
    acronym = fields.String(allow_none=True, **_said("Acronym."))
    name = fields.Nested(TextsSchema, **_said("Name."))


class HighlightSchema(Schema):
    """Where the words were found, as markup with ``mark`` elements."""

    title = fields.String(**_said("The title, its found words marked."))
    passage = fields.String(**_said("A passage of the text, its found words marked; may be empty."))


class HitSchema(Schema):
    """One record found; which of the optional fields there are depends on its kind."""

    kind = fields.String(required=True, **_said("country, institution, indicator or production."))
    id = fields.String(required=True, **_said("Identifier."))
    title = fields.Nested(TextsSchema, required=True, **_said("Name or title."))
    confirmed = fields.Boolean(required=True, **_said("Whether the source was seen; otherwise unconfirmed."))
    changed_at = fields.String(required=True, **_said("Instant of the last change, UTC, ISO 8601."))
    highlight = fields.Nested(HighlightSchema, required=True, **_said("Where the words were found."))
    country = fields.String(allow_none=True, **_said("ISO3; null where it is of no single country."))
    country_name = fields.Nested(TextsSchema, **_said("Name of the country."))
    institution = fields.Nested(NamedSchema, **_said("The holder of a production."))
    indicator = fields.Nested(NamedSchema, **_said("What a production measures."))
    topic = fields.String(**_said("Code of the topic."))
    periodicity = fields.String(allow_none=True, **_said("Code; null when unknown."))
    first_year = fields.Integer(allow_none=True, **_said("First year of which a figure was seen."))
    last_year = fields.Integer(allow_none=True, **_said("Last year of which a figure was seen."))
    status = fields.String(allow_none=True, **_said("State of a production or an institution."))
    acronym = fields.String(allow_none=True, **_said("Acronym of an institution."))
    type = fields.String(**_said("Kind of an institution."))
    membership = fields.String(allow_none=True, **_said("Part of a country in the region."))
    countries = fields.Integer(**_said("In how many countries an indicator is held."))
    summary = fields.Nested(TextsSchema, **_said("The reference definition of an indicator, in words."))


class FacetValueSchema(Schema):
    """A value of a facet."""

    value = fields.String(required=True, **_said("Code, to give as parameter."))
    label = fields.String(required=True, **_said("What it is called, in the language asked for."))
    count = fields.Integer(required=True, **_said("How many records it would give if it were chosen."))
    selected = fields.Boolean(required=True, **_said("Whether it filters this answer."))


class CorrectedSchema(Schema):
    """A spelling that was corrected before the search."""

    typed = fields.String(required=True, **_said("What was asked."))
    searched = fields.String(required=True, **_said("What was looked for."))
    words = fields.Dict(keys=fields.String(), values=fields.String(), **_said("Corrected words by the typed one."))


class UnderstoodSchema(Schema):
    """A filter that was read in the words."""

    facet = fields.String(required=True, **_said("Facet."))
    value = fields.String(required=True, **_said("Its value."))
    words = fields.String(required=True, **_said("The words that it was read in."))


class CitedSchema(Schema):
    """A record that a line of an answer rests on."""

    kind = fields.String(required=True, **_said("Kind of record."))
    id = fields.String(required=True, **_said("Identifier."))
    label = fields.Nested(TextsSchema, **_said("Name."))


class AnswerLineSchema(Schema):
    """One line of an answer."""

    text = fields.Nested(TextsSchema, required=True, **_said("The line."))
    records = fields.List(fields.Nested(CitedSchema), required=True, **_said("The records that it rests on."))
    sources = fields.List(fields.String(), **_said("Where it was read."))
    unconfirmed = fields.Boolean(**_said("Whether no source was seen."))
    notes = fields.List(fields.Nested(TextsSchema), **_said("What else must be known."))


class AnswerSchema(Schema):
    """The direct answer to “who holds what”."""

    title = fields.Nested(TextsSchema, required=True, **_said("What is answered."))
    lines = fields.List(fields.Nested(AnswerLineSchema), required=True, **_said("The answer; each line cites records."))
    closing = fields.List(fields.Nested(TextsSchema), **_said("What is not recorded, and what that means."))
    about = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), **_said("What it is about."))


class SearchSchema(Schema):
    """What a search answers."""

    items = fields.List(fields.Nested(HitSchema), required=True, **_said("A page of hits."))
    total = fields.Integer(required=True, **_said("Of all pages."))
    next = fields.String(required=True, allow_none=True, **_said("Address of the next page, or null."))
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(FacetValueSchema)),
        required=True,
        **_said("Values by facet, most first; a facet ignores its own filter. Empty while the index is away."),
    )
    corrected = fields.Nested(
        CorrectedSchema, required=True, allow_none=True, **_said("The corrected spelling, or null.")
    )
    understood = fields.List(
        fields.Nested(UnderstoodSchema), required=True, **_said("Filters that were read in the words.")
    )
    loosened = fields.Boolean(required=True, **_said("Whether no record holds all the words, and these hold some."))
    related = fields.List(fields.String(), required=True, **_said("Words for what is near, to search for instead."))
    answer = fields.Nested(AnswerSchema, required=True, allow_none=True, **_said("The direct answer, or null."))
    degraded = fields.Boolean(
        required=True,
        **_said("Whether the index was away, and the database answered: whole words, newest first, no facets."),
    )


class SuggestionSchema(Schema):
    """A name that begins as typed."""

    id = fields.String(required=True, **_said("Identifier."))
    title = fields.String(required=True, **_said("Name, in the language asked for where there is one."))
    address = fields.String(required=True, **_said("Path of its page."))


class SuggestionGroupSchema(Schema):
    """Suggestions of one kind."""

    kind = fields.String(required=True, **_said("Kind of record."))
    label = fields.String(required=True, **_said("What the kind is called."))
    items = fields.List(fields.Nested(SuggestionSchema), required=True, **_said("Suggestions of this kind."))


class SuggestionsSchema(Schema):
    """Suggestions by kind, at most 8 in all."""

    groups = fields.List(fields.Nested(SuggestionGroupSchema), required=True, **_said("Suggestions by kind."))

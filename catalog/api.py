"""The catalogue's read side of the API: countries, institutions, indicators, productions, and what belongs to them."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema

from catalog import lists
from catalog.api_pages import as_page, number_after, text_after
from catalog.database import reading
from catalog.lists import RecordPage
from catalog.record_schemas import (
    CountrySchema,
    DefinitionSchema,
    HistorySchema,
    IndicatorSchema,
    InstitutionSchema,
    ListArguments,
    ProductionSchema,
    page_of,
)
from catalog.record_shapes import SHAPES, definition_shape, history_shape
from search.arguments import LONGEST_TEXT, filters_of, place
from search.backend import PLACE_LENGTHS, SORTS, Query, SearchUnavailable
from search.serving import parts
from web import cursors
from web.api import Arguments, refuse
from web.limits import SEARCH, limiter
from web.locale import current_language
from web.locale import lazy_gettext as _

blueprint = Blueprint("records", __name__, url_prefix="/api/v1", description="Records of the catalogue")

_COLLECTIONS: tuple[tuple[str, str, type[Schema]], ...] = (
    ("countries", "country", CountrySchema),
    ("institutions", "institution", InstitutionSchema),
    ("indicators", "indicator", IndicatorSchema),
    ("productions", "production", ProductionSchema),
)
_DEFINED = ("indicators", "productions")
IDENTIFIER = [{"name": "identifier", "in": "path", "description": "Identifier of the record."}]


# A list with words or facets is a search, and may be asked as often as one; each list has its own count.
@limiter.limit(SEARCH)
def _listed(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    filters = filters_of(request.args)
    if kind not in filters.pop("kind", (kind,)):
        if given.get("cursor"):
            # Nothing fits, and a broken cursor is refused all the same.
            cursors.decode(given["cursor"], 1, *PLACE_LENGTHS)
        return as_page(RecordPage((), 0, None), SHAPES[kind])
    if given["q"].strip() or filters or given.get("sort") in SORTS:
        return _searched(kind, given, filters)
    with reading() as session:
        return as_page(
            lists.by_identifier(session, kind, given["limit"], text_after(given.get("cursor"))),
            SHAPES[kind],
        )


def _searched(kind: str, given: dict[str, Any], filters: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    if given.get("sort") == "id":
        refuse("sort", _("With words or facets the order is relevance, title or changed."))
    query = Query(
        text=given["q"][:LONGEST_TEXT],
        lang=current_language(),
        filters={**filters, "kind": (kind,)},
        limit=given["limit"],
        after=place(given.get("cursor")),
        sort=given.get("sort", "relevance"),
        facets=(),
    )
    try:
        page = parts().backend.search(query)
    except SearchUnavailable:
        page = parts().fallback(query)
    with reading() as session:
        records = lists.in_order(session, kind, [hit.id for hit in page.hits])
        return as_page(RecordPage(records, page.total, page.next), SHAPES[kind])


def with_etag(kind: str, identifier: str) -> ResponseReturnValue:
    """One record under the tag of its version.

    :raises RecordNotFound: there is none, or none that the public may see.
    """
    with reading() as session:
        record = lists.find(session, kind, identifier)
        response = jsonify(SHAPES[kind](record))
    response.set_etag(f"{kind}-{record.id}-{record.version}")
    return response.make_conditional(request)


def _add_collection(name: str, kind: str, schema: type[Schema]) -> None:
    @blueprint.route(f"/{name}", endpoint=f"list_{name}")
    @blueprint.arguments(ListArguments, location="query")
    @blueprint.response(200, page_of(schema))
    @blueprint.alt_response(400, "BAD_REQUEST")
    @blueprint.alt_response(429, "TOO_MANY_REQUESTS")
    @blueprint.doc(summary=f"List {name}.")
    def listing(given: dict[str, Any]) -> dict[str, Any]:
        return _listed(kind, given)

    @blueprint.route(f"/{name}/<string:identifier>", endpoint=f"get_{name}", parameters=IDENTIFIER)
    @blueprint.response(200, schema)
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.doc(summary=f"One of the {name}, with its ETag.")
    def one(identifier: str) -> ResponseReturnValue:
        return with_etag(kind, identifier)

    @blueprint.route(f"/{name}/<string:identifier>/history", endpoint=f"history_{name}", parameters=IDENTIFIER)
    @blueprint.arguments(Arguments, location="query")
    @blueprint.response(200, page_of(HistorySchema))
    @blueprint.alt_response(400, "BAD_REQUEST")
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.doc(summary=f"The history of one of the {name}, newest first; that of its definitions with it.")
    def history(given: dict[str, Any], identifier: str) -> dict[str, Any]:
        after = number_after(given.get("cursor"))
        with reading() as session:
            record = lists.find(session, kind, identifier)
            return as_page(lists.history_of(session, kind, record.id, given["limit"], after), history_shape)


def _add_definitions(name: str, kind: str) -> None:
    @blueprint.route(f"/{name}/<string:identifier>/definitions", endpoint=f"definitions_{name}", parameters=IDENTIFIER)
    @blueprint.arguments(Arguments, location="query")
    @blueprint.response(200, page_of(DefinitionSchema))
    @blueprint.alt_response(400, "BAD_REQUEST")
    @blueprint.alt_response(404, "NOT_FOUND")
    @blueprint.doc(summary=f"The definitions of one of the {name}, the one in force first.")
    def definitions(given: dict[str, Any], identifier: str) -> dict[str, Any]:
        after = number_after(given.get("cursor"))
        with reading() as session:
            lists.find(session, kind, identifier)
            return as_page(lists.definitions_of(session, kind, identifier, given["limit"], after), definition_shape)


for _name, _kind, _schema in _COLLECTIONS:
    _add_collection(_name, _kind, _schema)
    if _name in _DEFINED:
        _add_definitions(_name, _kind)

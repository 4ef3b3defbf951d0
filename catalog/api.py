"""The catalogue's read side of the API: countries, institutions, indicators, productions, figures, changes."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import NotFound

from catalog import lists
from catalog.database import reading
from catalog.lists import RecordPage
from catalog.models import Figure
from catalog.record_schemas import (
    CountrySchema,
    DefinitionSchema,
    FigureSchema,
    HistorySchema,
    IndicatorSchema,
    InstitutionSchema,
    ListArguments,
    ProductionSchema,
    page_of,
)
from catalog.record_shapes import SHAPES, definition_shape, figure_shape, history_shape
from search.arguments import place
from search.backend import FACETS, SORTS, Query
from search.serving import parts
from web import cursors
from web.api import Arguments, next_address
from web.locale import current_language

blueprint = Blueprint("records", __name__, url_prefix="/api/v1", description="Records of the catalogue")

_COLLECTIONS: tuple[tuple[str, str, type[Schema]], ...] = (
    ("countries", "country", CountrySchema),
    ("institutions", "institution", InstitutionSchema),
    ("indicators", "indicator", IndicatorSchema),
    ("productions", "production", ProductionSchema),
)


def chosen_facets() -> dict[str, tuple[str, ...]]:
    """The facets in the address, repeated for 'or'; any other parameter is none of ours."""
    found = {facet: tuple(dict.fromkeys(filter(None, request.args.getlist(facet)))) for facet in FACETS}
    return {facet: values[:100] for facet, values in found.items() if values}


def _page(page: RecordPage, shape: Any) -> dict[str, Any]:
    following = next_address(cursors.encode(list(page.next))) if page.next else None
    return {"items": [shape(record) for record in page.records], "total": page.total, "next": following}


def _listed(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    filters = {facet: values for facet, values in chosen_facets().items() if facet != "kind"}
    if given["q"].strip() or filters or given["sort"] in SORTS:
        return _searched(kind, given, filters)
    after = cursors.decode(given["cursor"], 1)[0] if given["cursor"] else None
    with reading() as session:
        return _page(lists.by_identifier(session, kind, given["limit"], _text(after)), SHAPES[kind])


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise cursors.BadCursor("broken cursor")
    return value


def _whole(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or abs(value) > 2**62):
        raise cursors.BadCursor("broken cursor")
    return value


def _searched(kind: str, given: dict[str, Any], filters: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    page = parts().backend.search(
        Query(
            text=given["q"],
            lang=current_language(),
            filters={**filters, "kind": (kind,)},
            limit=given["limit"],
            after=place(given["cursor"]),
            sort=given["sort"] if given["sort"] in SORTS else "relevance",
            facets=(),
        )
    )
    with reading() as session:
        records = lists.in_order(session, kind, [hit.id for hit in page.hits])
        return _page(RecordPage(records, page.total, page.next), SHAPES[kind])


def _with_etag(kind: str, identifier: str) -> ResponseReturnValue:
    with reading() as session:
        record = lists.find(session, kind, identifier)
        if record is None:
            raise NotFound
        response = jsonify(SHAPES[kind](record))
    response.set_etag(f"{kind}-{record.id}-{record.version}")
    return response.make_conditional(request)


def _add_collection(name: str, kind: str, schema: type[Schema]) -> None:
    @blueprint.route(f"/{name}", endpoint=f"list_{name}")
    @blueprint.arguments(ListArguments, location="query")
    @blueprint.response(200, page_of(schema))
    def listing(given: dict[str, Any]) -> dict[str, Any]:
        return _listed(kind, given)

    @blueprint.route(f"/{name}/<string:identifier>", endpoint=f"get_{name}")
    @blueprint.response(200, schema)
    @blueprint.alt_response(404, description="There is no such record.")
    def one(identifier: str) -> ResponseReturnValue:
        return _with_etag(kind, identifier)

    @blueprint.route(f"/{name}/<string:identifier>/history", endpoint=f"history_{name}")
    @blueprint.arguments(Arguments, location="query")
    @blueprint.response(200, page_of(HistorySchema))
    def history(given: dict[str, Any], identifier: str) -> dict[str, Any]:
        after = _whole(cursors.decode(given["cursor"], 1)[0]) if given["cursor"] else None
        with reading() as session:
            if lists.find(session, kind, identifier) is None:
                raise NotFound
            return _page(lists.history_of(session, kind, identifier, given["limit"], after), history_shape)

    listing.__doc__ = f"List {name}."
    one.__doc__ = f"One of the {name}."
    history.__doc__ = f"The history of one of the {name}, newest first."


for _name, _kind, _schema in _COLLECTIONS:
    _add_collection(_name, _kind, _schema)


@blueprint.route("/productions/<string:identifier>/definitions")
@blueprint.arguments(Arguments, location="query")
@blueprint.response(200, page_of(DefinitionSchema))
def production_definitions(_given: dict[str, Any], identifier: str) -> dict[str, Any]:
    """The definitions of a production, the one in force first."""
    with reading() as session:
        if lists.find(session, "production", identifier) is None:
            raise NotFound
        found = lists.definitions_of(session, identifier)
        return _page(RecordPage(found, len(found), None), definition_shape)


@blueprint.route("/figures")
@blueprint.arguments(Arguments, location="query")
@blueprint.response(200, page_of(FigureSchema))
def figures(given: dict[str, Any]) -> dict[str, Any]:
    """Published figures that a source confirms; ``production`` and ``country`` narrow them."""
    conditions: list[Any] = [Figure.checked]
    for name, column in (("production", Figure.production_id), ("country", Figure.country_id)):
        values = request.args.getlist(name)[:100]
        if values:
            conditions.append(column.in_(values))
    after = _text(cursors.decode(given["cursor"], 1)[0]) if given["cursor"] else None
    with reading() as session:
        return _page(lists.by_identifier(session, "figure", given["limit"], after, conditions), figure_shape)


@blueprint.route("/figures/<string:identifier>")
@blueprint.response(200, FigureSchema)
@blueprint.alt_response(404, description="There is no such record.")
def figure(identifier: str) -> ResponseReturnValue:
    """One published figure."""
    return _with_etag("figure", identifier)


@blueprint.route("/changes")
@blueprint.arguments(Arguments, location="query")
@blueprint.response(200, page_of(HistorySchema))
def changes(given: dict[str, Any]) -> dict[str, Any]:
    """What changed in the whole catalogue, newest first."""
    after = _whole(cursors.decode(given["cursor"], 1)[0]) if given["cursor"] else None
    with reading() as session:
        return _page(lists.changes(session, given["limit"], after), history_shape)

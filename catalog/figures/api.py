"""``/api/v1/figures``: published figures that a source confirms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import fields

from catalog.api import IDENTIFIER, with_etag
from catalog.api_pages import as_page, text_after
from catalog.database import reading
from catalog.figures.listing import MOST_PRODUCTIONS, OWN, FigureFilter, figures_page
from catalog.record_schemas import FigureSchema, page_of
from catalog.record_shapes import figure_shape
from search.arguments import LONGEST_TEXT, filters_of
from search.backend import Query
from search.schemas import FacetArguments
from search.serving import parts
from web.api import one_of, refuse
from web.limits import SEARCH, limiter
from web.locale import current_language
from web.locale import lazy_gettext as _

blueprint = Blueprint("figures", __name__, url_prefix="/api/v1", description="Published figures")


class FiguresArguments(FacetArguments):
    """Parameters of the list of figures: facets are those of their productions, but for country and year."""

    q = fields.String(load_default="", metadata={"description": "Words to look for in the productions."})
    sort = fields.String(load_default="id", validate=one_of(("id",)), metadata={"description": "id."})
    production = fields.List(
        fields.String(), metadata={"description": "Identifier of a production. Repeat it for “or”."}
    )
    indicator = fields.List(
        fields.String(), metadata={"description": "Identifier of an indicator. Repeat it for “or”."}
    )


@blueprint.route("/figures")
@blueprint.arguments(FiguresArguments, location="query")
@blueprint.response(200, page_of(FigureSchema))
@blueprint.alt_response(400, "BAD_REQUEST")
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
@limiter.limit(SEARCH)
def figures(given: dict[str, Any]) -> dict[str, Any]:
    """Published figures that a source confirms."""
    facets = filters_of(request.args)
    asked = FigureFilter(
        facets={name: facets[name] for name in OWN if name in facets},
        productions=tuple(given.get("production", ())),
        indicators=tuple(given.get("indicator", ())),
        found=_found(given["q"], facets),
    )
    after = text_after(given.get("cursor"))
    with reading() as session:
        return as_page(figures_page(session, asked, given["limit"], after), figure_shape)


def _found(text: str, facets: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The productions with these words and facets that only the search can tell; None where there are none of them."""
    others = {name: values for name, values in facets.items() if name not in OWN}
    if "production" not in others.pop("kind", ("production",)):
        return ()
    if not text.strip() and not others:
        return None
    narrow = {name: values for name, values in facets.items() if name not in ("country", "year", "kind")}
    query = Query(text[:LONGEST_TEXT], current_language(), {**narrow, "kind": ("production",)}, 100, None, "title", ())
    found: list[str] = []
    while True:
        page = parts().backend.search(query)
        if page.total > MOST_PRODUCTIONS:
            refuse("q", _("More than 1,000 productions fit: name a topic, an institution or more words."))
        found += [hit.id for hit in page.hits]
        if page.next is None:
            return tuple(found)
        query = replace(query, after=page.next)


@blueprint.route("/figures/<string:identifier>", parameters=IDENTIFIER)
@blueprint.response(200, FigureSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def figure(identifier: str) -> ResponseReturnValue:
    """One published figure, with its ETag."""
    return with_etag("figure", identifier)

"""``/api/v1/search`` and its suggestions."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from search.arguments import request_of
from search.schemas import SearchArguments, SearchSchema, SuggestArguments, SuggestionsSchema
from search.serving import note_silence, parts, run_search
from search.shapes import search_as_json
from web.api import next_address
from web.limits import SEARCH, limiter
from web.locale import current_language, gettext

blueprint = Blueprint("searching", __name__, url_prefix="/api/v1", description="Search")

_KIND_PATHS = {
    "country": "countries",
    "institution": "institutions",
    "indicator": "indicators",
    "production": "productions",
}


# One object for all requests: to make it takes longer than to read what it was asked.
@blueprint.route("/search")
@blueprint.arguments(SearchArguments(), location="query")
@blueprint.response(200, SearchSchema)
@blueprint.alt_response(400, "BAD_REQUEST")
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
@limiter.limit(SEARCH)
def search(_given: dict[str, Any]) -> ResponseReturnValue:
    """Search everything: records, facets, a corrected spelling, a direct answer."""
    lang = current_language()
    asked = request_of(request.args, lang)
    result = run_search(asked)
    note_silence(asked, result)
    return jsonify(search_as_json(result, lang, lambda cursor: str(next_address(cursor))))


@blueprint.route("/search/suggest")
@blueprint.arguments(SuggestArguments(), location="query")
@blueprint.response(200, SuggestionsSchema)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
@limiter.limit(SEARCH)
def suggest(given: dict[str, Any]) -> Response:
    """Names of records whose words begin as typed."""
    lang = current_language()
    found = parts().backend.suggest(given["q"], lang)
    kinds = list(dict.fromkeys(one.kind for one in found))
    labels = parts().labels.labels("kind", kinds, lang)
    groups = [
        {
            "kind": kind,
            "label": labels.get(kind, gettext(kind)),
            "items": [
                {"id": one.id, "title": one.title, "address": f"/{lang}/{_KIND_PATHS[kind]}/{one.id}"}
                for one in found
                if one.kind == kind
            ],
        }
        for kind in kinds
    ]
    return jsonify(groups=groups)

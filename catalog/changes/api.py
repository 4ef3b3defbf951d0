"""``/api/v1/changes``: the history of the whole catalogue."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields

from catalog import lists
from catalog.api_pages import as_page, number_after
from catalog.database import reading
from catalog.models import KINDS
from catalog.record_schemas import HistorySchema, page_of
from catalog.record_shapes import history_shape
from web.api import Arguments, one_of

blueprint = Blueprint("changes_api", __name__, url_prefix="/api/v1", description="What changed")


class ChangesArguments(Arguments):
    """Parameters of the list of changes."""

    kind = fields.List(
        fields.String(validate=one_of(tuple(KINDS))),
        metadata={"description": f"Kind of record: {', '.join(KINDS)}. Repeat it for “or”."},
    )


@blueprint.route("/changes")
@blueprint.arguments(ChangesArguments, location="query")
@blueprint.response(200, page_of(HistorySchema))
@blueprint.alt_response(400, "BAD_REQUEST")
def changes(given: dict[str, Any]) -> dict[str, Any]:
    """What changed in the whole catalogue, newest first."""
    after = number_after(given.get("cursor"))
    with reading() as session:
        return as_page(lists.changes(session, given["limit"], after, given.get("kind", ())), history_shape)

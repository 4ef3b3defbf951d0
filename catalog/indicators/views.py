"""Pages of indicators."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog import completeness
from catalog.database import reading
from catalog.definitions.services import show_definition
from catalog.figures.services import totals_of_indicator
from catalog.history.services import latest
from catalog.indicators import services
from web.locale import current_language, record_text

bp = Blueprint("indicators", __name__)


@bp.get("/indicators")
def index() -> ResponseReturnValue:
    with reading() as session:
        return render_template("catalog/indicators/index.html", topics=services.by_topic(session))


@bp.get("/indicators/<indicator_id>")
def show(indicator_id: str) -> ResponseReturnValue:
    """An indicator: what it is, who holds it, what the holders published for the same period."""
    with reading() as session:
        page = services.indicator_page(session, indicator_id)
        definition = show_definition(page.definition, page.indicator.topic_id, current_language())
        text = record_text(page.definition, "text")[0] if page.definition else ""
        return render_template(
            "catalog/indicators/show.html",
            page=page,
            definition=definition,
            completeness=completeness.of_indicator(page.indicator, text, definition),
            totals=totals_of_indicator(session, indicator_id),
            history=latest(session, "indicator", indicator_id),
        )

"""Pages of countries."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog import lists
from catalog.countries import services
from catalog.database import reading

bp = Blueprint("countries", __name__)
HISTORY = 20


@bp.get("/countries")
def index() -> ResponseReturnValue:
    with reading() as session:
        return render_template("catalog/countries/index.html", countries=services.all_countries(session))


@bp.get("/countries/<country_id>")
def show(country_id: str) -> ResponseReturnValue:
    """A country: who holds what, what is not recorded, and who confirmed that nobody holds it."""
    with reading() as session:
        page = services.country_page(session, country_id)
        history = lists.history_of(session, "country", page.country.id, HISTORY, None)
        return render_template("catalog/countries/show.html", page=page, history=history.records)

"""Pages of countries."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog import completeness
from catalog.countries import services
from catalog.database import reading
from catalog.history.services import latest
from web.locale import current_language

bp = Blueprint("countries", __name__)


@bp.get("/countries")
def index() -> ResponseReturnValue:
    with reading() as session:
        countries = services.all_countries(session, current_language())
        return render_template("catalog/countries/index.html", countries=countries)


@bp.get("/countries/<country_id>")
def show(country_id: str) -> ResponseReturnValue:
    """A country: who holds what, what is not recorded, and who confirmed that nobody holds it."""
    with reading() as session:
        page = services.country_page(session, country_id)
        return render_template(
            "catalog/countries/show.html",
            page=page,
            completeness=completeness.of_country(page.country),
            history=latest(session, "country", page.country.id),
        )

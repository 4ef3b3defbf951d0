"""Pages of productions, and what can be taken away from them: citation, description, row."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from catalog import completeness
from catalog.changes.views import base_address
from catalog.database import reading
from catalog.definitions.services import show_definition
from catalog.exchange.exporting import one_as_csv
from catalog.history.services import latest
from catalog.productions import services
from catalog.productions.citation import bibtex, dataset_description
from web.charts import coverage_line
from web.locale import current_language, gettext, record_text

bp = Blueprint("productions", __name__)


@bp.get("/productions")
def index() -> ResponseReturnValue:
    """All productions are a search without words."""
    return redirect(url_for("search.page", kind="production"))


@bp.get("/productions/<production_id>")
def show(production_id: str) -> ResponseReturnValue:
    """A production: what it counts, what it can be compared with, since when, what was published of it."""
    with reading() as session:
        page = services.production_page(session, production_id)
        return render_template(
            "catalog/productions/show.html",
            page=page,
            address=_address(production_id),
            description=_description(page),
            history=latest(session, "production", production_id),
            **_definition(page),
            **_coverage(page),
        )


def _definition(page: services.ProductionPage) -> dict[str, Any]:
    definition = show_definition(page.definition, page.production.indicator.topic_id, current_language())
    text = record_text(page.definition, "text")[0] if page.definition else ""
    return {
        "definition": definition,
        "completeness": completeness.of_production(page.production, text, definition, page.contacts),
    }


def _coverage(page: services.ProductionPage) -> dict[str, Any]:
    found = services.coverage(page.production, page.figures)
    if found is None:
        return {"coverage": None, "picture": None}
    names = {"seen": gettext("Figures seen"), "recorded": gettext("Held and missing")}
    rows = [(names[name], list(stretches)) for name, stretches in found.rows]
    return {"coverage": found, "picture": coverage_line(rows, found.first, found.last)}


def _address(production_id: str) -> str:
    return f"{base_address()}/{current_language()}/productions/{production_id}"


def _description(page: services.ProductionPage) -> Markup | None:
    """The production for dataset search engines, which are told of nothing that nobody has confirmed."""
    if not page.production.checked:
        return None
    return _embedded(dataset_description(page.production, page.definition, _address(page.production.id)))


def _embedded(description: dict[str, object]) -> Markup:
    """JSON that cannot end the element that it stands in."""
    text = json.dumps(description, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  (the signs that markup is made of were replaced)


@bp.get("/productions/<production_id>.bib")
def cite(production_id: str) -> ResponseReturnValue:
    """The citation in BibTeX."""
    with reading() as session:
        production = services.find_production(session, production_id)
        text = bibtex(production, _address(production_id))
    return _download(text, "application/x-bibtex", f"{production_id}.bib")


@bp.get("/productions/<production_id>.csv")
def row(production_id: str) -> ResponseReturnValue:
    """The record as the row that an import reads."""
    with reading() as session:
        services.find_production(session, production_id)
        text = one_as_csv(session, "production", production_id)
    return _download(text, "text/csv", f"{production_id}.csv")


def _download(text: str, mimetype: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    }
    return Response(text, mimetype=mimetype, headers=headers)

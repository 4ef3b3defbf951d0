"""Pages of productions, and their citation."""

from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from catalog import lists
from catalog.changes.views import base_address
from catalog.database import reading
from catalog.definitions.services import show_definition
from catalog.productions import services
from catalog.productions.citation import bibtex, dataset_description
from web.charts import coverage_line
from web.locale import current_language, gettext

bp = Blueprint("productions", __name__)
HISTORY = 30


@bp.get("/productions")
def index() -> ResponseReturnValue:
    """All productions are a search without words."""
    return redirect(url_for("search.page", kind="production"))


@bp.get("/productions/<production_id>")
def show(production_id: str) -> ResponseReturnValue:
    """A production: what it counts, what it can be compared with, since when, what was published of it."""
    with reading() as session:
        page = services.production_page(session, production_id)
        production = page.production
        found = services.coverage(production, page.figures)
        return render_template(
            "catalog/productions/show.html",
            page=page,
            definition=show_definition(page.definition, production.indicator.topic_id, current_language()),
            coverage=found,
            picture=coverage_line(_named(found), found.first, found.last) if found else None,
            address=_address(production_id),
            description=_embedded(dataset_description(production, page.definition, _address(production_id))),
            history=lists.history_of(session, "production", production_id, HISTORY, None).records,
        )


def _named(found: services.Coverage) -> list[tuple[str, list[tuple[str, int, int]]]]:
    names = {"seen": gettext("Figures seen"), "recorded": gettext("Held and missing")}
    return [(names[name], list(stretches)) for name, stretches in found.rows]


def _address(production_id: str) -> str:
    return f"{base_address()}/{current_language()}/productions/{production_id}"


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
        return Response(bibtex(production, _address(production_id)), mimetype="application/x-bibtex")

"""Pages of institutions."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from catalog import completeness
from catalog.code_lists.lists import code_lists
from catalog.countries.services import all_countries
from catalog.database import reading
from catalog.history.services import latest
from catalog.institutions import services
from catalog.models import identifier_of
from web.locale import current_language

bp = Blueprint("institutions", __name__)


@bp.get("/institutions")
def index() -> ResponseReturnValue:
    with reading() as session:
        country, kind = identifier_of("country", request.args.get("country", "")), request.args.get("institution_type")
        found = services.institutions(session, country=country, kind=kind, after=request.args.get("after"))
        return render_template(
            "catalog/institutions/index.html",
            found=found,
            countries=[one for one, _, _ in all_countries(session, current_language())],
            types=code_lists()["institution_type"].codes,
            chosen={"country": country, "institution_type": kind},
        )


@bp.get("/institutions/<institution_id>")
def show(institution_id: str) -> ResponseReturnValue:
    """An institution: what it holds, how to reach its office, whom it succeeds."""
    with reading() as session:
        page = services.institution_page(session, institution_id)
        return render_template(
            "catalog/institutions/show.html",
            page=page,
            completeness=completeness.of_institution(page.institution, page.contacts),
            history=latest(session, "institution", institution_id),
        )

"""Productions side by side, as a page and as a file."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.code_lists.lists import code_lists
from catalog.database import reading
from catalog.models import Production
from catalog.productions.services import find_production
from quality.definition_audit import services
from quality.definition_audit.differences import AttributeDifference
from search.serving import Request, run_search
from web.charts import CoverageLine, coverage_line
from web.limits import EXPORTS, SEARCH, limiter
from web.locale import current_language, gettext

bp = Blueprint("compare", __name__)
CANDIDATES = 12
LONGEST_QUESTION = 500


@bp.get("/compare")
@limiter.limit(SEARCH)
def page() -> ResponseReturnValue:
    """Two to four productions; with fewer, or to add one, a way to choose."""
    chosen = _chosen()
    with reading() as session:
        if len(chosen) < 2 or "q" in request.args:
            return _choose(session, chosen)
        found = services.side_by_side(session, chosen)
        labels = [services.labels_of(row, current_language()) for row in found.rows]
        return render_template(
            "quality/definition_audit/compare.html",
            found=found,
            rows=list(zip(found.rows, labels, strict=True)),
            picture=_picture(found),
            most=services.MOST,
        )


def _chosen() -> list[str]:
    return list(dict.fromkeys(filter(None, request.args.getlist("production"))))


def _choose(session: Session, chosen: list[str]) -> str:
    text = request.args.get("q", "")[:LONGEST_QUESTION].strip()
    there = [find_production(session, identifier) for identifier in chosen[: services.MOST]]
    candidates = _found(session, text) if text else services.siblings(session, there, CANDIDATES)
    return render_template(
        "quality/definition_audit/choose.html",
        chosen=there,
        text=text,
        candidates=[one for one in candidates if one.id not in chosen],
    )


def _found(session: Session, text: str) -> list[Production]:
    """Productions that the words could mean; an identifier means its own."""
    asked = Request(text=text, lang=current_language(), filters={"kind": ("production",)}, limit=CANDIDATES)
    hits = run_search(asked, with_answer=False).page.hits
    return services.productions(session, [text, *(hit.id for hit in hits)])


def _picture(found: services.SideBySide) -> CoverageLine | None:
    """The years of all of them on one line of time; None where nothing is known of any."""
    known = [one for one in found.coverages if one]
    if not known:
        return None
    rows = [
        (
            production.institution.acronym or production.institution_id,
            [stretch for _, row in one.rows for stretch in row],
        )
        for production, one in zip(found.productions, found.coverages, strict=True)
        if one
    ]
    return coverage_line(rows, min(one.first for one in known), max(one.last for one in known))


@bp.get("/compare.csv")
@limiter.limit(EXPORTS)
def table() -> ResponseReturnValue:
    """The same, one line an attribute; unknown is an empty cell with its provenance beside it."""
    lang = current_language()
    with reading() as session:
        found = services.side_by_side(session, _chosen())
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        heading = ["attribute", gettext("Attribute")]
        for production in found.productions:
            heading += [production.id, f"{production.id} ({lang})", f"{production.id} ({gettext('provenance')})"]
        writer.writerow([*heading, gettext("Do they agree?")])
        for row in found.rows:
            writer.writerow(_line(row, lang))
    headers = {
        "Content-Disposition": 'attachment; filename="acervo-compare.csv"',
        "Link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    }
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def _line(row: AttributeDifference, lang: str) -> list[str]:
    cells = [row.attribute.code, row.attribute.name(lang)]
    for value, label in zip(row.values, services.labels_of(row, lang), strict=True):
        provenance = value["provenance"] if value else "unknown"
        cells += [value["value"] if value else "", label or "", code_lists()["provenance"].label(provenance, lang)]
    return [*cells, row.state]

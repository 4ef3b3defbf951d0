"""Productions side by side, as a page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from catalog.database import reading
from catalog.productions.services import find_production
from quality.definition_audit import services
from search.backend import Query
from search.serving import parts
from web.locale import current_language

bp = Blueprint("compare", __name__)
CANDIDATES = 10


@bp.get("/compare")
def page() -> ResponseReturnValue:
    """Two to four productions; with fewer, a way to choose."""
    chosen = list(dict.fromkeys(filter(None, request.args.getlist("production"))))
    lang = current_language()
    with reading() as session:
        if len(chosen) < 2:
            there = [find_production(session, identifier) for identifier in chosen]
            text = request.args.get("q", "")
            return render_template(
                "quality/definition_audit/choose.html", chosen=there, text=text, candidates=_candidates(text, lang)
            )
        found = services.side_by_side(session, chosen)
        labels = [services.labels_of(row, lang) for row in found.rows]
        return render_template(
            "quality/definition_audit/compare.html", found=found, rows=list(zip(found.rows, labels, strict=True))
        )


def _candidates(text: str, lang: str) -> list[tuple[str, str]]:
    """Productions that the words could mean."""
    if not text.strip():
        return []
    query = Query(text=text[:500], lang=lang, filters={"kind": ("production",)}, limit=CANDIDATES, facets=())
    return [(hit.id, hit.card["title"].get(lang) or hit.id) for hit in parts().backend.search(query).hits]

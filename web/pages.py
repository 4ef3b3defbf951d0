"""Pages that say something about the registry itself."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.locale import current_language

bp = Blueprint("pages", __name__)


def _page(name: str) -> ResponseReturnValue:
    return render_template(f"pages/{name}.{current_language()}.html")


@bp.get("/about")
def about() -> ResponseReturnValue:
    return _page("about")


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    return _page("privacy")


@bp.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return _page("accessibility")

"""What changed, as an Atom feed; and the map of the site for machines that read it all."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from catalog import lists
from catalog.database import reading
from catalog.installation.settings import installation
from catalog.models import Country, Indicator, Institution, Production
from web.locale import LANGUAGES

bp = Blueprint("changes", __name__)
site = Blueprint("site", __name__)

FEED_LENGTH = 50
SITEMAP_LENGTH = 20_000
_SECTIONS = (
    ("countries", Country),
    ("institutions", Institution),
    ("indicators", Indicator),
    ("productions", Production),
)
_PATHS = {"country": "countries", "institution": "institutions", "indicator": "indicators", "production": "productions"}


def base_address() -> str:
    """The address that people reach this installation at."""
    return installation().base_url or request.url_root.rstrip("/")


@bp.get("/changes.atom")
def feed() -> ResponseReturnValue:
    """The newest changes of records."""
    with reading() as session:
        page = lists.changes(session, FEED_LENGTH, None)
        text = render_template("catalog/changes/feed.xml", entries=page.records, base=base_address(), paths=_PATHS)
    response = Response(text, mimetype="application/atom+xml")
    response.add_etag()
    return response.make_conditional(request)


@site.get("/robots.txt")
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /*/corrections/"]
    lines += ["Disallow: /*/search?", f"Sitemap: {base_address()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@site.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """The parts of the map, so many records each."""
    with reading() as session:
        parts = []
        for name, model in _SECTIONS:
            total = session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
            parts += [f"{name}-{number}" for number in range(-(-total // SITEMAP_LENGTH))]
    return Response(
        render_template("catalog/changes/sitemap_index.xml", parts=parts, base=base_address()),
        mimetype="application/xml",
    )


@site.get("/sitemap-<name>-<int:number>.xml")
def sitemap_part(name: str, number: int) -> ResponseReturnValue:
    model = dict(_SECTIONS).get(name)
    if model is None:
        raise NotFound
    with reading() as session:
        query = (
            sa.select(model.id, model.changed_at)
            .order_by(model.id)
            .limit(SITEMAP_LENGTH)
            .offset(number * SITEMAP_LENGTH)
        )
        records = session.execute(query).all()
    if not records:
        raise NotFound
    text = render_template(
        "catalog/changes/sitemap.xml", name=name, records=records, base=base_address(), languages=LANGUAGES
    )
    return Response(text, mimetype="application/xml")

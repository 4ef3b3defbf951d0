"""What changed, as an Atom feed; and the map of the site for machines that read it all."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from catalog.changes import services
from catalog.database import reading
from catalog.installation.settings import installation
from catalog.models import PATHS
from web.locale import LANGUAGES

bp = Blueprint("changes", __name__)
site = Blueprint("site", __name__)

FEED_LENGTH = 50
_KINDS = {path: kind for kind, path in PATHS.items()}


def base_address() -> str:
    """The address that people reach this installation at."""
    return installation().base_url or request.url_root.rstrip("/")


@bp.get("/changes.atom")
def feed() -> ResponseReturnValue:
    """The newest changes of records."""
    with reading() as session:
        found = services.newest_changes(session, FEED_LENGTH)
    text = render_template("catalog/changes/feed.xml", feed=found, base=base_address())
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
        parts = [(path, first) for path, kind in _KINDS.items() for first in services.parts_of(session, kind)]
    return _xml("sitemap_index", parts=parts)


@site.get("/sitemap-<name>.xml")
def sitemap_part(name: str) -> ResponseReturnValue:
    """The records of a kind from one of them on."""
    if name not in _KINDS:
        raise NotFound
    with reading() as session:
        records = services.part_of(session, _KINDS[name], request.args.get("from", ""))
    if not records:
        raise NotFound
    return _xml("sitemap", name=name, records=records, languages=LANGUAGES)


def _xml(template: str, **values: object) -> Response:
    text = render_template(f"catalog/changes/{template}.xml", base=base_address(), **values)
    return Response(text, mimetype="application/xml")

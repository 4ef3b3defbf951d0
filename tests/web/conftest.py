"""A small application that has what the package gives, and none of the catalogue."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy.pool import StaticPool

import web.assets
import web.errors
import web.health
import web.limits
import web.locale
import web.logs
import web.security
from web.cursors import BadCursor


class Refused(Exception):
    message = "There is no %(kind)s here."

    def __init__(self) -> None:
        super().__init__(self.message)
        self.facts = {"kind": "<b>lighthouse</b>"}


def small_app(*, limits: bool = False) -> tuple[Flask, sa.Engine]:
    app = Flask(__name__, static_folder=str(web.assets.STATIC), static_url_path="/static")
    app.secret_key = "for these tests only"
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    web.limits.metadata.create_all(engine)
    web.logs.init_app(app)
    web.locale.init_app(app, "es")
    web.limits.init_app(app, lambda: engine, enabled=limits)
    web.security.init_app(app)
    web.assets.init_app(app)
    web.errors.init_app(app)
    web.errors.register(app, {Refused: web.errors.Problem(404, "refused", "We cannot find that page.")})
    _add_pages(app)
    return app, engine


def _add_pages(app: Flask) -> None:
    bp = Blueprint("small", __name__)

    @bp.get("/words")
    def words() -> str:
        return f"{web.locale.current_language()} {web.locale.gettext('Search')} " + "word " * 400

    @bp.get("/here")
    def here() -> object:
        return jsonify(
            language=web.locale.current_language(),
            twin=web.locale.twin_address("en"),
            other=web.locale.address_with(country=["HND", "GTM"], cursor=None),
            address=request.remote_addr,
        )

    web.locale.register_pages(app, bp)

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("password=hunter2")

    @app.get("/api/v1/refused")
    def refused() -> None:
        raise Refused

    @app.get("/api/v1/cursor")
    def cursor() -> None:
        raise BadCursor("broken cursor")

    @app.get("/api/v1/counted")
    @web.limits.limiter.limit("2 per minute")
    def counted() -> str:
        return "ok"


@pytest.fixture
def small() -> FlaskClient:
    """A client of the small application; errors are answered, not raised."""
    return small_app()[0].test_client()

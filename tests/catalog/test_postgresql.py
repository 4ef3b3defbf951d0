"""On PostgreSQL an installation answers as it does on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from catalog.database import db
from catalog.installation.setup import set_up
from search.indexing import sync_now
from tests.conftest import make_app

pytestmark = pytest.mark.postgresql

LISTS = (
    "countries?limit=100",
    "institutions?limit=100&sort=title",
    "productions?country=HND&country=GTM&sort=title",
    "productions?q=retornados",
    "figures?limit=100",
    "figures?topic=return&year=2023&periodicity=annual",
    "figures?disaggregation=sex&country=HND",
    "productions/hnd-senaf--nna-retornados/definitions",
    "search?q=retornados&country=HND",
)
PAGES = (
    "",
    "countries/HND",
    "institutions/hnd-senaf",
    "indicators/nna-retornados",
    "search?q=niñez+retornada+honduras",
)


@pytest.fixture
def client(postgresql_engine: sa.Engine, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of an installation on PostgreSQL, with the regional catalogue."""
    set_up(postgresql_engine)
    app = make_app(tmp_path, ACERVO_DATABASE_URL=postgresql_engine.url.render_as_string(hide_password=False))
    with app.app_context():
        sync_now(rebuild=True)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_the_same_records_come_in_the_same_order_with_the_same_pages(client: FlaskClient, reader: FlaskClient):
    for address in LISTS:
        here, there = (one.get(f"/api/v1/{address}").json for one in (client, reader))
        assert [item["id"] for item in here["items"]] == [item["id"] for item in there["items"]], address
        assert here["total"] == there["total"], address
    assert client.get("/api/v1/changes?limit=1").json["total"] == reader.get("/api/v1/changes?limit=1").json["total"]
    for path in PAGES:
        assert client.get(f"/es/{path}").status_code == 200, path
    assert client.get("/es/changes.atom").status_code == client.get("/sitemap.xml").status_code == 200


def test_a_null_character_is_a_fault_of_the_request_and_not_of_the_service(client: FlaskClient):
    null = "%00"
    for address in (
        f"/api/v1/countries/{null}",
        f"/api/v1/countries/{null}/history",
        f"/api/v1/figures?country={null}",
        f"/api/v1/figures?production={null}",
        f"/api/v1/figures?topic={null}",
        f"/es/productions/{null}",
        f"/es/compare?production={null}",
        f"/api/v1/search?country={null}",
    ):
        answer = client.get(address)
        assert answer.status_code in (400, 404), address
    assert client.get(f"/api/v1/search?q={null}").status_code == 200

"""While another process holds the database, searches go on, and what cannot be saved says so."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import catalog.database
from catalog.database import PATIENCE_MS, db
from catalog.models import UnansweredDay
from catalog.unanswered.services import note
from tests.conftest import make_app, open_database
from web.limits import PATIENCE_MS as SHORT_MS
from web.limits import rate_limit_counter

FORM = "/en/corrections/new"
NOTHING = "zxqw qwzx"


@pytest.fixture
def limited(regional_installation: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts its readers."""
    app = make_app(Path(shutil.copytree(regional_installation, tmp_path / "data")), ACERVO_RATE_LIMITS="on")
    app.testing = False
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    engine = open_database(app.extensions["acervo.installation"].data_dir / "acervo.db")
    with engine.connect().execution_options(acervo_write=True) as connection, connection.begin():
        yield
    engine.dispose()


def send(client: FlaskClient, token: str):
    return client.post(FORM, data={"csrf_token": token, "text": "The figure is another"})


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get(FORM).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "address", ["/api/v1/search?q=asilo", f"/api/v1/search?q={NOTHING}", f"/es/search?q={NOTHING}"]
)
def test_a_search_does_not_wait_for_a_locked_database(limited: Flask, address: str):
    client = limited.test_client()
    with locked(limited):
        began = time.monotonic()
        assert client.get(address).status_code == 200
        assert time.monotonic() - began < 2


def test_what_a_locked_database_let_pass_is_counted_and_noted_again_when_it_is_free(limited: Flask):
    client = limited.test_client()
    with locked(limited):
        client.get(f"/es/search?q={NOTHING}")
    client.get(f"/es/search?q={NOTHING}")
    with limited.app_context(), Session(db.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(UnansweredDay)) == 1
        assert session.scalars(sa.select(rate_limit_counter.c.count)).all() == [1]


def test_the_short_patience_of_one_write_is_not_that_of_the_next(engine: sa.Engine):
    single = sa.create_engine(engine.url, pool_size=1, max_overflow=0)
    seen = []
    for options in ({"acervo_patience_ms": SHORT_MS}, {}, {"acervo_patience_ms": SHORT_MS}, {}):
        with single.connect().execution_options(**options) as connection:
            seen.append(connection.exec_driver_sql("PRAGMA busy_timeout").scalar())
    assert seen == [SHORT_MS, PATIENCE_MS, SHORT_MS, PATIENCE_MS]
    single.dispose()


@pytest.mark.postgresql
def test_on_postgresql_a_note_waits_no_longer(postgresql_engine: sa.Engine):
    UnansweredDay.__table__.create(postgresql_engine)
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE unanswered_day IN SHARE MODE")
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            note(postgresql_engine, "words", "digest", catalog.database.now().date())
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_form_that_a_locked_database_cannot_take_is_to_be_sent_again(
    limited: Flask, monkeypatch: pytest.MonkeyPatch, lang: str
):
    client = limited.test_client()
    given = token(client)
    # As long as it waits anyhow; only the test need not.
    monkeypatch.setattr(catalog.database, "PATIENCE_MS", 300)
    with limited.app_context():
        db.engine.dispose()
    with locked(limited):
        refused = client.post(FORM.replace("/en/", f"/{lang}/"), data={"csrf_token": given, "text": "La cifra es otra"})
    assert refused.status_code == 503
    assert {"es": "vuelva a enviarlo", "en": "send it again"}[lang] in refused.text
    assert send(client, given).status_code == 303


def test_a_form_that_a_read_only_database_cannot_take_is_to_be_sent_again(regional_installation: Path, tmp_path: Path):
    data = Path(shutil.copytree(regional_installation, tmp_path / "data"))
    address = f"sqlite:///file:{data / 'acervo.db'}?mode=ro&uri=true"
    app = make_app(data, ACERVO_DATABASE_URL=address, ACERVO_RATE_LIMITS="on")
    app.testing = False
    client = app.test_client()
    assert client.get("/api/v1/search?q=asilo").status_code == 200
    refused = send(client, token(client))
    assert (refused.status_code, "send it again" in refused.text) == (503, True)
    with app.app_context():
        db.engine.dispose()


def test_what_else_a_database_refuses_is_no_reason_to_try_again(limited: Flask):
    client = limited.test_client()
    given = token(client)
    with limited.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE correction")
    assert send(client, given).status_code == 500

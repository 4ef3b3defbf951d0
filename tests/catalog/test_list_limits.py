"""A list with words is a search, and may be asked as often as one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from catalog.database import db
from tests.conftest import make_app
from web.limits import rate_limit_counter

LISTS = ("countries", "institutions", "indicators", "productions", "figures")


@pytest.fixture
def limited(empty_installation: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application that counts its readers."""
    app = make_app(Path(shutil.copytree(empty_installation, tmp_path / "data")), ACERVO_RATE_LIMITS="on")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", [*LISTS, "search"])
def test_every_request_of_a_list_counts_once_and_too_many_are_refused(limited: Flask, name: str):
    client = limited.test_client()
    addresses = [f"/api/v1/{name}?q=asilo", f"/api/v1/{name}?topic=return", f"/api/v1/{name}"]
    assert {client.get(address).status_code for address in addresses} == {200}
    with limited.app_context(), db.engine.begin() as connection:
        assert connection.scalars(sa.select(rate_limit_counter.c.count)).all() == [3]
        connection.execute(sa.update(rate_limit_counter).values(count=240, expires_at=time.time() + 60))
    assert client.get(addresses[0]).status_code == 429


def test_one_list_does_not_use_up_another(limited: Flask):
    client = limited.test_client()
    for name in LISTS:
        assert client.get(f"/api/v1/{name}?q=asilo").headers["X-RateLimit-Remaining"] == "239"

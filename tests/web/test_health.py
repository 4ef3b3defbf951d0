from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web.errors
import web.health
import web.locale


def client_with(**probes: object) -> FlaskClient:
    app = Flask(__name__)
    web.locale.init_app(app, "es")
    web.errors.init_app(app)
    web.health.init_app(app, probes)  # type: ignore[arg-type]
    return app.test_client()


def broken() -> None:
    raise RuntimeError("password=hunter2")


def test_a_process_that_lives_says_so_whatever_else_is_broken():
    answer = client_with(database=broken).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_it_is_ready_when_every_part_is():
    answer = client_with(database=lambda: None, index=lambda: None).get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "index": "ok"})


def test_it_is_not_ready_when_a_part_is_not_and_tells_no_details():
    answer = client_with(database=lambda: None, index=broken).get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": "ok", "index": "failed"})


def test_figures_are_for_this_machine(reader: FlaskClient):
    reader.get("/es/about")
    answer = reader.get("/metrics")
    assert 'acervo_requests_total{endpoint="pages.about",status="200"}' in answer.text


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
    ],
)
def test_figures_are_for_nobody_else(reader: FlaskClient, address: str, headers: dict[str, str]):
    assert reader.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}).status_code == 404


def test_an_installation_without_records_is_alive_but_not_ready(empty_client: FlaskClient):
    assert empty_client.get("/healthz").status_code == 200
    assert empty_client.get("/readyz").status_code == 503
    assert json.loads(empty_client.get("/readyz").text)["database"] == "ok"

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask.testing import FlaskClient

from web import logs


@pytest.fixture
def configured() -> Iterator[None]:
    before = logging.getLogger().handlers[:]
    logs.configure()
    yield
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.usefixtures("configured")
def test_an_error_is_one_line_with_the_request_s_number(small: FlaskClient, capsys: pytest.CaptureFixture[str]):
    answer = small.get("/api/v1/broken?q=juana@example.org")
    found = lines(capsys.readouterr().err)
    assert len(found) == 1
    assert (found[0]["event"], found[0]["level"], found[0]["endpoint"]) == ("unforeseen", "error", "broken")
    assert found[0]["request"] == answer.headers["X-Request-ID"]
    assert "RuntimeError" in str(found[0]["exception"])


@pytest.mark.usefixtures("configured")
def test_neither_who_asked_nor_what_for_is_logged(small: FlaskClient, capsys: pytest.CaptureFixture[str]):
    small.get("/api/v1/broken?q=juana@example.org", headers={"X-Forwarded-For": "203.0.113.9"})
    text = capsys.readouterr().err
    assert "juana" not in text
    assert "203.0.113.9" not in text


@pytest.mark.usefixtures("configured")
def test_what_a_command_logs_has_the_same_form(capsys: pytest.CaptureFixture[str]):
    structlog.get_logger().warning("delivery failed", error="¿?")
    found = lines(capsys.readouterr().err)
    assert (found[0]["event"], found[0]["level"], found[0]["error"]) == ("delivery failed", "warning", "¿?")


@pytest.mark.parametrize(
    ("given", "kept"), [("proxy-12345", True), ("x", False), ("a" * 65, False), ("evil id;x=1", False)]
)
def test_a_number_given_by_a_proxy_is_kept_when_it_is_one(small: FlaskClient, given: str, kept: bool):
    answer = small.get("/es/words", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_two_requests_have_two_numbers(small: FlaskClient):
    assert small.get("/es/words").headers["X-Request-ID"] != small.get("/es/words").headers["X-Request-ID"]


@pytest.mark.usefixtures("configured")
def test_configuring_twice_writes_once(capsys: pytest.CaptureFixture[str]):
    logs.configure()
    logging.getLogger("acervo").error("once")
    assert len(lines(capsys.readouterr().err)) == 1

"""'Corregir este dato': anybody may send it, only the operator reads it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from catalog.corrections.cli import corrections_command
from catalog.corrections.models import Correction
from catalog.corrections.services import LONGEST, Message, close, receive, waiting
from catalog.database import reading
from tests.conftest import make_app

PATH = "/es/corrections/new"
ABOUT = "/es/productions/hnd-senaf--nna-retornados"


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get(PATH).text)
    assert found
    return found[1]


def send(client: FlaskClient, **values: str):
    return client.post(PATH, data={"csrf_token": token(client), "about": ABOUT, "text": "La cifra es otra", **values})


def kept(app: Flask) -> Sequence[Correction]:
    with app.app_context(), reading() as session:
        return waiting(session)


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_a_message_is_kept_with_the_record_that_it_is_about(client: FlaskClient, app: Flask):
    answer = send(client, email="ana@example.org")
    assert (answer.status_code, answer.location) == (303, f"/es/corrections/thanks?about={ABOUT}")
    (one,) = kept(app)
    assert (one.kind, one.record_id) == ("production", "hnd-senaf--nna-retornados")
    assert (one.message, one.email, one.language, one.status) == ("La cifra es otra", "ana@example.org", "es", "open")


def test_the_address_of_the_sender_is_optional(client: FlaskClient, app: Flask):
    assert send(client).status_code == 303
    assert [one.email for one in kept(app)] == [None]


def test_who_has_sent_is_thanked_and_led_back(client: FlaskClient):
    page = client.get(send(client).location).text
    assert "Gracias" in page
    assert f'href="{ABOUT}"' in page


@pytest.mark.parametrize(
    ("about", "kind", "record"),
    [
        ("/en/countries/HND", "country", "HND"),
        ("/es/countries/hnd?x=1", "country", "HND"),
        ("/es/institutions/hnd-senaf", "institution", "hnd-senaf"),
        ("/es/indicators/nna-retornados", "indicator", "nna-retornados"),
        ("/es/indicators/nobody", None, None),
        ("/es/search?q=a", None, None),
        ("https://elsewhere.example/es/countries/HND", None, None),
        ("", None, None),
    ],
)
def test_the_record_is_known_by_the_address_of_its_page(
    client: FlaskClient, app: Flask, about: str, kind: str | None, record: str | None
):
    send(client, about=about)
    assert [(one.kind, one.record_id) for one in kept(app)] == [(kind, record)]


def test_a_message_about_a_page_that_shows_no_record_says_which(client: FlaskClient, app: Flask):
    send(client, about="/es/search?q=retornados")
    assert kept(app)[0].message == "/es/search?q=retornados\nLa cifra es otra"


def test_the_longest_message_is_kept_whole(client: FlaskClient, app: Flask):
    text = "ñ" * LONGEST
    assert send(client, text=text, about="/es/search?q=" + "a" * 1_900).status_code == 303
    assert kept(app)[0].message == text


def test_an_end_of_line_counts_once(client: FlaskClient, app: Flask):
    text = "a\r\n" * (LONGEST // 2)
    assert send(client, text=text).status_code == 303
    assert "\r" not in kept(app)[0].message


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": ""}, "Escriba qué se debe corregir."),
        ({"text": " \n "}, "Escriba qué se debe corregir."),
        ({"text": "\x00\x01"}, "Escriba qué se debe corregir."),
        ({"text": "a" * (LONGEST + 1)}, "El texto es demasiado largo"),
        ({"email": "nobody"}, "Corríjala"),
        ({"email": "a@b"}, "Corríjala"),
        ({"email": f"{'a' * 250}@b.org"}, "La dirección es demasiado larga."),
        ({"csrf_token": "another"}, "envíelo otra vez"),
    ],
)
def test_what_cannot_be_taken_says_why_and_is_not_kept(
    client: FlaskClient, app: Flask, values: dict[str, str], said: str
):
    answer = send(client, **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(app) == []


def test_signs_that_a_database_cannot_hold_are_left_out(client: FlaskClient, app: Flask):
    assert send(client, text="La\x00 cifra\x1b es\totra\u00a0☂", email="a\x00@example.org").status_code == 303
    assert [(one.message, one.email) for one in kept(app)] == [("La cifra es\totra\u00a0☂", "a@example.org")]


def test_a_program_that_fills_in_what_nobody_sees_is_not_heard(client: FlaskClient, app: Flask):
    assert send(client, website="https://spam.example").status_code == 303
    assert kept(app) == []


def test_a_script_that_was_sent_is_text_on_the_form(client: FlaskClient):
    page = send(client, text="<script>alert(1)</script>", email="nobody").text
    assert "<script>alert" not in page


def test_who_sends_too_many_is_told_to_wait_and_may_still_read_the_form(tmp_path: Path, empty_installation: Path):
    app = make_app(Path(shutil.copytree(empty_installation, tmp_path / "data")), ACERVO_RATE_LIMITS="on")
    client = app.test_client()
    answers = [send(client) for _ in range(21)]
    statuses = [one.status_code for one in answers]
    assert (set(statuses[:20]), statuses[20]) == ({303}, 429)
    # The whole hour that the header says, but for what the test took of it.
    assert re.search(r"dentro de (60|59) minutos", answers[20].text)
    assert len(kept(app)) == 20
    assert client.get(PATH).status_code == 200
    another = app.test_client()
    another.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert send(another).status_code == 303


# -- who reads it ----------------------------------------------------------------------------------------------------

SECRET = "zzsecretcorrectionzz"


@pytest.mark.parametrize(
    "path",
    [
        "/es/",
        ABOUT,
        "/es/changes.atom",
        f"/es/search?q={SECRET}&literal=1",
        "/api/v1/changes?limit=100",
        "/api/v1/productions/hnd-senaf--nna-retornados",
        "/api/v1/productions/hnd-senaf--nna-retornados/history",
        f"/api/v1/search?q={SECRET}&literal=true",
        "/es/corrections/thanks",
        PATH,
    ],
)
def test_a_message_is_published_nowhere(client: FlaskClient, app: Flask, path: str):
    send(client, text=f"{SECRET} sent this", email=f"{SECRET}@example.org")
    page = client.get(path)
    assert page.status_code == 200
    assert f"{SECRET} sent" not in page.text
    assert f"{SECRET}@" not in page.text


def test_a_message_leaves_no_history_and_nothing_for_the_index(client: FlaskClient, app: Flask):
    def counts() -> list[int]:
        with app.app_context(), reading() as session:
            tables = ("history_entry", "change_set", "outbox_entry")
            return [session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0 for name in tables]

    before = counts()
    send(client)
    assert counts() == before


def test_the_operator_s_command_lists_what_waits_oldest_first(client: FlaskClient, app: Flask):
    send(client, text="First", email="ana@example.org")
    send(client, text="Second", about="/es/countries/HND")
    with app.app_context():
        result = app.test_cli_runner().invoke(corrections_command, ["--json"])
    items = json.loads(result.stdout)["items"]
    assert (result.exit_code, [one["message"] for one in items]) == (0, ["First", "Second"])
    assert set(items[0]) == {"id", "received_at", "kind", "record", "message", "email"}
    assert (items[1]["kind"], items[1]["record"], items[1]["email"]) == ("country", "HND", None)


def test_the_operator_closes_a_message_once(client: FlaskClient, app: Flask):
    send(client)
    with app.app_context():
        runner = app.test_cli_runner()
        number = str(json.loads(runner.invoke(corrections_command, ["--json"]).stdout)["items"][0]["id"])
        assert runner.invoke(corrections_command, ["--close", number]).exit_code == 0
        again = runner.invoke(corrections_command, ["--close", number])
        assert (again.exit_code, again.stdout) == (1, "")
        assert number in again.stderr
        assert json.loads(runner.invoke(corrections_command, ["--json"]).stdout) == {"items": []}
        assert runner.invoke(corrections_command, ["--close", "first"]).exit_code == 2


def test_the_command_says_in_words_that_nothing_waits(empty_app: Flask):
    with empty_app.app_context():
        assert empty_app.test_cli_runner().invoke(corrections_command).stdout.strip() != ""


def test_of_a_message_that_is_closed_neither_words_nor_address_are_kept(session):
    one = receive(session, Message("", "A", "ana@example.org", "es"))
    assert close(session, one.id)
    session.refresh(one)
    assert (one.status, one.message, one.email) == ("closed", None, None)


def test_the_number_of_a_closed_message_is_never_another_message_s(session):
    one = receive(session, Message("", "A", None, "es"))
    close(session, one.id)
    assert receive(session, Message("", "B", None, "es")).id != one.id


@pytest.mark.parametrize(("lang", "said"), [("es", "se borran enseguida"), ("en", "are deleted at once")])
def test_the_privacy_page_says_how_long_a_message_is_kept(reader: FlaskClient, lang: str, said: str):
    assert said in reader.get(f"/{lang}/privacy").text


def test_a_message_that_is_closed_waits_no_longer(session):
    one = receive(session, Message("", "A", None, "es"))
    two = receive(session, Message("", "B", None, "es"))
    assert close(session, one.id)
    assert [found.id for found in waiting(session)] == [two.id]
    assert not close(session, 99)

from __future__ import annotations

import re

from flask.testing import FlaskClient

PATH = "/es/corrections/new"


def token(client: FlaskClient, path: str = PATH) -> str:
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def test_a_form_that_does_not_come_from_our_page_changes_nothing(client: FlaskClient):
    answer = client.post(PATH, data={"text": "La cifra es otra"})
    assert answer.status_code == 422
    assert "envíelo otra vez" in answer.text


def test_a_control_is_joined_to_its_help_and_to_what_is_wrong_with_it(client: FlaskClient):
    page = client.post(PATH, data={"csrf_token": token(client), "text": "", "email": "nobody"}).text
    for name in ("text", "email"):
        control = re.search(rf'<(?:input|textarea) [^>]*id="{name}"[^>]*>', page)
        assert control
        assert 'aria-invalid="true"' in control[0]
        described = re.search(r'aria-describedby="([^"]+)"', control[0])
        assert described
        assert all(page.count(f'id="{one}"') == 1 for one in described[1].split())
        assert f'<label for="{name}">' in page
        assert f'<a href="#{name}">' in page, "the summary leads to the control"


def test_a_control_that_is_right_is_not_called_wrong(client: FlaskClient):
    page = client.get(PATH).text
    assert "aria-invalid" not in page
    assert 'aria-describedby=""' not in page


def test_what_was_typed_is_kept(client: FlaskClient):
    page = client.post(PATH, data={"text": "La cifra <b>es</b> otra", "email": "nobody"}).text
    assert "La cifra &lt;b&gt;es&lt;/b&gt; otra" in page
    assert 'value="nobody"' in page


def test_a_program_that_fills_in_everything_is_thanked_and_not_heard(client: FlaskClient):
    sent = {"csrf_token": token(client), "text": "buy", "website": "http://spam.example"}
    assert client.post(PATH, data=sent).status_code == 303


def test_a_form_leads_back_only_to_pages_of_ours(client: FlaskClient):
    for address in ("javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        # The page in the other language is asked with the same parameters, and passes the address over as well.
        for page in (client.post(PATH, data={"about": address}), client.get(PATH, query_string={"about": address})):
            assert f'"{address}' not in page.text


def test_the_library_s_own_messages_follow_the_reader_s_language(client: FlaskClient):
    assert 'lang="en"' in client.post("/en/corrections/new", data={}).text
    assert "Write what should be corrected." in client.post("/en/corrections/new", data={}).text
    assert "Escriba qué se debe corregir." in client.post(PATH, data={}).text

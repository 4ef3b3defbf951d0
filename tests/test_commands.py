"""The commands as scripts meet them: one JSON document on standard output, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import app
from tests import commands, factories
from tests.commands import acervo
from tests.conftest import ROOT, make_app, open_database


@pytest.fixture(scope="module")
def data(regional_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the regional catalogue, for commands that only read."""
    return Path(shutil.copytree(regional_installation, tmp_path_factory.mktemp("commands") / "data"))


@pytest.fixture
def own(regional_installation: Path, tmp_path: Path) -> Path:
    """A data folder with the regional catalogue, to change at will."""
    return Path(shutil.copytree(regional_installation, tmp_path / "data"))


JSON = [
    ("setup", "--json"),
    ("search", "retornados", "--json"),
    ("show", "HND", "--json"),
    ("index", "rebuild", "--json"),
    ("index", "sync", "--json"),
    ("index", "status", "--json"),
    ("doctor", "--json"),
    ("corrections", "--json"),
    ("unanswered", "--json"),
]


@pytest.mark.parametrize("arguments", JSON, ids=" ".join)
def test_json_is_one_document_and_nothing_else(own: Path, arguments: tuple[str, ...]):
    result = acervo(own, *arguments)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("\n") == 1
    assert isinstance(json.loads(result.stdout), dict)
    assert result.stderr == ""


def test_every_command_that_gives_json_is_among_those():
    names = {
        (f"{name} {inner}" if inner else name)
        for name, command in app.cli.commands.items()
        for inner, one in (command.commands.items() if isinstance(command, click.Group) else [("", command)])
        if any("--json" in parameter.opts for parameter in one.params)
    }
    files = {"import", "backup", "restore"}
    asked = {" ".join(arguments[:2]) if arguments[0] == "index" else arguments[0] for arguments in JSON}
    assert names == asked | files


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("show",),
        ("show", "HND", "GTM"),
        ("index",),
        ("index", "destroy"),
        ("import",),
        ("import", "a", "--format", "pdf"),
        ("export",),
        ("export", "--format", "pdf"),
        ("export", "--format", "jsonl", "--country", "ZZZ"),
        ("export", "--format", "jsonl", "--institution", "nobody"),
        ("backup",),
        ("restore", "/nowhere/at/all.zip"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
        ("doctor", "--bogus"),
        ("corrections", "--close", "99999999999999999999"),
        ("corrections", "--close", "0"),
    ],
    ids=" ".join,
)
def test_a_command_that_is_used_wrongly_ends_with_two_and_says_how_it_is_used(data: Path, arguments: tuple[str, ...]):
    result = acervo(data, *arguments)
    assert result.exit_code == 2
    assert "acervo" in result.stderr + result.stdout


@pytest.mark.parametrize("name", ["", *app.cli.commands, "index status"])
def test_help_needs_no_installation(name: str, tmp_path: Path):
    result = acervo(tmp_path / "nothing", *name.split(), "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Usage: acervo" in result.stdout


# -- show ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("HND", "countries/HND"),
        ("hnd", "countries/HND"),
        ("hnd-senaf", "institutions/hnd-senaf"),
        ("nna-retornados", "indicators/nna-retornados"),
        ("hnd-senaf--nna-retornados", "productions/hnd-senaf--nna-retornados"),
    ],
)
def test_a_record_is_shown_as_the_api_gives_it(data: Path, reader: FlaskClient, identifier: str, path: str):
    shown = json.loads(acervo(data, "show", identifier, "--json").stdout)
    definition = shown.pop("definition", None)
    assert shown == reader.get(f"/api/v1/{path}").json
    if path.startswith(("indicators", "productions")):
        assert definition == reader.get(f"/api/v1/{path}/definitions").json["items"][0]


def test_a_figure_is_shown_too(data: Path, reader: FlaskClient):
    figure = reader.get("/api/v1/figures?limit=1").json["items"][0]
    assert json.loads(acervo(data, "show", figure["id"], "--json").stdout) == figure


def test_a_record_of_any_kind_is_shown(own: Path):
    engine = open_database(own / "acervo.db")
    with Session(engine.execution_options(acervo_write=True)) as session, session.begin():
        factories.contact(session)
        factories.absence(session)
        production = factories.production(session)
        factories.definition(session, production, {"unit": "count"}, id="xaa-d1")
        factories.figure(session, production, id="xaa-f1", checked=False)
    engine.dispose()
    for kind, identifier in (
        ("contact", "xaa-office--data"),
        ("absence", "xaa-none"),
        ("definition", "xaa-d1"),
        ("figure", "xaa-f1"),
    ):
        shown = json.loads(acervo(own, "show", identifier, "--json").stdout)
        assert (shown["kind"], shown["id"]) == (kind, identifier)
    assert "said_on: 2026-02-01" in acervo(own, "show", "xaa-none").stdout


def test_a_record_that_there_is_not_ends_with_one_and_says_how_to_find_it(data: Path):
    result = acervo(data, "show", "nobody", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "“nobody”" in result.stderr or "«nobody»" in result.stderr
    assert "acervo search" in result.stderr


def test_a_record_is_shown_to_people_with_what_is_unknown(data: Path):
    told = acervo(data, "show", "hnd-senaf--nna-retornados").stdout
    assert "id: hnd-senaf--nna-retornados" in told
    assert ": —" in told
    assert "None" not in told


# -- index -----------------------------------------------------------------------------------------------------------


def test_the_index_is_filled_anew_and_made_equal(own: Path):
    shutil.rmtree(own / "index")
    status = json.loads(acervo(own, "index", "status", "--json").stdout)
    assert (status["database"], status["index"], status["different"]) == (379, 0, 379)
    assert json.loads(acervo(own, "index", "rebuild", "--json").stdout) == {"documents": 379}
    assert json.loads(acervo(own, "index", "sync", "--json").stdout) == {"documents": 0}
    status = json.loads(acervo(own, "index", "status", "--json").stdout)
    assert status == {"database": 379, "index": 379, "lag": 0, "different": 0}


def test_the_worker_delivers_what_waits_and_stops_when_asked_to(own: Path, tmp_path: Path):
    (tmp_path / "countries.csv").write_bytes(
        (ROOT / "catalog/region/seed/countries.csv").read_bytes().replace(b"Belize", b"Belise")
    )
    assert acervo(own, "import", str(tmp_path / "countries.csv")).exit_code == 0
    assert json.loads(acervo(own, "index", "status", "--json").stdout)["lag"] == 1
    assert acervo(own, "worker", "--once").exit_code == 0
    assert json.loads(acervo(own, "index", "status", "--json").stdout)["lag"] == 0


# -- export ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_what_is_exported_is_imported_without_a_change(own: Path, tmp_path: Path, form: str):
    out = tmp_path / ("out" if form == "csv" else f"out.{form}")
    exported = acervo(own, "export", "--format", form, "--out", str(out))
    assert (exported.exit_code, exported.stdout) == (0, "")
    report = json.loads(acervo(own, "import", str(out), "--json").stdout)
    assert (report["created"], report["updated"], report["refused"], report["problems"]) == (0, 0, 0, [])
    assert report["unchanged"] > 379


def test_an_export_of_one_country_holds_its_records_alone(data: Path):
    lines = [
        json.loads(line) for line in acervo(data, "export", "--format", "jsonl", "--country", "HND").stdout.splitlines()
    ]
    assert {line["country"] for line in lines if line["kind"] == "institution"} == {"HND"}
    assert any(line["kind"] == "production" for line in lines)


# -- language, processes ---------------------------------------------------------------------------------------------


def test_people_are_spoken_to_in_the_installation_s_language(data: Path):
    assert "fichas" in acervo(data, "search", "retornados").stdout
    assert "records" in acervo(data, "search", "retornados", ACERVO_DEFAULT_LANGUAGE="en").stdout


def test_one_command_leaves_no_language_behind_for_the_next(data: Path):
    told = [acervo(data, "search", "a", ACERVO_DEFAULT_LANGUAGE=lang).stdout for lang in ("en", "es", "en")]
    assert told[0] == told[2] != told[1]


def test_the_installed_command_is_the_one_that_is_tested(data: Path):
    command = Path(sys.executable).with_name("acervo")
    environment = {**os.environ, "ACERVO_DATA_DIR": str(data), "ACERVO_SECRET_KEY": "for these tests only"}
    found = subprocess.run(
        [command, "index", "status", "--json"], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout == acervo(data, "index", "status", "--json").stdout
    assert (found.stderr, commands.app.cli.name) == ("", "acervo")


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
def test_an_export_ends_quietly_where_nobody_reads_on(data: Path, form: str):
    command = [Path(sys.executable).with_name("acervo"), "export", "--format", form]
    environment = {**os.environ, "ACERVO_DATA_DIR": str(data), "ACERVO_SECRET_KEY": "for these tests only"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        assert (running.stderr.read(), running.wait(60)) == (b"", 0)


def test_an_application_and_a_command_share_a_data_folder(data: Path):
    client = make_app(data).test_client()
    total = json.loads(acervo(data, "search", "retornados", "--json", "--lang", "es").stdout)["total"]
    assert client.get("/api/v1/search?q=retornados&lang=es").json["total"] == total


@pytest.mark.parametrize(
    "arguments", [("search", "x"), ("index", "status", "--json"), ("serve",), ("export", "--format", "jsonl")]
)
def test_a_database_that_was_never_set_up_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...]):
    result = acervo(tmp_path, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "acervo setup" in result.stderr


def test_the_answer_of_the_command_marks_what_nobody_confirms(data: Path):
    told = acervo(data, "search", "¿Qué institución registra trata de personas en Costa Rica?").stdout
    assert "CONATT" in told
    assert "[sin confirmar]" in told
    assert "No record holds all" in acervo(data, "search", "victims of trafficking zxqw", "--lang", "en").stdout

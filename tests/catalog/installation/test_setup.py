"""Setup makes an installation, and a second one changes nothing; settings that cannot be used are told."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

import config
from catalog.database import Base
from catalog.exchange.collections import SEED
from catalog.installation.setup import packaged_files, set_up
from tests.commands import acervo
from tests.conftest import ROOT, open_database

RECORDS = {"country": 15, "institution": 121, "indicator": 51, "production": 192}


def everything(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for name, table in Base.metadata.tables.items()
        }


@pytest.fixture
def data(regional_installation: Path, tmp_path: Path) -> Path:
    """A data folder with the regional catalogue, to change at will."""
    return Path(shutil.copytree(regional_installation, tmp_path / "data"))


def test_the_first_setup_makes_all_that_there_is_and_the_second_changes_nothing(tmp_path: Path):
    first = acervo(tmp_path, "setup", "--json")
    report = json.loads(first.stdout)
    assert (first.exit_code, report["migrated"], report["import"]["refused"]) == (0, True, 0)
    assert report["import"]["created"] >= sum(RECORDS.values())
    engine = open_database(tmp_path / "acervo.db")
    before = everything(engine)
    assert {kind: len(before[kind]) for kind in RECORDS} == RECORDS
    second = json.loads(acervo(tmp_path, "setup", "--json").stdout)
    assert not second["migrated"]
    assert (second["import"]["created"], second["import"]["updated"]) == (0, 0)
    assert second["import"]["unchanged"] == report["import"]["created"]
    # Not even history, a change set or something for the index.
    assert everything(engine) == before
    engine.dispose()


def test_the_creation_of_a_record_is_one_entry_of_history(regional_engine: sa.Engine):
    found = everything(regional_engine)
    created = found["history_entry"]
    assert len(created) == sum(len(found[kind]) for kind in (*RECORDS, "definition", "figure", "contact", "absence"))


def test_after_setup_the_index_is_equal_to_the_database(data: Path):
    result = acervo(data, "index", "status", "--json")
    total = sum(RECORDS.values())
    assert json.loads(result.stdout) == {"database": total, "index": total, "lag": 0, "different": 0}


def test_an_empty_installation_has_tables_and_topics_and_no_records(tmp_path: Path):
    result = acervo(tmp_path, "setup", "--empty", "--json")
    assert json.loads(result.stdout) == {"migrated": True, "import": None}
    engine = open_database(tmp_path / "acervo.db")
    filled = {name for name, found in everything(engine).items() if found}
    engine.dispose()
    assert filled == {"topic"}


def test_setup_fills_an_empty_installation_later_and_empty_takes_nothing_away(tmp_path: Path):
    acervo(tmp_path, "setup", "--empty")
    assert json.loads(acervo(tmp_path, "setup", "--json").stdout)["import"]["created"] > 0
    acervo(tmp_path, "setup", "--empty")
    assert json.loads(acervo(tmp_path, "index", "status", "--json").stdout)["database"] == sum(RECORDS.values())


def test_setup_never_undoes_what_people_changed(data: Path, tmp_path: Path):
    rows = list(csv.DictReader((SEED / "countries.csv").open(encoding="utf-8")))
    rows[0]["es"] = "Otro nombre"
    with (tmp_path / "countries.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert json.loads(acervo(data, "import", str(tmp_path / "countries.csv"), "--json").stdout)["updated"] == 1
    engine = open_database(data / "acervo.db")
    before = {**everything(engine), "outbox_entry": []}
    again = json.loads(acervo(data, "setup", "--json").stdout)
    assert (again["import"]["created"], again["import"]["updated"]) == (0, 0)
    assert everything(engine) == before
    engine.dispose()


def test_setup_brings_what_a_newer_package_says_of_records_that_nobody_touched(regional_engine: sa.Engine):
    with regional_engine.begin() as connection:
        connection.execute(sa.text("UPDATE country SET name_es = 'Antes' WHERE id = 'HND'"))
    done = set_up(regional_engine)
    assert done.imported is not None
    assert (done.imported.created, done.imported.updated) == (0, 1)
    assert everything(regional_engine)["history_entry"][-1][-2:] == ('"Antes"', '"Honduras"')


def test_setup_says_in_words_what_it_did(data: Path):
    result = acervo(data, "setup")
    assert result.exit_code == 0
    assert result.stdout.startswith("La instalación está lista: ")


def test_a_packaged_file_that_is_wrong_is_refused_and_changes_nothing(engine: sa.Engine, tmp_path: Path):
    before = everything(engine)
    for file in packaged_files():
        shutil.copy(file, tmp_path / file.name)
    (tmp_path / "countries.csv").write_text("iso3\nXAA\n", encoding="utf-8")
    done = set_up(engine, sources=sorted(tmp_path.glob("*.csv")))
    assert done.imported is not None
    assert done.imported.found_bad
    assert everything(engine) == before


@pytest.mark.postgresql
def test_setup_twice_changes_nothing_on_postgresql_either(postgresql_engine: sa.Engine):
    set_up(postgresql_engine)
    before = everything(postgresql_engine)
    done = set_up(postgresql_engine)
    assert not done.migrated
    assert everything(postgresql_engine) == before


# -- settings --------------------------------------------------------------------------------------------------------

INVALID = {
    "ACERVO_DATABASE_URL": "mysql://somewhere/acervo",
    "ACERVO_SEARCH_URL": "http://localhost:9200",
    "ACERVO_DEFAULT_LANGUAGE": "fr",
    "ACERVO_CURRENCY": "dollars",
    "ACERVO_RATE_LIMITS": "sometimes",
    "ACERVO_SECRET_KEY": "fifteen letters",
    "ACERVO_BASE_URL": "https://acervo.example.org/registry",
    "ACERVO_DATA_DIR": "/proc/nope",
}


@pytest.mark.parametrize("name", INVALID)
@pytest.mark.parametrize("command", [("index", "status"), ("setup", "--json"), ("search", "a")])
def test_a_setting_that_cannot_be_used_is_named_and_nothing_is_made(
    name: str, command: tuple[str, ...], tmp_path: Path
):
    result = acervo(tmp_path / "data", *command, **{name: INVALID[name]})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(name)
    assert "; use" in result.stderr or ": use" in result.stderr or "quite" in result.stderr
    assert not (tmp_path / "data" / "acervo.db").exists()


@pytest.mark.parametrize("name", INVALID)
def test_the_doctor_tells_of_it_and_of_its_repair(name: str, tmp_path: Path):
    result = acervo(tmp_path, "doctor", "--json", **{name: INVALID[name]})
    (check,) = json.loads(result.stdout)["checks"]
    assert (result.exit_code, check["id"], check["status"]) == (1, "settings", "bad")
    assert name in check["message"]
    assert ".env" in check["repair"]


def test_the_doctor_warns_of_rate_limits_that_are_off(data: Path):
    def limits(**environment: str) -> str:
        checks = json.loads(acervo(data, "doctor", "--json", **environment).stdout)["checks"]
        return str(next(check["status"] for check in checks if check["id"] == "rate_limits"))

    assert (limits(), limits(ACERVO_RATE_LIMITS="off")) == ("ok", "warn")


def test_the_doctor_ends_with_nought_on_a_sound_installation_and_with_one_on_none(data: Path, tmp_path: Path):
    assert acervo(data, "doctor").exit_code == 0
    assert acervo(tmp_path / "nothing", "doctor").exit_code == 1


def test_settings_are_read_from_a_file_and_the_environment_wins(tmp_path: Path):
    (tmp_path / ".env").write_text("ACERVO_CURRENCY=GTQ\nACERVO_DEFAULT_LANGUAGE=en\n", encoding="utf-8")
    found = config.read_settings({"ACERVO_CURRENCY": "HNL"}, root=tmp_path)
    assert (found.currency, found.default_language) == ("HNL", "en")


def test_defaults_are_those_of_the_documentation(tmp_path: Path):
    found = config.read_settings({}, root=tmp_path)
    assert found.data_dir == tmp_path / "var"
    assert found.database_url == f"sqlite:///{tmp_path / 'var' / 'acervo.db'}"
    assert (found.default_language, found.currency, found.rate_limits) == ("es", "USD", True)
    assert (found.search_url, found.base_url) == (None, None)


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path):
    first, second = (config.read_settings({}, root=tmp_path).secret_key for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0
    assert config.read_settings({"ACERVO_SECRET_KEY": "g" * 16}, root=tmp_path).secret_key == "g" * 16


def test_a_secret_file_that_a_killed_start_left_empty_is_told(tmp_path: Path):
    (tmp_path / "secret_key").touch()
    with pytest.raises(config.InvalidSetting, match="holds no secret key"):
        config.read_settings({"ACERVO_DATA_DIR": str(tmp_path)}, root=tmp_path)


@pytest.mark.parametrize("secret", ["", "long enough to sign with"])
def test_a_file_in_place_of_the_data_folder_is_told_in_words(tmp_path: Path, secret: str):
    (tmp_path / "data").touch()
    result = acervo(tmp_path / "data", "doctor", "--json", ACERVO_SECRET_KEY=secret)
    (check,) = json.loads(result.stdout)["checks"]
    assert (result.exit_code, check["status"]) == (1, "bad")
    assert "no se pueden guardar datos" in check["message"]
    assert str(tmp_path / "data") in check["message"]


@pytest.mark.parametrize(("lang", "said"), [("es", "use un código"), ("en", "use a code"), ("fr", "use una de")])
def test_what_is_wrong_with_a_setting_is_told_in_the_language_of_the_installation(tmp_path: Path, lang: str, said: str):
    result = acervo(tmp_path, "index", "status", ACERVO_CURRENCY="dollars", ACERVO_DEFAULT_LANGUAGE=lang)
    assert said in result.stderr


@pytest.mark.parametrize(
    "address",
    [
        "acervo.example.org",
        "ftp://acervo.example.org",
        "https://",
        "https://acervo.example.org/registry",
        "https://acervo.example.org?a=b",
        "https://acervo.example.org#a",
        "https://ana@acervo.example.org",
        "https://acervo.example.org:port",
        "https://acervo example.org",
    ],
)
def test_an_address_that_no_page_can_be_built_on_is_refused(address: str, tmp_path: Path):
    with pytest.raises(config.InvalidSetting, match="ACERVO_BASE_URL"):
        config.read_settings({"ACERVO_BASE_URL": address}, root=tmp_path)


@pytest.mark.parametrize("address", ["https://acervo.example.org", "http://127.0.0.1:8000", "http://[::1]:8000"])
@pytest.mark.parametrize("end", ["", "/"])
def test_an_address_of_scheme_host_and_port_is_taken(address: str, end: str, tmp_path: Path):
    assert config.read_settings({"ACERVO_BASE_URL": address + end}, root=tmp_path).base_url == address


def test_a_database_without_a_whole_path_lies_in_the_data_folder(tmp_path: Path):
    settings = config.read_settings({"ACERVO_DATABASE_URL": "sqlite:///own/a.db"}, root=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'own' / 'a.db'}"
    whole = f"sqlite:///{tmp_path / 'b.db'}"
    assert config.read_settings({"ACERVO_DATABASE_URL": whole}, root=tmp_path).database_url == whole


@pytest.mark.parametrize("url", ["sqlite:///../a.db", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_every_command_would_look_for_elsewhere_is_refused(url: str, tmp_path: Path):
    with pytest.raises(config.InvalidSetting, match="ACERVO_DATABASE_URL"):
        config.read_settings({"ACERVO_DATABASE_URL": url}, root=tmp_path)


@pytest.mark.parametrize("given", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+psycopg://a@b/c"])
def test_postgresql_is_reached_by_its_usual_addresses(given: str, tmp_path: Path):
    settings = config.read_settings({"ACERVO_DATABASE_URL": given}, root=tmp_path)
    assert settings.database_url == "postgresql+psycopg://a@b/c"


@pytest.mark.parametrize(("given", "port"), [({}, "8000"), ({"PORT": "8123"}, "8123")])
def test_make_run_sets_up_and_serves_at_the_port_asked_for(given: dict[str, str], port: str):
    arguments = [f"{name}={value}" for name, value in given.items()]
    # These tests run under make themselves.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", "--dry-run", "run", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [line.strip() for line in told[-2:]] == [".venv/bin/acervo setup", f".venv/bin/acervo serve --port {port}"]

"""The doctor finds what is wrong with an installation, says what repairs it, and never falls ill itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from catalog import migrating
from catalog.database import db, now
from catalog.installation import doctor
from catalog.installation.doctor import BAD, OK, WARN, Check, Patient, examine, is_sound
from catalog.installation.doctor_cli import doctor_command
from catalog.installation.settings import Installation
from catalog.models import ChangeSet, OutboxEntry
from catalog.outbox.services import CatalogDocuments
from search.backend import SearchUnavailable
from tests.conftest import make_app, open_database
from web.locale import translate


class Index:
    """An index that holds these documents, by their digest; None is one that is not there."""

    def __init__(self, digests: dict[int, int] | None) -> None:
        self._digests = digests

    def digests(self) -> dict[int, int]:
        if self._digests is None:
            raise SearchUnavailable("no index")
        return dict(self._digests)

    def count(self) -> int:
        return len(self.digests())


def patient(engine: sa.Engine, folder: Path, digests: dict[int, int] | None = None) -> Patient:
    index: object = Index({} if digests is None else digests)
    return Patient(Installation(folder, None, "es"), engine, CatalogDocuments(engine), index)  # type: ignore[arg-type]


def found(patient: Patient, identifier: str) -> Check:
    return next(check for check in examine(patient) if check.id == identifier)


@pytest.fixture
def well(engine: sa.Engine, tmp_path: Path) -> Patient:
    return patient(engine, tmp_path)


def test_a_new_installation_is_sound_and_lacks_only_records(well: Patient):
    checks = examine(well)
    assert {check.id: check.status for check in checks if check.status != OK} == {"records": WARN}
    assert is_sound(checks)


def test_every_check_has_an_identifier_of_its_own_and_says_what_repairs_what_is_not_well(well: Patient):
    checks = examine(well)
    assert len({check.id for check in checks}) == len(checks)
    assert all(check.repair for check in checks if check.status != OK)


def test_a_data_folder_that_is_not_there_is_bad(well: Patient):
    away = replace(well, installation=replace(well.installation, data_dir=Path("/nowhere/at/all")))
    assert found(away, "data_folder").status == BAD
    assert "/nowhere/at/all" in translate(found(away, "data_folder").message, found(away, "data_folder").facts)


@pytest.mark.parametrize(("free", "status"), [(50 << 20, BAD), (500 << 20, WARN), (5 << 30, OK)])
def test_a_disk_that_runs_full_is_told_before_it_is_full(
    free: int, status: str, well: Patient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    assert found(well, "disk").status == status


def test_rate_limits_that_are_off_are_a_warning(well: Patient):
    off = replace(well, installation=replace(well.installation, rate_limits=False))
    assert found(off, "rate_limits").status == WARN


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://acervo.example.org", OK),
        ("http://localhost:8000", OK),
        ("http://acervo.example.org", WARN),
    ],
)
def test_an_address_without_encryption_is_a_warning_but_on_this_machine(address: str, status: str, well: Patient):
    named = replace(well, installation=replace(well.installation, base_url=address))
    assert found(named, "base_url").status == status


def test_a_secret_that_others_can_read_is_a_warning(well: Patient):
    secret = well.installation.data_dir / "secret_key"
    secret.write_text("secret")
    secret.chmod(0o644)
    assert found(well, "secret_key").status == WARN
    secret.chmod(0o600)
    assert found(well, "secret_key").status == OK


def test_a_database_without_tables_is_bad_and_setup_repairs_it(tmp_path: Path):
    engine = open_database(tmp_path / "new.db")
    check = found(patient(engine, tmp_path), "tables")
    assert (check.status, check.repair) == (BAD, "Run acervo setup.")
    engine.dispose()


def test_tables_of_a_newer_version_are_bad(well: Patient):
    with well.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '20991231_0000'"))
    check = found(well, "tables")
    assert (check.status, check.facts["there"]) == (BAD, "20991231_0000")
    assert check.repair != "Run acervo setup."


def test_a_file_that_is_no_database_is_bad_and_every_other_check_is_still_made(tmp_path: Path):
    (tmp_path / "acervo.db").write_bytes(b"this is no database, whatever its name says " * 100)
    engine = open_database(tmp_path / "acervo.db")
    checks = examine(patient(engine, tmp_path))
    assert [check.id for check in checks if check.status == BAD] == [
        "database",
        "tables",
        "integrity",
        "records",
        "clock",
        "outbox",
        "index",
    ]
    engine.dispose()


def test_a_database_that_cannot_be_written_to_is_bad(engine: sa.Engine, tmp_path: Path):
    engine.dispose()
    reader = sa.create_engine(f"sqlite:///file:{tmp_path / 'acervo.db'}?mode=ro&uri=true")
    assert found(patient(reader, tmp_path), "database").status == BAD
    reader.dispose()


def test_a_database_that_another_is_writing_to_can_be_written_to(well: Patient):
    # Of the wait for the other's lock nothing is left to see but its end.
    sa.event.listen(well.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=10"))
    with well.engine.execution_options(acervo_write=True).connect() as writer:
        writer.execute(sa.select(1))
        assert found(well, "database").status == OK


@pytest.mark.postgresql
def test_a_server_that_takes_no_changes_is_bad(postgresql_engine: sa.Engine, tmp_path: Path):
    migrating.upgrade(postgresql_engine)
    assert found(patient(postgresql_engine, tmp_path), "database").status == OK
    name = postgresql_engine.url.database
    with postgresql_engine.begin() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    postgresql_engine.dispose()
    assert found(patient(postgresql_engine, tmp_path), "database").status == BAD


def test_a_damaged_page_of_the_database_is_bad(regional_template: Path, tmp_path: Path):
    content = bytearray(regional_template.read_bytes())
    page = 16_384
    middle = (len(content) // page // 2) * page
    content[middle : middle + page] = b"\xff" * page
    (tmp_path / "acervo.db").write_bytes(content)
    engine = open_database(tmp_path / "acervo.db")
    assert found(patient(engine, tmp_path), "integrity").status == BAD
    engine.dispose()


def test_a_reference_that_leads_nowhere_is_bad(regional_engine: sa.Engine, tmp_path: Path):
    # A program that does not ask SQLite to look after references, as ours does.
    with closing(sqlite3.connect(str(regional_engine.url.database))) as other:
        other.execute("DELETE FROM country WHERE id = 'HND'")
        other.commit()
    check = found(patient(regional_engine, tmp_path), "integrity")
    assert (check.status, check.facts["count"]) == (BAD, 20)


def test_a_clock_that_is_behind_the_last_change_is_bad(well: Patient):
    with well.engine.begin() as connection:
        connection.execute(
            sa.insert(ChangeSet).values(recorded_at=now() + timedelta(hours=2), origin="edit", records=0)
        )
    assert found(well, "clock").status == BAD


def test_changes_that_wait_for_the_index_are_a_warning_and_those_that_failed_say_why(well: Patient):
    with well.engine.begin() as connection:
        entry = {"kind": "country", "record_id": "XAA", "version": 1, "attempts": 2, "error": "the index is full"}
        connection.execute(sa.insert(OutboxEntry).values(**entry))
    assert (found(well, "index").status, found(well, "index").facts["lag"]) == (WARN, 1)
    assert (found(well, "outbox").status, found(well, "outbox").facts["why"]) == (WARN, "the index is full")


def test_an_index_that_holds_something_else_is_bad(well: Patient):
    other = replace(well, backend=Index({1: 1, 2: 1}))  # type: ignore[arg-type]
    check = found(other, "index")
    assert (check.status, check.facts["different"]) == (BAD, 2)


def test_an_index_that_is_not_there_is_bad(well: Patient):
    check = found(replace(well, backend=Index(None)), "index")  # type: ignore[arg-type]
    assert (check.status, check.repair) == (BAD, "Run acervo index rebuild.")


def test_tables_of_this_version_are_recognised(engine: sa.Engine):
    assert migrating.is_known(migrating.newest())
    assert not migrating.is_known("20991231_0000")


@contextmanager
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.engine.dispose()


def test_the_command_gives_one_json_document_and_ends_with_nought_where_nothing_is_bad(regional_installation: Path):
    with _context(make_app(regional_installation)):
        result = CliRunner().invoke(doctor_command, ["--json"])
    report = json.loads(result.stdout)
    assert [check for check in report["checks"] if check["status"] == BAD] == []
    assert (result.exit_code, report["ok"]) == (0, True)
    assert all(set(check) == {"id", "status", "message", "repair"} for check in report["checks"])


def test_the_command_ends_with_one_where_anything_is_bad(tmp_path: Path):
    with _context(make_app(tmp_path)):
        result = CliRunner().invoke(doctor_command, ["--json"])
    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (1, False)


def test_the_text_names_each_check_and_its_repair(regional_installation: Path):
    with _context(make_app(regional_installation, ACERVO_RATE_LIMITS="off")):
        result = CliRunner().invoke(doctor_command)
    lines = result.stdout.splitlines()
    assert any(line.startswith("WARN rate_limits") for line in lines)
    assert any(line.startswith("OK   database") for line in lines)


def test_settings_that_cannot_be_used_are_told_by_the_doctor_too():
    result = CliRunner().invoke(doctor_command, ["--json"], obj="ACERVO_CURRENCY=usd: use a code of ISO 4217")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["ok"]) == (1, False)
    assert "ACERVO_CURRENCY" in report["checks"][0]["message"]

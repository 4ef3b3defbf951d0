"""One archive holds everything, for either database; a damaged one changes nothing."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog import migrating
from catalog.database import Base
from catalog.installation.backup import back_up, kept_tables, restore
from catalog.installation.errors import CannotBackUp, CannotRestore
from catalog.installation.setup import set_up
from catalog.models import ChangeSet, Correction, HistoryEntry, Institution, OutboxEntry, WorkerLease
from tests import factories
from tests.commands import acervo
from tests.conftest import open_database


def rows(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that an archive has to hold."""
    found = {}
    with engine.connect() as connection:
        for table in kept_tables():
            read = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in read]
    return found


def rows_of(folder: Path, name: str = "acervo.db") -> dict[str, list[tuple[Any, ...]]]:
    engine = open_database(folder / name)
    found = rows(engine)
    engine.dispose()
    return found


@pytest.fixture
def full(regional_engine: sa.Engine) -> sa.Engine:
    """The regional catalogue, and rows of every kind that it has none of."""
    with Session(regional_engine.execution_options(acervo_write=True)) as session, session.begin():
        # The first refers to one of its own table that is read after it.
        factories.institution(session, "zzz-office", country_id="XAA")
        factories.institution(
            session, "aaa-office", country_id="XAA", successor_id="zzz-office", notes_es="línea\nñ ☂ \U0001f33b"
        )
        factories.contact(session, institution_id="aaa-office")
        factories.absence(session, said_by_id="aaa-office")
        session.add(
            Correction(received_at=factories.INSTANT, status="open", message="A", email="a@example.org", language="es")
        )
        session.add(OutboxEntry(kind="country", record_id="XAA", version=1))
        session.add(WorkerLease(name="delivery", holder="this:1", expires_at=factories.INSTANT))
    return regional_engine


def test_every_table_is_in_the_archive_but_what_belongs_to_running_processes(full: sa.Engine, tmp_path: Path):
    written = back_up(full, tmp_path / "all.zip")
    assert set(Base.metadata.tables) - set(written) == {"worker_lease"}
    assert {name for name, count in written.items() if not count} <= {"unanswered_day", "unanswered_search"}


def test_what_was_backed_up_is_restored_row_by_row(full: sa.Engine, tmp_path: Path):
    written = back_up(full, tmp_path / "all.zip")
    other = open_database(tmp_path / "other.db")
    assert restore(other, tmp_path / "all.zip") == written
    assert rows(other) == rows(full)
    migrating.check(other)
    other.dispose()


@pytest.mark.postgresql
def test_an_archive_of_sqlite_is_restored_on_postgresql_and_back(
    full: sa.Engine, postgresql_engine: sa.Engine, tmp_path: Path
):
    back_up(full, tmp_path / "sqlite.zip")
    restore(postgresql_engine, tmp_path / "sqlite.zip")
    assert rows(postgresql_engine) == rows(full)
    back_up(postgresql_engine, tmp_path / "postgresql.zip")
    again = open_database(tmp_path / "again.db")
    restore(again, tmp_path / "postgresql.zip")
    assert rows(again) == rows(full)
    again.dispose()


@pytest.mark.postgresql
def test_after_a_restore_postgresql_counts_on_from_what_is_there(
    full: sa.Engine, postgresql_engine: sa.Engine, tmp_path: Path
):
    back_up(full, tmp_path / "all.zip")
    restore(postgresql_engine, tmp_path / "all.zip")
    with Session(postgresql_engine) as session, session.begin():
        highest = session.scalar(sa.select(sa.func.max(ChangeSet.id))) or 0
        made = ChangeSet(recorded_at=factories.INSTANT, origin="edit", records=0)
        session.add(made)
        session.flush()
        assert made.id == highest + 1


def test_setup_after_a_restore_changes_nothing(full: sa.Engine, tmp_path: Path):
    back_up(full, tmp_path / "all.zip")
    other = open_database(tmp_path / "other.db")
    restore(other, tmp_path / "all.zip")
    done = set_up(other)
    assert not done.migrated
    assert done.imported is not None
    assert (done.imported.created, done.imported.updated) == (0, 0)
    assert rows(other) == rows(full)
    other.dispose()


def test_only_its_owner_can_read_an_archive(full: sa.Engine, tmp_path: Path):
    back_up(full, tmp_path / "all.zip")
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600


def test_a_backup_that_cannot_be_written_leaves_nothing_and_an_earlier_one_alone(full: sa.Engine, tmp_path: Path):
    with pytest.raises(CannotBackUp, match="cannot be written"):
        back_up(full, tmp_path / "nowhere" / "all.zip")
    assert sorted(tmp_path.glob("*.zip*")) == []


def test_an_archive_names_no_reader_s_secret(full: sa.Engine, tmp_path: Path):
    back_up(full, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".jsonl", ".json"}
        assert not {"secret_key", "rate_limit_counter.jsonl"} & set(archive.namelist())


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(regional_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the regional catalogue; each test works on a copy."""
    folder = tmp_path_factory.mktemp("archive")
    engine = open_database(Path(shutil.copy(regional_template, folder / "regional.db")))
    back_up(engine, folder / "all.zip")
    engine.dispose()
    return folder / "all.zip"


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of an archive in which a file is another, or is not there."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def _manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[str, bytes], bytes]:
    def apply(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        change(manifest)
        return json.dumps(manifest).encode()

    return apply


def _file(wanted: str, change: Callable[[bytes], bytes | None]) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: change(content) if name == wanted else content


DAMAGE: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a changed value": _file("country.jsonl", lambda text: text.replace(b"Honduras", b"Hondurac")),
    "a row too few": _file("country.jsonl", lambda text: text.partition(b"\n")[2]),
    "a table too few": _file("figure.jsonl", lambda _text: None),
    "no list of contents": _file("manifest.json", lambda _text: None),
    "a list of contents that is none": _file("manifest.json", lambda _text: b"[]"),
    "a list of contents that is no JSON": _file("manifest.json", lambda _text: b"\xff\x00"),
    "a list of contents that is too large": _file("manifest.json", lambda text: text + b" " * (1 << 20)),
    "a table that is not listed": _manifest(lambda manifest: manifest["tables"].pop("institution")),
    "a table listed as nothing": _manifest(lambda manifest: manifest["tables"].update(institution=None)),
    "tables listed as a number": _manifest(lambda manifest: manifest.update(tables=7)),
    "columns too few": _manifest(lambda manifest: manifest["tables"]["topic"]["columns"].pop()),
    "tables of another version": _manifest(lambda manifest: manifest.update(revision="20991231_0000")),
    "another form": _manifest(lambda manifest: manifest.update(form="acervo-backup-99")),
}


@pytest.mark.parametrize("fault", DAMAGE)
def test_a_damaged_archive_is_refused_and_nothing_is_made(fault: str, archive: Path, tmp_path: Path):
    bad = rewritten(archive, tmp_path / "bad.zip", DAMAGE[fault])
    engine = open_database(tmp_path / "new.db")
    with pytest.raises(CannotRestore):
        restore(engine, bad)
    tables = sa.inspect(engine).get_table_names()
    # Rows that do not fit are only seen when they are written: the tables stay, empty.
    assert tables == [] or all(not found for found in rows(engine).values())
    engine.dispose()


@pytest.mark.parametrize("place", [100, 5_000, 20_000, -100, -2_000])
def test_an_archive_with_a_damaged_byte_is_refused_or_restored_whole(place: int, archive: Path, tmp_path: Path):
    content = bytearray(archive.read_bytes())
    content[place] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(content)
    result = acervo(tmp_path / "data", "restore", str(tmp_path / "bad.zip"))
    if result.exit_code == 0:
        # A byte that only describes the archive, such as a date, damages no row.
        assert place < 0
        assert rows_of(tmp_path / "data") == {**rows_of(archive.parent, "regional.db"), "outbox_entry": []}
        return
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip()


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x03\x04"])
def test_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path):
    (tmp_path / "bad.zip").write_bytes(content)
    result = acervo(tmp_path / "data", "restore", str(tmp_path / "bad.zip"))
    assert result.exit_code == 1
    assert "bad.zip" in result.stderr


def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path):
    (tmp_path / "bad.zip").write_bytes(archive.read_bytes()[:-50_000])
    assert acervo(tmp_path / "data", "restore", str(tmp_path / "bad.zip")).exit_code == 1


def test_an_installation_that_holds_data_is_refused_and_stays_as_it_is(archive: Path, engine: sa.Engine):
    with Session(engine.execution_options(acervo_write=True)) as session, session.begin():
        factories.country(session)
    before = rows(engine)
    with pytest.raises(CannotRestore, match="country"):
        restore(engine, archive)
    assert rows(engine) == before


@pytest.mark.parametrize(
    "row",
    [
        Correction(received_at=factories.INSTANT, status="closed", language="es"),
        ChangeSet(recorded_at=factories.INSTANT, origin="edit", records=0),
    ],
    ids=["a message", "a change"],
)
def test_a_message_or_a_change_is_data_too(archive: Path, engine: sa.Engine, row: Base):
    with Session(engine.execution_options(acervo_write=True)) as session, session.begin():
        session.merge(row)
    with pytest.raises(CannotRestore):
        restore(engine, archive)


def test_tables_of_an_older_version_are_left_alone(archive: Path, engine: sa.Engine):
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '20261124_1000'"))
    with pytest.raises(CannotRestore, match="run acervo setup first"):
        restore(engine, archive)
    assert migrating.current(engine) == "20261124_1000"


# -- the commands ----------------------------------------------------------------------------------------------------


def test_backup_wipe_and_restore_give_the_same_installation(regional_installation: Path, tmp_path: Path):
    data, file = Path(shutil.copytree(regional_installation, tmp_path / "data")), tmp_path / "all.zip"
    written = json.loads(acervo(data, "backup", str(file), "--json").stdout)
    assert written["rows"] == sum(written["tables"].values())
    before = acervo(data, "search", "retornados", "--json").stdout
    shutil.rmtree(data)
    restored = acervo(data, "restore", str(file), "--json")
    assert (restored.exit_code, json.loads(restored.stdout)) == (0, written)
    assert acervo(data, "search", "retornados", "--json").stdout == before
    status = json.loads(acervo(data, "index", "status", "--json").stdout)
    assert status == {"database": 379, "index": 379, "lag": 0, "different": 0}
    again = acervo(data, "restore", str(file), "--json")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "tiene datos" in again.stderr


def test_a_backup_to_nowhere_is_refused_and_one_without_a_name_is_used_wrongly(
    empty_installation: Path, tmp_path: Path
):
    data = Path(shutil.copytree(empty_installation, tmp_path / "data"))
    refused = acervo(data, "backup", str(tmp_path / "nowhere" / "all.zip"), "--json")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "all.zip" in refused.stderr
    assert acervo(data, "backup").exit_code == 2
    assert acervo(data, "restore", str(tmp_path / "nothing.zip")).exit_code == 2


def test_the_history_survives_with_its_instants(full: sa.Engine, tmp_path: Path):
    back_up(full, tmp_path / "all.zip")
    other = open_database(tmp_path / "other.db")
    restore(other, tmp_path / "all.zip")
    with Session(other) as session, Session(full) as source:
        assert session.get(Institution, "aaa-office").recorded_at == factories.INSTANT
        newest = sa.select(HistoryEntry.id, HistoryEntry.after).order_by(HistoryEntry.id.desc()).limit(5)
        assert session.execute(newest).all() == source.execute(newest).all()
    other.dispose()

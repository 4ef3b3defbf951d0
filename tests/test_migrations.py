"""Tables and models agree, and migrations run both ways on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog import migrating
from catalog.database import Base
from catalog.models import Country, Definition, Figure, Institution, Production
from tests import factories
from tests.conftest import open_database


def upgrade_check_and_downgrade(engine: sa.Engine) -> None:
    assert migrating.current(engine) is None
    assert migrating.upgrade(engine)
    assert migrating.current(engine) == migrating.newest()
    assert not migrating.upgrade(engine)
    migrating.check(engine)
    migrating.downgrade(engine, "base")
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    assert migrating.upgrade(engine)
    migrating.check(engine)


def test_migrations_go_up_match_the_models_and_go_down_again_on_sqlite(tmp_path: Path):
    engine = open_database(tmp_path / "new.db")
    upgrade_check_and_downgrade(engine)
    engine.dispose()


@pytest.mark.postgresql
def test_migrations_go_up_match_the_models_and_go_down_again_on_postgresql(postgresql_engine: sa.Engine):
    upgrade_check_and_downgrade(postgresql_engine)


def test_a_migration_that_fails_leaves_no_table_behind(tmp_path: Path):
    engine = open_database(tmp_path / "new.db")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE production (id TEXT)"))
    with pytest.raises(sa.exc.OperationalError):
        migrating.upgrade(engine)
    assert sa.inspect(engine).get_table_names() == ["production"]
    engine.dispose()


def test_every_constraint_has_a_name_so_that_a_later_migration_can_drop_it(engine: sa.Engine):
    inspector = sa.inspect(engine)
    nameless = [
        (table, constraint)
        for table in Base.metadata.tables
        for constraint in (
            *inspector.get_check_constraints(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
        )
        if not constraint["name"]
    ]
    assert nameless == []


# Change sets are never removed, and the index would be written once more for every row of an import.
NEVER_FOLLOWED_BACK = {"history_entry.change_set_id"}


def test_every_foreign_key_is_indexed(engine: sa.Engine):
    """Otherwise a list of a record's dependants, and a check of its removal, read the whole table."""
    inspector, missing = sa.inspect(engine), []
    for name, table in Base.metadata.tables.items():
        leading = {index["column_names"][0] for index in inspector.get_indexes(name)}
        missing += [f"{name}.{fk.parent.name}" for fk in table.foreign_keys if fk.parent.name not in leading]
    assert set(missing) == NEVER_FOLLOWED_BACK


BROKEN = {
    "a code that no list has": (Institution, {"type": "statistics_office", "status": "asleep"}),
    "an institution that is its own successor": (Institution, {"successor_id": "xaa-office"}),
    "a country that does not exist": (Institution, {"country_id": "XZZ"}),
    "no name in any language": (Country, {"name_es": None, "name_en": None}),
    "a country code in small letters": (Country, {"id": "xaa"}),
    "version nought": (Country, {"version": 0}),
    "valid time that ends before it begins": (Country, {"valid_from": "2024", "valid_to": "2023"}),
    "years seen in the wrong order": (Production, {"first_year": 2020, "last_year": 2019}),
    "a definition of two things": (Definition, {"indicator_id": "returned-nationals"}),
    "a definition of nothing": (Definition, {"production_id": None}),
    "a definition's number nought": (Definition, {"number": 0}),
    "a total that is a part": (Figure, {"complete": True}),
    "a figure whose period ends before it begins": (Figure, {"period_end": sa.literal("1999-12-31")}),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_database_itself_refuses(fault: str, session: Session):
    production = factories.production(session)
    factories.definition(session, production, {"unit": "count"})
    factories.figure(session, production)
    model, values = BROKEN[fault]
    with pytest.raises(IntegrityError):
        session.execute(sa.update(model).values(values))


def test_a_production_has_one_definition_of_each_number(session: Session):
    production = factories.production(session)
    factories.definition(session, production)
    with pytest.raises(IntegrityError):
        factories.definition(session, production, id="another")


def test_messages_that_were_closed_before_are_emptied_and_open_ones_stay(engine: sa.Engine):
    migrating.downgrade(engine, "20261127_1130")
    row = {"received_at": factories.INSTANT.isoformat(sep=" "), "email": "ana@example.org", "language": "es"}
    with engine.begin() as connection:
        for number, state in enumerate(("open", "closed"), start=1):
            values = {**row, "id": number, "status": state, "message": "La cifra es otra"}
            table = sa.table("correction", *(sa.column(name) for name in values))
            connection.execute(table.insert().values(values))
    assert migrating.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT status, message, email FROM correction ORDER BY id")).all()
    assert [tuple(one) for one in found] == [
        ("open", "La cifra es otra", "ana@example.org"),
        ("closed", None, None),
    ]


def test_tables_made_anew_keep_their_checks(engine: sa.Engine):
    for table in Base.metadata.tables.values():
        wanted = {one.name for one in table.constraints if isinstance(one, sa.CheckConstraint)}
        assert {one["name"] for one in sa.inspect(engine).get_check_constraints(table.name)} == wanted

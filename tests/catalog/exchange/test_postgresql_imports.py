"""The other database takes, compares and refuses the same files."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog.installation.setup import set_up
from tests.catalog.exchange.files import (
    CATALOGUE,
    FIGURE,
    INSTITUTION,
    PRODUCTION,
    brought,
    places,
    records,
    refused,
    write_catalogue,
    write_csv,
)
from tests.catalog.exchange.test_import_properties import export
from tests.catalog.exchange.test_refusals import DEFINITION

pytestmark = pytest.mark.postgresql


@pytest.fixture
def filled(postgresql_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    set_up(postgresql_engine, empty=True)
    assert brought(postgresql_engine, write_catalogue(tmp_path / "first")) == (len(CATALOGUE), 0, 0)
    return postgresql_engine


def test_postgresql_changes_what_changed_and_nothing_else(filled: sa.Engine, tmp_path: Path):
    assert brought(filled, write_catalogue(tmp_path / "again")) == (0, 0, len(CATALOGUE))
    changed = {**PRODUCTION, "title_es": "Otro", "age_min": "15"}
    assert brought(filled, write_csv(tmp_path, "productions", changed, {**PRODUCTION, "id": "another"})) == (1, 1, 0)
    assert records(filled)["productions"][PRODUCTION["id"]]["title_es"] == "Otro"


def test_postgresql_refuses_repeated_missing_and_moved_records(filled: sa.Engine, tmp_path: Path):
    wrong = [
        write_csv(tmp_path, "institutions", INSTITUTION, INSTITUTION, {**INSTITUTION, "id": "b", "country": "XZZ"}),
        write_csv(tmp_path, "figures", {**FIGURE, "id": "fig-x9", "production": "nothing"}),
        write_csv(tmp_path, "definitions", {**DEFINITION, "id": "another"}),
    ]
    assert sorted(places(refused(filled, *wrong))) == [
        ("definitions.csv", 2, "id"),
        ("figures.csv", 2, "production"),
        ("institutions.csv", 3, "id"),
        ("institutions.csv", 4, "country"),
    ]


@pytest.mark.parametrize("form", ["folder", "xlsx", "jsonl"])
def test_what_postgresql_exported_imports_without_a_change(form: str, filled: sa.Engine, tmp_path: Path):
    assert brought(filled, export(filled, tmp_path, form)) == (0, 0, len(CATALOGUE))

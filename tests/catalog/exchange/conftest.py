"""A database with the small catalogue of :mod:`tests.catalog.exchange.files`, made once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog.models import OutboxEntry
from tests.catalog.exchange.files import brought, write_catalogue
from tests.conftest import open_database


@pytest.fixture(scope="session")
def filled_template(tmp_path_factory: pytest.TempPathFactory, empty_template: Path) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    file = Path(shutil.copy(empty_template, folder / "filled.db"))
    engine = open_database(file)
    brought(engine, write_catalogue(folder / "first"))
    with engine.begin() as connection:
        connection.execute(sa.delete(OutboxEntry))
    # The last connection to close writes the log back, so that one file is all there is to copy.
    engine.dispose()
    return file


@pytest.fixture
def filled(filled_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with the small catalogue, and nothing waiting for the index."""
    engine = open_database(Path(shutil.copy(filled_template, tmp_path / "filled-acervo.db")))
    yield engine
    engine.dispose()

"""What tests share: databases that are copied, not made anew; applications; and the word on what was left out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pytest_socket import socket_allow_hosts
from sqlalchemy.orm import Session

import config
from catalog.installation.setup import set_up
from web.locale import language

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
LEFT_OUT = {"browser": "Chromium is not installed", "postgresql": "no PostgreSQL server, and no programs to start one"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for suite in LEFT_OUT:
            if item.get_closest_marker(suite):
                # One browser and one server are enough: the tests of each stay together in one worker.
                item.add_marker(pytest.mark.xdist_group(suite))
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT["browser"]))


@pytest.fixture(autouse=True)
def each_test_begins_in_spanish() -> Iterator[None]:
    """A client's request leaves its language behind in the process, and the next test is another reader."""
    with language("es"):
        yield


def pytest_runtest_setup() -> None:
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in the last lines which suites could not run on this machine."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = Counter(suite for report in skipped for suite in LEFT_OUT if suite in report.keywords)
    for suite, count in sorted(counts.items()):
        terminalreporter.write_line(f"LEFT OUT: {suite} ({count} tests): {LEFT_OUT[suite]}")


def open_database(file: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{file}")


def _template(file: Path, *, empty: bool) -> Path:
    engine = open_database(file)
    set_up(engine, empty=empty)
    # The last connection to close writes the log back, so that one file is all there is to copy.
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _template(tmp_path_factory.mktemp("template") / "empty.db", empty=True)


@pytest.fixture(scope="session")
def regional_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _template(tmp_path_factory.mktemp("template") / "regional.db", empty=False)


@pytest.fixture
def engine(empty_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """A migrated database without records."""
    engine = open_database(Path(shutil.copy(empty_template, tmp_path / "acervo.db")))
    yield engine
    engine.dispose()


@pytest.fixture
def regional_engine(regional_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with the regional catalogue, to change at will."""
    engine = open_database(Path(shutil.copy(regional_template, tmp_path / "regional.db")))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """A session on a database without records; what a test commits, it commits itself."""
    with Session(engine.execution_options(acervo_write=True), expire_on_commit=False) as session:
        yield session


def make_app(data_dir: Path, **environment: str) -> Flask:
    """An application on a data folder; rate limits are off unless asked for."""
    from app import create_app

    values = {
        "ACERVO_DATA_DIR": str(data_dir),
        "ACERVO_RATE_LIMITS": "off",
        "ACERVO_SECRET_KEY": "for these tests only",
    }
    app = create_app(config.read_settings({**values, **environment}, root=data_dir))
    app.testing = True
    return app


def _installation(data_dir: Path, template: Path) -> Path:
    from search.indexing import sync_now

    shutil.copy(template, data_dir / "acervo.db")
    app = make_app(data_dir)
    with app.app_context():
        sync_now(rebuild=True)
    _close(app)
    return data_dir


def _close(app: Flask) -> None:
    from catalog.database import db

    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory, empty_template: Path) -> Path:
    """A data folder with database and index, and no record in them."""
    return _installation(tmp_path_factory.mktemp("empty"), empty_template)


@pytest.fixture(scope="session")
def regional_installation(tmp_path_factory: pytest.TempPathFactory, regional_template: Path) -> Path:
    """A data folder with the regional catalogue and its index."""
    return _installation(tmp_path_factory.mktemp("regional"), regional_template)


@pytest.fixture(scope="session")
def regional_app(tmp_path_factory: pytest.TempPathFactory, regional_installation: Path) -> Iterator[Flask]:
    """The application with the regional catalogue, shared by all tests that only read."""
    folder = tmp_path_factory.mktemp("read") / "data"
    app = make_app(Path(shutil.copytree(regional_installation, folder)))
    yield app
    _close(app)


@pytest.fixture
def reader(regional_app: Flask) -> FlaskClient:
    """A client of the shared application; for tests that only read."""
    return regional_app.test_client()


@pytest.fixture
def app(tmp_path: Path, regional_installation: Path) -> Iterator[Flask]:
    """An application with the regional catalogue of its own, to change at will."""
    app = make_app(Path(shutil.copytree(regional_installation, tmp_path / "data")))
    yield app
    _close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty_app(tmp_path: Path, empty_installation: Path) -> Iterator[Flask]:
    """An application without records."""
    app = make_app(Path(shutil.copytree(empty_installation, tmp_path / "empty")))
    yield app
    _close(app)


@pytest.fixture
def empty_client(empty_app: Flask) -> FlaskClient:
    return empty_app.test_client()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """A PostgreSQL server: the one of the environment, or one of our own for these tests."""
    given = os.environ.get("ACERVO_TEST_POSTGRESQL_URL")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip(LEFT_OUT["postgresql"])
    folder = Path(tempfile.mkdtemp(prefix="acervo-postgresql-", dir="/var/tmp"))
    folder.chmod(0o755)
    environment = {**os.environ, "PG_DIR": str(folder), "PG_PORT": str(_free_port())}
    script = str(ROOT / "services" / "postgres.sh")
    try:
        # Its output goes to a file: the server would hold a pipe open for as long as it lives.
        with (folder / "url").open("w") as out:
            subprocess.run([script, "start"], env=environment, stdout=out, check=True)
        yield sa.make_url((folder / "url").read_text().splitlines()[-1])
    finally:
        subprocess.run([script, "wipe"], env=environment, check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postgresql_engine(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    """An empty database of its own on a PostgreSQL server."""
    name = f"acervo_test_{uuid4().hex[:12]}"
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine = sa.create_engine(postgresql_server.set(database=name))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()

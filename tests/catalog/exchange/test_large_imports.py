"""What an import is to the rest of the installation: nothing until it is done, and never in the way for long."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.exchange.files import PRODUCTION, heading_of, write_catalogue
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

TABLES = ("country", "institution", "indicator", "production", "definition", "change_set", "history_entry")
ROUNDS = 6


def write_productions(folder: Path, number: int) -> Path:
    """The small catalogue with this many productions, each with a definition of its own."""
    write_catalogue(folder, productions=[], figures=[], absences=[])
    with (folder / "productions.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, heading_of("productions"), restval="")
        rows.writeheader()
        for place in range(number):
            title = f"Personas retornadas de la zona {place}, por sexo y grupo de edad"
            rows.writerow({**PRODUCTION, "id": f"production-{place}", "title_es": title, "age_min": str(place % 90)})
    return folder


class Installation:
    """The command line on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.database = data / "acervo.db"
        self._environment = {**os.environ, "ACERVO_DATA_DIR": str(data)}

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app", *map(str, arguments)]
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True)

    def run(self, *arguments: object) -> str:
        """What a command that succeeds says."""
        process = self.start(*arguments)
        said = process.communicate()[0]
        assert process.returncode == 0, said
        return said

    def counts(self) -> dict[str, int]:
        """Rows by table, read after a look that the database file itself is sound."""
        with closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


@pytest.fixture
def installation(tmp_path: Path, empty_installation: Path) -> Installation:
    return Installation(Path(shutil.copytree(empty_installation, tmp_path / "data")))


def test_an_import_killed_at_any_moment_leaves_all_of_it_or_nothing(installation: Installation, tmp_path: Path):
    folder = write_productions(tmp_path / "in", 20_000)
    before = installation.counts()
    whole = Installation(Path(shutil.copytree(installation.database.parent, tmp_path / "whole")))
    started = time.perf_counter()
    whole.run("import", folder)
    took, after = time.perf_counter() - started, whole.counts()
    assert after["production"] == after["definition"] - 1 == 20_000
    # Half of the moments fall where the import becomes visible.
    moments = [random.uniform(0.1, 0.8) * took for _ in range(ROUNDS // 2)]
    moments += [random.uniform(0.8, 1.0) * took for _ in range(ROUNDS // 2)]
    killed = 0
    for moment in moments:
        process = installation.start("import", folder)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert installation.counts() in (before, after)
        installation.run("index", "sync")
        status = json.loads(installation.run("index", "status", "--json"))
        assert (status["lag"], status["different"]) == (0, 0)
        installation.run("doctor")
    assert killed >= ROUNDS // 2
    report = json.loads(installation.run("import", "--json", folder))
    assert report["created"] + report["unchanged"] == 20_004
    assert installation.counts() == after


@contextmanager
def another_writer(database: Path) -> Iterator[list[float]]:
    """Somebody who writes a small change every 20 ms; gives how long each of them took."""
    waits: list[float] = []
    over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
            while not over.wait(0.02):
                began = time.perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(
                    "INSERT INTO change_set (recorded_at, origin, records) VALUES ('2026-03-05 12:30:00', 'edit', 0)"
                )
                connection.execute("COMMIT")
                waits.append(time.perf_counter() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def test_others_write_while_a_large_import_runs_and_wait_two_seconds_at_most(
    installation: Installation, tmp_path: Path
):
    folder = write_productions(tmp_path / "in", 50_000)
    with another_writer(installation.database) as waits:
        installation.run("import", folder)
    assert len(waits) > 50
    assert max(waits) <= 2


def peak_memory(process: subprocess.Popen[str]) -> int:
    """Wait for a process; the most memory it ever had, in bytes."""
    usage = os.wait4(process.pid, 0)[2]
    process.returncode = 0
    return usage.ru_maxrss * 1024


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the system's word on a process's memory")
def test_the_memory_of_an_import_does_not_grow_with_its_files(installation: Installation, tmp_path: Path):
    peaks = [
        peak_memory(installation.start("import", "--json", write_productions(tmp_path / str(number), number)))
        for number in (20_000, 200_000)
    ]
    assert installation.counts()["production"] == 200_000
    assert peaks[1] < 500_000_000
    assert peaks[1] < 1.25 * peaks[0]


def test_a_file_that_is_wrong_in_its_last_row_is_refused_whole(installation: Installation, tmp_path: Path):
    folder = write_productions(tmp_path / "in", 100_000)
    with (folder / "productions.csv").open("a", encoding="utf-8") as out:
        out.write("one,two\n")
    before = installation.counts()
    process = installation.start("import", "--json", folder)
    report: dict[str, Any] = json.loads(process.communicate()[0])
    assert process.returncode == 1
    assert [(one["file"], one["row"]) for one in report["problems"]] == [("productions.csv", 100_002)]
    assert (report["created"], report["refused"]) == (0, 1)
    assert installation.counts() == before

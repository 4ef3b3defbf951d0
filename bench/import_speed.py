"""What does a validated import cost? Against the driver's executemany of the very rows that it leaves behind.

The import is the command as an operator runs it, from reading the first line of CSV to the end of the commit; another
writer goes on writing a small row meanwhile, and its longest wait is a figure too.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import Corpus
from bench.installation import Installation
from bench.measures import Bound, Measure, Target, median

# In the order in which they refer to one another.
TABLES = ("country", "institution", "indicator", "production", "definition")
WRITTEN = (*TABLES, "change_set", "history_entry", "outbox_entry")
# The product's own settings, but for foreign keys: plain executemany checks nothing that it need not.
SETTINGS = ("journal_mode=wal", "synchronous=normal", "cache_size=-32000", "foreign_keys=off")
MEGABYTE = 1_000_000
WRITES_EVERY = 0.05

Rows = dict[str, tuple[str, list[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True)
class Import:
    """One import: seconds, the process's most memory in bytes, and the other writer's longest wait in seconds."""

    seconds: float
    peak_memory: int
    longest_wait: float


def measure(corpus: Corpus, runs: int) -> Iterator[Measure]:
    """Import and plain rows take turns; each into a database of its own."""
    ours = Installation(corpus.folder.with_name("import"))
    bare = Installation(corpus.folder.with_name("import-floor"))
    imports: list[Import] = []
    floors: list[float] = []
    rows: Rows = {}
    for _ in range(runs):
        imports.append(_imported(ours, corpus))
        rows = rows or _read(ours.database)
        floors.append(_plain(bare, rows))
    records = sum(len(rows[table][1]) for table in TABLES)
    for installation in (ours, bare):
        installation.remove()
    yield Measure(
        "import, validated",
        records / median(run.seconds for run in imports),
        "records/s",
        records / median(floors),
        Target(Bound.RATIO_AT_LEAST, 0.3),
    )
    yield Measure(
        "import: memory",
        max(run.peak_memory for run in imports) / MEGABYTE,
        "MB",
        target=Target(Bound.VALUE_AT_MOST, 500),
    )
    yield Measure(
        "import: another writer waits",
        max(run.longest_wait for run in imports),
        "s",
        target=Target(Bound.VALUE_AT_MOST, 2),
    )


def _imported(installation: Installation, corpus: Corpus) -> Import:
    installation.wipe()
    installation.run("setup", "--empty")
    with _another_writer(installation.database) as waits:
        done = installation.timed("import", "--json", *map(str, corpus.files))
    return Import(done.seconds, done.peak_memory, max(waits))


@contextlib.contextmanager
def _another_writer(database: Path) -> Iterator[list[float]]:
    """Write a small row every 50 ms; gives how long each write took, the waiting included."""
    connection = sqlite3.connect(database, timeout=120, isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE bench_tick (at REAL)")
    waits: list[float] = []
    over = threading.Event()

    def write() -> None:
        while not over.wait(WRITES_EVERY):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bench_tick VALUES (?)", (began,))
            connection.execute("COMMIT")
            waits.append(time.perf_counter() - began)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()
        connection.close()


def _read(database: Path) -> Rows:
    """The rows that an import left, and the statement that inserts them, by table."""
    rows: Rows = {}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for table in WRITTEN:
            found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
            names = ", ".join(column[0] for column in found.description)
            marks = ", ".join("?" * len(found.description))
            rows[table] = (f"INSERT INTO {table} ({names}) VALUES ({marks})", found.fetchall())
    return rows


def _plain(installation: Installation, rows: Rows) -> float:
    """Insert the rows into a database of the product's schema.

    :returns: seconds, from the first row to the end of the commit.
    """
    installation.wipe()
    installation.run("setup", "--empty")
    with contextlib.closing(sqlite3.connect(installation.database, isolation_level=None)) as connection:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        began = time.perf_counter()
        connection.execute("BEGIN")
        for statement, values in rows.values():
            connection.executemany(statement, values)
        connection.execute("COMMIT")
        return time.perf_counter() - began

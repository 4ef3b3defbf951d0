"""Imports of any size: staged, checked there, and made visible by one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from catalog.exchange import checking, comparing, publishing
from catalog.exchange.messages import N_
from catalog.exchange.report import Problem, Report
from catalog.exchange.rows import BadRow, Fault, definition_id, gather_originals, reader_for
from catalog.exchange.staging import Staging, staging
from catalog.exchange.tables import BadFile, Table, read_tables
from catalog.exchange.workbook import BadWorkbook

# How often an import that others overtook is compared anew before it gives up.
ATTEMPTS = 5


@dataclass(frozen=True)
class Order:
    """What to import: paths in any order are one import."""

    paths: tuple[Path, ...]
    form: str | None = None
    dry_run: bool = False
    origin: str = "import"
    reason: str | None = None


@dataclass
class Places:
    """Where each staged row came from, and what its table has something to say about."""

    tables: list[tuple[str, str | None]] = field(default_factory=list)
    targets: list[frozenset[str]] = field(default_factory=list)
    definition_targets: list[frozenset[str]] = field(default_factory=list)
    # Which column of a kind's table has which heading, for messages.
    kinds: dict[int, str] = field(default_factory=dict)

    def problem(self, table: int, row: int | None, fault: Fault) -> Problem:
        file, sheet = self.tables[table]
        return Problem(file, fault.message, fault.repair, fault.facts, sheet, row, fault.column)


def run_import(engine: sa.Engine, order: Order, progress: Callable[[int], None] = lambda _rows: None) -> Report:
    """Import files: everything in them, or, where anything stands in the way, nothing.

    :param progress: called with the number of rows read since the last call.
    :returns: counts, and the problems with file, sheet, row, column and repair.
    """
    report = Report()
    with staging(engine) as staged:
        places = _stage(staged, order, report, progress)
        staged.flush()
        checking.check(staged, places, report)
        if report.found_bad:
            return report
        for _ in range(ATTEMPTS):
            comparing.compare(staged, places, report)
            if report.found_bad or order.dry_run:
                return report
            try:
                if publishing.publish(staged, order.origin, order.reason, report):
                    return report
            except IntegrityError:
                # What was there to refer to when we checked is gone, or is there now.
                checking.check(staged, places, report)
                if report.found_bad:
                    return report
            comparing.forget(staged)
    report.add(Problem("", N_("other people kept changing the same records"), N_("try again when they have finished")))
    return report


def _stage(staged: Staging, order: Order, report: Report, progress: Callable[[int], None]) -> Places:
    places = Places()
    for path in order.paths:
        try:
            for table in read_tables(path, order.form):
                _stage_table(staged, table, places, report, progress)
        except BadFile as error:
            report.add(error.problem)
        except BadWorkbook as error:
            report.add(_bad_workbook(path, error))
    return places


def _bad_workbook(path: Path, error: BadWorkbook) -> Problem:
    return Problem(
        path.name,
        N_("the workbook cannot be read (%(why)s)"),
        N_("save it again as XLSX, without what is not needed"),
        {"why": str(error)},
    )


def _stage_table(
    staged: Staging, table: Table, places: Places, report: Report, progress: Callable[[int], None]
) -> None:
    number = len(places.tables)
    places.tables.append((table.file, table.sheet))
    try:
        reader = reader_for(table.collection, table.heading)
    except BadRow as error:
        _report(report, places, number, 1, error.faults)
        return
    finally:
        places.targets.append(frozenset())
        places.definition_targets.append(frozenset())
    places.targets[number], places.definition_targets[number] = reader.targets, reader.definition_targets
    for count, (row, cells) in enumerate(table.rows, start=1):
        try:
            record, definition = reader.read(cells)
        except BadRow as error:
            _report(report, places, number, row, error.faults)
            continue
        # Once a file is known to be bad, its rows are only read for further problems.
        if not report.found_bad:
            _stage_row(staged, table.collection.kind, number, row, record, definition)
        if count % 1000 == 0:
            progress(1000)


def _stage_row(
    staged: Staging,
    kind: str,
    table: int,
    row: int,
    record: dict[str, object],
    definition: dict[str, object] | None,
) -> None:
    record = gather_originals(record)
    if definition is None:
        staged.add(kind, table, row, record)
        return
    if kind == "definition":
        staged.add(kind, table, row, {**record, **definition, "s_inline": False})
        return
    staged.add(kind, table, row, record)
    definition |= {
        "id": definition_id(str(record["id"]), 1),
        "number": 1,
        "s_inline": True,
        f"{kind}_id": record["id"],
        "source": record["source"],
        "checked": record["checked"],
    }
    staged.add("definition", table, row, definition)


def _report(report: Report, places: Places, table: int, row: int, faults: Sequence[Fault]) -> None:
    for fault in faults:
        report.add(places.problem(table, row, fault))

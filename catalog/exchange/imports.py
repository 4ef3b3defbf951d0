"""Imports of any size: staged, checked there, and made visible by one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from catalog.exchange import checking, comparing, publishing
from catalog.exchange.faults import BadFile, BadRow
from catalog.exchange.messages import N_
from catalog.exchange.places import Places, problem_at
from catalog.exchange.report import Problem, Report
from catalog.exchange.rows import RowReader
from catalog.exchange.rules import definition_id
from catalog.exchange.staging import Staging, staging
from catalog.exchange.table import Table
from catalog.exchange.tables import files_in, read_tables

# How often an import that others overtook is compared anew before it gives up.
ATTEMPTS = 5
_PROGRESS_EVERY = 1000


@dataclass(frozen=True)
class Order:
    """What to import: paths in any order are one import."""

    paths: tuple[Path, ...]
    form: str | None = None
    dry_run: bool = False
    origin: str = "import"
    reason: str | None = None


def run_import(engine: sa.Engine, order: Order, progress: Callable[[int], None] = lambda _rows: None) -> Report:
    """Import files: everything in them, or, where anything stands in the way, nothing.

    :param progress: called with the number of rows read since the last call.
    :returns: counts, and the problems with file, sheet, row, column and repair.
    """
    report = Report()
    with staging(engine) as staged:
        places = _Stage(staged, report, progress).bring(order)
        staged.flush()
        checking.check(staged, places, report)
        if report.found_bad:
            return report
        if order.origin == comparing.SETUP:
            comparing.leave_to_people(staged)
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


@dataclass
class _Stage:
    """Reads the files of one import into its staging."""

    staged: Staging
    report: Report
    progress: Callable[[int], None]

    def bring(self, order: Order) -> Places:
        self.places = Places()
        for path in order.paths:
            try:
                files = files_in(path)
            except BadFile as error:
                self._refuse(error)
                continue
            for file in files:
                self._file(file, order.form)
        return self.places

    def _file(self, file: Path, form: str | None) -> None:
        try:
            for table in read_tables(file, form):
                if isinstance(table, BadFile):
                    self._refuse(table)
                else:
                    self._table(table)
        except BadFile as error:
            self._refuse(error)

    def _refuse(self, error: BadFile) -> None:
        self.report.add(error.problem)
        self.places.cannot_know(error.kind)

    def _table(self, table: Table) -> None:
        kind = table.collection.kind
        try:
            number, reader = self.places.reader(table)
        except BadRow as error:
            self._report(table, table.heading_row, error)
            self.places.cannot_know(kind)
            return
        try:
            self._rows(table, number, reader)
        except BadFile as error:
            self._refuse(BadFile(error.problem, kind))

    def _rows(self, table: Table, number: int, reader: RowReader) -> None:
        kind = table.collection.kind
        for count, (row, cells) in enumerate(table.rows, start=1):
            if count % _PROGRESS_EVERY == 0:
                self.progress(_PROGRESS_EVERY)
            if isinstance(cells, BadRow):
                self._report(table, row, cells)
                self.places.cannot_know(kind)
                continue
            try:
                record, definition = reader.read(cells)
            except BadRow as error:
                self._report(table, row, error)
                self._remember(kind, reader.identifier(cells))
                continue
            self._row(kind, number, row, record, definition)

    def _report(self, table: Table, row: int, error: BadRow) -> None:
        for fault in error.faults:
            self.report.add(problem_at(table.file, table.sheet, row, fault))

    def _remember(self, kind: str, identifier: str | None) -> None:
        """A record whose row is refused is not missing: what refers to it is no second fault."""
        if identifier is None:
            self.places.cannot_know(kind)
        else:
            self.staged.refuse(kind, identifier)

    def _row(
        self, kind: str, table: int, row: int, record: dict[str, object], definition: dict[str, object] | None
    ) -> None:
        self.staged.add(kind, table, row, record)
        if definition is None:
            return
        definition |= {
            "id": definition_id(str(record["id"]), 1),
            "number": 1,
            "s_inline": True,
            f"{kind}_id": record["id"],
            "source": record["source"],
            "checked": record["checked"],
        }
        self.staged.add("definition", table, row, definition)

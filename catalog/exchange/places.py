"""Where the rows of an import came from, and which records it would bring if it were right."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.exchange.collections import collections
from catalog.exchange.faults import Fault
from catalog.exchange.report import Problem
from catalog.exchange.rows import RowReader, reader_for
from catalog.exchange.table import Table


@dataclass
class Places:
    """The tables of an import by number."""

    tables: list[tuple[str, str | None]] = field(default_factory=list)
    # Columns that a table has something to say about: of its records, and of the definitions in their rows.
    targets: list[frozenset[str]] = field(default_factory=list)
    definition_targets: list[frozenset[str]] = field(default_factory=list)
    # Kinds of which some identifier could not be read, so that no reference to them can be called wrong.
    unknowable: set[str] = field(default_factory=set)
    _readers: dict[tuple[str, str | None, str, tuple[str, ...]], tuple[int, RowReader]] = field(default_factory=dict)

    def reader(self, table: Table) -> tuple[int, RowReader]:
        """The number of a table and the reader of its rows; runs of one file under one heading are one table.

        :raises BadRow: its heading is wrong.
        """
        key = (table.file, table.sheet, table.collection.kind, table.heading)
        if key not in self._readers:
            reader = reader_for(table.collection, table.heading)
            self._readers[key] = len(self.tables), reader
            self.tables.append((table.file, table.sheet))
            self.targets.append(reader.targets)
            self.definition_targets.append(reader.definition_targets)
        return self._readers[key]

    def problem(self, table: int, row: int | None, fault: Fault) -> Problem:
        file, sheet = self.tables[table]
        return problem_at(file, sheet, row, fault)

    def cannot_know(self, kind: str | None) -> None:
        """Some record's identifier could not be read; of which kind, may not be known either."""
        self.unknowable |= {kind} if kind else set(collections())


def problem_at(file: str, sheet: str | None, row: int | None, fault: Fault) -> Problem:
    return Problem(file, fault.message, fault.repair, fault.facts, sheet, row, fault.column)

"""CSV as spreadsheets save it: comma, semicolon or tab, texts over several lines, with or without a mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from catalog.exchange.columns import shown
from catalog.exchange.faults import BadFile
from catalog.exchange.lines import LONGEST_ROW, BadLine, Lines, NotUtf8, is_broken
from catalog.exchange.messages import N_
from catalog.exchange.recognising import not_utf8
from catalog.exchange.report import Problem
from catalog.exchange.table import Table, recognise_collection

# Rows are limited as they are read; a cell alone never is.
csv.field_size_limit(2 * LONGEST_ROW)

_MARKS = N_("check the quotation marks, or save the file again as CSV")
_WHY = {
    "unexpected end of data": N_("a quotation mark opens here and is never closed"),
    "expected after": N_("text follows a closing quotation mark"),
    "new-line character": N_("the lines end as no file of today ends them"),
}


def csv_table(file: IO[bytes], name: str, stem: str) -> Table:
    """The table of a CSV file, its heading read and its rows still to be read.

    :raises BadFile: the heading cannot be read, or is of no collection.
    """
    rows = _Rows(Lines(file, name), name)
    heading_row, heading = next(rows, (1, []))
    rows.heading = tuple(cell.strip() for cell in heading)
    return Table(recognise_collection(stem, rows.heading, name), name, None, rows.heading, rows, heading_row)


class _Rows:
    """Rows with the line on which each begins."""

    def __init__(self, lines: Lines, name: str) -> None:
        self.heading: tuple[str, ...] = ()
        self._lines, self._name = lines, name
        self._reader: Any = None
        self._delimiter = ","

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        line = self._reader.line_num + 1 if self._reader else 1
        while True:
            self._lines.begin_row()
            try:
                cells: list[str] = next(self._reader or self._begin())
            except csv.Error as error:
                raise BadFile(self._no_csv(line, str(error))) from None
            except BadLine as error:
                raise BadFile(self._bad_line(line, error)) from None
            if any(cells):
                return line, cells
            line = self._reader.line_num + 1

    def _begin(self) -> Any:
        first = next(self._lines)
        self._delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(_chained(first, self._lines), delimiter=self._delimiter, strict=True)
        return self._reader

    def _no_csv(self, line: int, error: str) -> Problem:
        why = next((why for part, why in _WHY.items() if part in error), N_("the row cannot be read as CSV"))
        return Problem(self._name, why, _MARKS, row=line)

    def _bad_line(self, line: int, error: BadLine) -> Problem:
        cells = self._cells_so_far()
        if isinstance(error, NotUtf8):
            place = next((place for place, cell in enumerate(cells) if is_broken(cell)), None)
            problem = not_utf8(self._name, error.encoding)
        else:
            place = max(range(len(cells)), key=lambda place: len(cells[place]), default=None)
            repair = N_("shorten its texts, and check the quotation marks")
            facts = {"limit": LONGEST_ROW}
            problem = Problem(self._name, N_("the row is longer than %(limit)s characters"), repair, facts)
        column = shown(self.heading[place]) if place is not None and place < len(self.heading) else None
        return Problem(self._name, problem.message, problem.repair, problem.facts, row=line, column=column)

    def _cells_so_far(self) -> list[str]:
        lax = csv.reader(io.StringIO(self._lines.row, newline=""), delimiter=self._delimiter)
        try:
            return next(lax, [])
        except csv.Error:
            return []


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest

"""Tables as files for spreadsheets: lines of CSV, and workbooks written as streams. No text becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

ROWS_OF_A_SHEET = 1_048_576
_FORMULA = tuple("=+-@\t\r")


def csv_line(values: Iterable[Any]) -> str:
    """One line of CSV; a text that a spreadsheet would take for a formula has an apostrophe before it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(
        f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value for value in values
    )
    return buffer.getvalue()


def write_workbook(out: IO[bytes] | Path, sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> None:
    """Write sheets of rows; a text is always written as text, never as a formula.

    :param sheets: name and rows, the first being the heading.
    """
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    book.save(out)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell

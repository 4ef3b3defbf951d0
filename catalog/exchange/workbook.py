"""Workbooks (XLSX), read as streams; what they unpack to is limited before anything is unpacked."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from catalog.exchange.faults import BadFile, file_name
from catalog.exchange.messages import N_
from catalog.exchange.report import Problem
from web.tables import ROWS_OF_A_SHEET

LARGEST_PART = 1 << 30
# Texts that cells share are all in memory at once.
LARGEST_STRINGS = 64 << 20
HIGHEST_RATIO = 200
# Columns beside the heading's that are looked at; what stands further to the right is notes.
_BESIDE = 20
# As many digits as a spreadsheet shows of a number.
_DIGITS = ".15g"

Rows = Iterator[tuple[int, list[str]]]


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[tuple[str, Rows]]]:
    """The sheets of a workbook by name, each with its rows as text, the heading first; a formula reads as its formula.

    :raises BadFile: it is damaged, or would unpack to too much.
    """
    name = file_name(path)
    with warnings.catch_warnings():
        # openpyxl warns of what it leaves out (styles, dates out of range); the cells speak for themselves.
        warnings.simplefilter("ignore")
        try:
            _check_size(path)
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except BadFile:
            raise
        except Exception as error:
            raise _damaged(name) from error
        try:
            yield ((sheet.title, _rows(sheet, name)) for sheet in book.worksheets)
        finally:
            book.close()


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            limit = LARGEST_STRINGS if "sharedStrings" in part.filename else LARGEST_PART
            if part.file_size > limit or (
                part.file_size > 1 << 20 and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
            ):
                raise BadFile(
                    Problem(
                        file_name(path),
                        N_("unpacked, the workbook would take %(size)s MB"),
                        N_("split it into smaller workbooks, or use CSV"),
                        {"size": part.file_size >> 20},
                    )
                )


def _damaged(name: str, sheet: str | None = None, row: int | None = None) -> BadFile:
    message, repair = N_("the workbook is damaged"), N_("open it in a spreadsheet program and save it again as XLSX")
    return BadFile(Problem(name, message, repair, sheet=sheet, row=row))


def _rows(sheet: Any, name: str) -> Rows:
    # What a sheet says of its own size need not be so.
    sheet.reset_dimensions()
    heading = next(_filled(sheet, name, 1, None), None)
    if heading is None:
        return
    yield heading
    yield from _filled(sheet, name, heading[0] + 1, len(heading[1]) + _BESIDE)


def _filled(sheet: Any, name: str, first: int, columns: int | None) -> Rows:
    rows = sheet.iter_rows(min_row=first, max_col=columns, values_only=True)
    number = first - 1
    while True:
        number += 1
        try:
            cells = next(rows, None)
        # openpyxl answers damage with whatever error it stumbles over.
        except Exception as error:
            raise _damaged(name, sheet.title, number) from error
        if cells is None:
            return
        if number > ROWS_OF_A_SHEET:
            raise _damaged(name, sheet.title)
        if any(cell is not None for cell in cells):
            yield number, _texts(cells)


def _texts(cells: Sequence[object]) -> list[str]:
    return [cell if isinstance(cell, str) else _text(cell) for cell in cells]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(value, _DIGITS)
    if isinstance(value, ArrayFormula | DataTableFormula):
        return str(getattr(value, "text", None) or "=")
    return str(value)

"""Workbooks (XLSX), read and written as streams; what they unpack to is limited before anything is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_PART = 1 << 30
LARGEST_STRINGS = 200 << 20
HIGHEST_RATIO = 200
ROWS_OF_A_SHEET = 1_048_576

Rows = Iterator[tuple[int, list[str]]]


class BadWorkbook(OverflowError):
    """A workbook that is damaged, or that unpacks to more than is sound."""


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[tuple[str, Rows]]]:
    """The sheets of a workbook by name, each with its rows as text; a formula reads as its formula.

    :raises BadWorkbook: it is damaged, or would unpack to too much.
    """
    _check_size(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        SyntaxError,
        OSError,
    ) as error:
        raise BadWorkbook(type(error).__name__) from None
    try:
        yield ((sheet.title, _rows(sheet)) for sheet in book.worksheets)
    finally:
        book.close()


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                limit = LARGEST_STRINGS if "sharedStrings" in part.filename else LARGEST_PART
                if part.file_size > limit or (
                    part.file_size > 1 << 20 and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
                ):
                    raise BadWorkbook(f"{part.filename} would unpack to {part.file_size >> 20} MB")
    except zipfile.BadZipFile:
        raise BadWorkbook("damaged zip") from None


def _rows(sheet: Any) -> Rows:
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [_text(cell) for cell in cells]
            if any(texts):
                yield number, texts
    except (KeyError, ValueError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
        raise BadWorkbook(type(error).__name__) from None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


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

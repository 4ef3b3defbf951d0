"""Files as tables of text: CSV, zipped CSV, folders, JSON Lines and workbooks, read as streams and never trusted."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from catalog.exchange.collections import collection_named, collections
from catalog.exchange.csv_rows import csv_table
from catalog.exchange.faults import BadFile, damage_told, damaged, file_name
from catalog.exchange.json_lines import json_tables
from catalog.exchange.messages import N_
from catalog.exchange.recognising import (
    CSV,
    JSON_LINES,
    START,
    WORKBOOK,
    ZIPPED_CSV,
    kind_of_text,
    recognise,
)
from catalog.exchange.report import Problem
from catalog.exchange.table import Table
from catalog.exchange.workbook import open_workbook

LARGEST_FILE = 4 << 30
HIGHEST_RATIO = 1000
_SMALL = 1000


def files_in(path: Path) -> list[Path]:
    """The files of a folder that are named after collections; a file is alone.

    :raises BadFile: there is no such file, or nothing of ours in the folder.
    """
    try:
        if path.is_file():
            return [path]
        if not path.is_dir():
            if path.exists():
                raise _no_ordinary_file(path)
            raise BadFile(Problem(file_name(path), N_("there is no such file"), N_("check the path")))
        found = sorted(file for file in path.iterdir() if file.suffix == ".csv" and collection_named(file.stem))
    except (OSError, ValueError) as error:
        raise damaged(file_name(path), error) from None
    if not found:
        message = N_("the folder holds no file of a known collection")
        facts = {"names": ", ".join(f"{one.name}.csv" for one in collections().values())}
        raise BadFile(Problem(file_name(path), message, N_("name the files after their collections: %(names)s"), facts))
    return found


def read_tables(path: Path, form: str | None = None) -> Iterator[Table | BadFile]:
    """The tables of a file, recognised by content and name; each must be read before the next.

    :param form: one of :data:`recognising.FORMATS`, or None to recognise it.
    :returns: tables, and what is wrong with those of an archive that cannot be read.
    :raises BadFile: nothing of it can be read, or it is not what it says.
    """
    if not path.is_file():
        raise _no_ordinary_file(path)
    yield from _READERS[recognise(path, form)](path)


def _no_ordinary_file(path: Path) -> BadFile:
    """A pipe cannot be read twice, and may never end."""
    return BadFile(Problem(file_name(path), N_("it is no ordinary file"), N_("save it to a file, and import that")))


def _csv_file(path: Path) -> Iterator[Table]:
    with path.open("rb") as file:
        yield csv_table(file, file_name(path), path.stem)


def _zipped(path: Path) -> Iterator[Table | BadFile]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            inside = PurePosixPath(info.filename)
            # What macOS adds to an archive stands in a folder of its own.
            if inside.suffix == ".csv" and not info.is_dir() and "__MACOSX" not in inside.parts:
                yield from _part(archive, info, f"{file_name(path)}/{info.filename}", inside.stem)


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, stem: str) -> Iterator[Table | BadFile]:
    try:
        if info.file_size > LARGEST_FILE or info.file_size > HIGHEST_RATIO * max(info.compress_size, _SMALL):
            repair = N_("split it into smaller files")
            raise BadFile(Problem(name, N_("unpacked it would be too large"), repair))
        with damage_told(name):
            with archive.open(info) as file:
                found = kind_of_text(file.read(START), name)
        if found != CSV:
            facts = {"found": found}
            message = N_("files of this kind (%(found)s) cannot be imported")
            raise BadFile(Problem(name, message, N_("use CSV, JSON Lines or XLSX"), facts))
        file = archive.open(info)
        table = csv_table(file, name, stem)
    except BadFile as error:
        named = collection_named(stem)
        yield BadFile(error.problem, named.kind if named else None)
        return
    with file:
        yield table


def _workbook(path: Path) -> Iterator[Table]:
    with open_workbook(path) as sheets:
        found = False
        for sheet, rows in sheets:
            collection = collection_named(sheet)
            if collection is None:
                continue
            found = True
            number, heading = next(rows, (1, []))
            titles = tuple(cell.strip() for cell in heading)
            padded = ((row, _padded(cells, len(titles))) for row, cells in rows)
            yield Table(collection, file_name(path), sheet, titles, padded, number)
        if not found:
            message, repair = (
                N_("no sheet is named after a collection"),
                N_("name the sheets after their collections: %(names)s"),
            )
            facts = {"names": ", ".join(one.name for one in collections().values())}
            raise BadFile(Problem(file_name(path), message, repair, facts))


def _padded(cells: list[str], width: int) -> list[str]:
    """Without the empty cells beside the heading's."""
    return cells if any(cells[width:]) else cells[:width]


_READERS: dict[str, Callable[[Path], Iterator[Table | BadFile]]] = {
    CSV: _csv_file,
    ZIPPED_CSV: _zipped,
    JSON_LINES: json_tables,
    WORKBOOK: _workbook,
}

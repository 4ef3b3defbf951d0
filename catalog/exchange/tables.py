"""Files as tables of text: CSV, zipped CSV, folders, JSON Lines and workbooks, read as streams and never trusted."""

from __future__ import annotations

import codecs
import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from catalog.exchange.collections import Collection, collection_named, collections
from catalog.exchange.columns import shown
from catalog.exchange.messages import N_
from catalog.exchange.report import Problem
from catalog.exchange.workbook import open_workbook

LARGEST_FILE = 4 << 30
LONGEST_CELL = 2_000_000
FORMATS = ("csv", "jsonl", "xlsx")

csv.field_size_limit(LONGEST_CELL)


class BadFile(Exception):
    """A file that cannot be read any further; carries the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Table:
    """Rows of one collection from one place; ``rows`` gives the row number that a person sees, and the cells."""

    collection: Collection
    file: str
    sheet: str | None
    heading: tuple[str, ...]
    rows: Iterable[tuple[int, Sequence[str]]]


def read_tables(path: Path, form: str | None = None) -> Iterator[Table]:
    """The tables of a file or a folder, recognised by content and name; each must be read before the next.

    :param form: one of :data:`FORMATS`, or None to recognise it.
    :raises BadFile: nothing of it can be read, or it is not what it says.
    """
    if path.is_dir():
        yield from _folder(path)
        return
    if not path.is_file():
        raise BadFile(Problem(str(path), N_("there is no such file"), N_("check the path")))
    found = _recognise(path)
    wanted = form or {
        ".csv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".xlsx": "xlsx",
        ".zip": "csv",
    }.get(path.suffix.lower())
    if wanted and found not in (wanted, f"zipped {wanted}", "text"):
        raise BadFile(
            Problem(
                path.name,
                N_("the file is not what its name or the chosen format says (%(wanted)s); it looks like %(found)s"),
                N_("save it as %(wanted)s, or give it the right name"),
                {"wanted": wanted, "found": found},
            )
        )
    if found == "text":
        found = wanted or "csv"
    reader = {"csv": _csv_file, "zipped csv": _zipped, "jsonl": _json_lines, "xlsx": _workbook}.get(found)
    if reader is None:
        raise BadFile(
            Problem(
                path.name,
                N_("files of this kind (%(found)s) cannot be imported"),
                N_("use CSV, JSON Lines or XLSX"),
                {"found": found},
            )
        )
    yield from reader(path)


def _recognise(path: Path) -> str:
    """What the first bytes say: a kind of :func:`read_tables`, or a name to tell the person."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK\x03\x04"):
        return _recognise_zip(path)
    signs = {b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "gzip", b"\x89PNG": "PNG"}
    for sign, name in signs.items():
        if start.startswith(sign):
            return name
    if b"\x00" in start:
        return "UTF-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "binary"
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"{"):
        return "jsonl"
    if text.startswith(b"<"):
        return "XML"
    return "csv" if text else "text"


def _recognise_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "a damaged zip"
    if "[Content_Types].xml" in names:
        return "xlsx" if any(name.startswith("xl/") for name in names) else "an office document"
    return "zipped csv" if any(name.endswith(".csv") for name in names) else "zip"


def _folder(path: Path) -> Iterator[Table]:
    files = sorted(file for file in path.iterdir() if file.suffix == ".csv" and collection_named(file.stem))
    if not files:
        raise BadFile(
            Problem(
                str(path),
                N_("the folder holds no file of a known collection"),
                N_("name the files after their collections: %(names)s"),
                {"names": ", ".join(f"{one.name}.csv" for one in collections().values())},
            )
        )
    for file in files:
        yield from read_tables(file)


def _csv_file(path: Path) -> Iterator[Table]:
    with path.open("rb") as file:
        yield _csv_table(file, path.name, path.stem)


def _zipped(path: Path) -> Iterator[Table]:
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if info.filename.endswith(".csv") and not info.is_dir()]
        for info in infos:
            name = f"{path.name}/{info.filename}"
            if info.file_size > LARGEST_FILE or info.file_size > 1000 * max(info.compress_size, 1000):
                raise BadFile(Problem(name, N_("unpacked it would be too large"), N_("split it into smaller files")))
            with archive.open(info) as file:
                yield _csv_table(file, name, Path(info.filename).stem)


def _csv_table(file: IO[bytes], name: str, stem: str) -> Table:
    lines = _Lines(file, name)
    start = next(lines, "")
    delimiter = max(",;\t", key=start.count)
    reader = csv.reader(_chained(start, lines), delimiter=delimiter, strict=True)
    heading = next(_rows(reader, name), (1, []))[1]
    titles = tuple(cell.strip() for cell in heading)
    return Table(recognise_collection(stem, titles, name), name, None, titles, _rows(reader, name))


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rows(reader: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                Problem(
                    name,
                    N_("the row cannot be read as CSV (%(why)s)"),
                    N_("check the quotation marks, or save the file again as CSV"),
                    {"why": shown(str(error))},
                    row=line,
                )
            ) from None
        if any(cells):
            yield line, cells


class _Lines:
    """Lines of a UTF-8 file; says where it stops being one, and what it looks like instead."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name, self._number = file, name, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self._number += 1
        line = self._file.readline(LONGEST_CELL + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_CELL:
            raise BadFile(
                Problem(
                    self._name,
                    N_("the row is longer than %(limit)s characters"),
                    N_("shorten its texts"),
                    {"limit": LONGEST_CELL},
                    row=self._number,
                )
            )
        if self._number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadFile(self._not_utf8(line, error.start)) from None

    def _not_utf8(self, line: bytes, at: int) -> Problem:
        # The letters of Spanish lie apart in the two: 0x80-0xA7 in code page 850, 0xC0-0xFF in Latin-1.
        looks_like = "cp850" if line[at] in range(0x80, 0xA8) else "latin-1"
        return Problem(
            self._name,
            N_("the file is not UTF-8; it looks like %(encoding)s: '%(text)s'"),
            N_("save it again as CSV UTF-8"),
            {"encoding": looks_like, "text": shown(line.decode(looks_like)[max(0, at - 20) : at + 20])},
            row=self._number,
            column=None,
        )


def recognise_collection(stem: str, heading: Sequence[str], name: str) -> Collection:
    """The collection of a table: by its name, or by the one whose columns its heading has.

    :raises BadFile: it is none, or its heading could be of several.
    """
    named = collection_named(stem)
    if named:
        return named
    fitting = [one for one in collections().values() if set(one.required_headings()) <= set(heading)]
    if len(fitting) != 1:
        raise BadFile(
            Problem(
                name,
                N_("it is not clear what the rows are: neither the name nor the columns are those of a collection"),
                N_("name it after its collection: %(names)s"),
                {"names": ", ".join(one.name for one in collections().values())},
                row=1,
            )
        )
    return fitting[0]


def _json_lines(path: Path) -> Iterator[Table]:
    kinds: dict[str, None] = {}
    for _, record in _json_records(path):
        kinds.setdefault(record["kind"], None)
    for kind in kinds:
        collection = collections()[kind]
        extra = tuple(column.heading for column in collection.columns if column.extra)
        definition = ("attr_declared", "definition_valid_from", "definition_valid_to") if collection.defines else ()
        heading = tuple(dict.fromkeys((*collection.heading(), *extra, *definition)))
        yield Table(collection, path.name, None, heading, _json_rows(path, collection, heading))


def _json_rows(path: Path, collection: Collection, heading: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    known = {*heading, "kind", "id"}
    for line, record in _json_records(path):
        if record["kind"] != collection.kind:
            continue
        unknown = [name for name in record if name not in known]
        if unknown:
            raise BadFile(
                Problem(
                    path.name,
                    N_("records of this kind have no '%(name)s'"),
                    N_("remove it, or correct its name"),
                    {"name": shown(unknown[0])},
                    row=line,
                    column=shown(unknown[0]),
                )
            )
        record[collection.identifier] = record["id"]
        yield line, [_json_cell(record.get(name)) for name in heading]


def _json_cell(value: Any) -> str:
    """A JSON value as the text that a CSV cell would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return str(value)


def _json_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as file:
        for number, line in enumerate(_Lines(file, path.name), start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if not isinstance(record, dict) or record.get("kind") not in collections() or "id" not in record:
                raise BadFile(
                    Problem(
                        path.name,
                        N_("the line is no record with a known kind and an id"),
                        N_("write one JSON object a line, with kind one of: %(kinds)s"),
                        {"kinds": ", ".join(collections())},
                        row=number,
                    )
                )
            yield number, record


def _workbook(path: Path) -> Iterator[Table]:
    with open_workbook(path) as sheets:
        found = False
        for sheet, rows in sheets:
            collection = collection_named(sheet)
            if collection is None:
                continue
            found = True
            heading = tuple(cell.strip() for cell in next(rows, (1, []))[1])
            yield Table(collection, path.name, sheet, heading, rows)
        if not found:
            raise BadFile(
                Problem(
                    path.name,
                    N_("no sheet is named after a collection"),
                    N_("name the sheets after their collections: %(names)s"),
                    {"names": ", ".join(one.name for one in collections().values())},
                )
            )

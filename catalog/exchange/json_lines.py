"""JSON Lines: one record a line, with its kind and identifier; numbers are taken as they are written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from catalog.exchange.collections import Collection, collections
from catalog.exchange.columns import shown
from catalog.exchange.faults import BadFile, BadRow, Fault, file_name
from catalog.exchange.lines import LONGEST_ROW, BadLine, Lines, NotUtf8, is_broken
from catalog.exchange.messages import N_
from catalog.exchange.recognising import not_utf8
from catalog.exchange.report import Problem
from catalog.exchange.table import Table

Line = tuple[str, int, Sequence[str] | BadRow]


def json_tables(path: Path) -> Iterator[Table]:
    """A table for each run of lines of one kind."""
    name = file_name(path)
    headings = {kind: _heading(collection) for kind, collection in collections().items()}
    with path.open("rb") as file:
        for kind, run in groupby(_lines(Lines(file, name), name, headings), key=lambda line: line[0]):
            yield Table(collections()[kind], name, None, headings[kind], ((row, cells) for _, row, cells in run))


def _heading(collection: Collection) -> tuple[str, ...]:
    """Every column that a record of this kind can have: one that a line leaves out is unknown."""
    extra = [column.heading for column in collection.columns if column.extra]
    definition = ["attr_read", "attr_declared", "definition_valid_from", "definition_valid_to"]
    return tuple(dict.fromkeys([*collection.heading(), *extra, *(definition if collection.defines else [])]))


def _lines(lines: Lines, name: str, headings: dict[str, tuple[str, ...]]) -> Iterator[Line]:
    # A line that says no kind stands with those before it: its place is all that is told of it.
    kind, number = next(iter(headings)), 0
    while True:
        number += 1
        lines.begin_row()
        try:
            line = next(lines, None)
        except BadLine as error:
            raise BadFile(_bad_line(lines, name, number, error)) from None
        if line is None:
            return
        if not line.strip():
            continue
        try:
            record = _record(line)
            kind = record["kind"]
            yield kind, number, _cells(record, collections()[kind], headings[kind])
        except BadRow as error:
            yield kind, number, error


def _record(line: str) -> dict[str, Any]:
    """A line as a record with a known kind and an identifier.

    :raises BadRow: it is none.
    """
    try:
        record = json.loads(line, object_pairs_hook=_once_each, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError):
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("id"), str) or not _is_kind(record.get("kind")):
        fault = Fault(
            None,
            N_("the line is no record with a known kind and an id"),
            N_("write one JSON object a line, with kind one of: %(kinds)s"),
            {"kinds": ", ".join(collections())},
        )
        raise BadRow([fault])
    return record


def _is_kind(value: object) -> bool:
    return isinstance(value, str) and value in collections()


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRow([Fault(shown(twice), N_("the name stands there twice"), N_("keep one of the two"))])
    return record


def _cells(record: dict[str, Any], collection: Collection, heading: tuple[str, ...]) -> list[str]:
    cells = dict.fromkeys(heading, "")
    faults = []
    for name, value in record.items():
        if name == "kind":
            continue
        column = collection.identifier if name == "id" else name
        if column not in cells or (column == collection.identifier and name != "id"):
            message = N_("records of this kind have no '%(name)s'")
            faults.append(Fault(shown(name), message, N_("remove it, or correct its name"), {"name": shown(name)}))
            continue
        try:
            cells[column] = _cell(value)
        except TypeError:
            message = N_("the value is neither a text, a number, true or false, nor a list of them")
            faults.append(Fault(column, message, N_("write it as a CSV cell would hold it")))
    if faults:
        raise BadRow(faults)
    return list(cells.values())


def _cell(value: Any) -> str:
    """A JSON value as the text that a CSV cell would hold.

    :raises TypeError: it is an object, or a list of other than texts.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(value)
    raise TypeError(type(value))


def _bad_line(lines: Lines, name: str, number: int, error: BadLine) -> Problem:
    if isinstance(error, NotUtf8):
        problem = not_utf8(name, error.encoding)
        repair = N_("save it again as UTF-8")
        return Problem(name, problem.message, repair, problem.facts, row=number, column=_broken_name(lines.row))
    message, repair = N_("the row is longer than %(limit)s characters"), N_("shorten its texts")
    return Problem(name, message, repair, {"limit": LONGEST_ROW}, row=number)


def _broken_name(line: str) -> str | None:
    """Under which name a line holds a byte that is no text."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    names = record.items() if isinstance(record, dict) else ()
    return next((shown(name) for name, value in names if is_broken(str(value))), None)

"""From a row of text to the columns of records: pure, and the hot path of an import.

A reader is built once for a table's heading; it then turns each row into one record, or, where the row carries a
definition, into two.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.code_lists.lists import attributes
from catalog.definitions.structure import DECLARED, INFERRED, READ, InvalidValue, fingerprint, parse_value
from catalog.exchange.collections import DEFINITION_TEXTS, Collection
from catalog.exchange.columns import LONGEST_LINE, BadCell, Column, shown
from catalog.exchange.faults import BadRow, Fault
from catalog.exchange.messages import N_
from catalog.exchange.rules import inline_definition_faults, record_faults

_REASONS = {
    "unknown_code": (N_("'%(value)s' is no code of %(attribute)s"), N_("use one of: %(codes)s")),
    "several_codes": (N_("%(attribute)s takes one code, not several: '%(value)s'"), N_("keep one of them")),
    "stands_alone": (
        N_("na and none stand alone: '%(value)s'"),
        N_("remove na or none, or the other codes"),
    ),
    "not_a_number": (
        N_("'%(value)s' is no number of %(attribute)s"),
        N_("write a number of zero or more, or na"),
    ),
}


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one table.

    ``targets`` and ``definition_targets`` name the model's columns that the table has something to say about; a
    column that is not among them keeps the value that it has.
    """

    collection: Collection
    heading: tuple[str, ...]
    cells: tuple[tuple[int, Column], ...]
    texts: tuple[tuple[int, Column], ...]
    attribute_cells: tuple[tuple[int, str], ...]
    marks: dict[str, int]
    identity: tuple[int, Column]

    @property
    def targets(self) -> frozenset[str]:
        return frozenset(column.target.partition(".")[0] for _, column in self.cells)

    @property
    def definition_targets(self) -> frozenset[str]:
        """The same for the definition, its attributes by code."""
        if not self.collection.defines:
            return frozenset()
        named = {column.target for _, column in self.texts} | {code for _, code in self.attribute_cells}
        return frozenset(named | {"source", "checked"})

    def read(self, cells: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """One row's record and, where it carries one, the definition of what it records.

        :raises BadRow: any cell cannot be taken; every fault of the row is listed.
        """
        faults: list[Fault] = []
        if len(cells) != len(self.heading):
            _check_length(cells, len(self.heading))
        record = gather_originals(self._columns(self.cells, cells, faults))
        definition = self._definition(cells, faults) if self.collection.defines else None
        if definition and self.collection.kind == "definition":
            record |= {name: value for name, value in definition.items() if value is not None or name not in record}
            definition = None
        if not faults:
            faults.extend(record_faults(self.collection.kind, record))
            faults.extend(inline_definition_faults(definition) if definition else ())
        if faults:
            raise BadRow(faults)
        return record, definition

    def identifier(self, cells: Sequence[str]) -> str | None:
        """The identifier of a row that may be bad otherwise."""
        place, column = self.identity
        try:
            return str(column.read(cells[place].strip()))
        except (BadCell, IndexError):
            return None

    def _columns(
        self, columns: Sequence[tuple[int, Column]], cells: Sequence[str], faults: list[Fault]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for index, column in columns:
            cell = cells[index].strip()
            if not cell:
                if column.required:
                    faults.append(Fault(column.heading, N_("the cell is empty"), N_("fill it in")))
                else:
                    values[column.target] = None
                continue
            try:
                values[column.target] = column.read(cell)
            except BadCell as error:
                faults.append(Fault(column.heading, error.message, error.repair, error.facts))
        return values

    def _definition(self, cells: Sequence[str], faults: list[Fault]) -> dict[str, Any]:
        values: dict[str, dict[str, str]] = {}
        read = self._marked("attr_read", cells)
        declared = self._marked("attr_declared", cells)
        wrong = set()
        for index, code in self.attribute_cells:
            cell = cells[index]
            if not cell or not cell.strip():
                continue
            try:
                value = _attribute_value(code, cell)
            except InvalidValue as error:
                faults.append(_attribute_fault(code, error))
                wrong.add(code)
                continue
            if value:
                provenance = READ if code in read else DECLARED if code in declared else INFERRED
                values[code] = {"value": value, "provenance": provenance}
        for heading, marked in (("attr_read", read), ("attr_declared", declared)):
            faults.extend(_mark_fault(heading, code) for code in marked if code not in values and code not in wrong)
        texts = self._columns(self.texts, cells, faults)
        return {**texts, "attribute_values": values, "fingerprint": fingerprint(values)}

    def _marked(self, heading: str, cells: Sequence[str]) -> list[str]:
        index = self.marks.get(heading)
        if index is None or not cells[index]:
            return []
        return [code.strip() for code in cells[index].split(";") if code.strip()]


def reader_for(collection: Collection, heading: tuple[str, ...]) -> RowReader:
    """Build the reader of a table's rows.

    :raises BadRow: the heading lacks a column, has one that is unknown, or has one twice.
    """
    faults = _heading_faults(collection, heading)
    if faults:
        raise BadRow(faults)
    places = {name: index for index, name in enumerate(heading) if name}
    known = collection.by_heading
    defines = collection.defines
    texts = {name: column for name, column in DEFINITION_TEXTS.items() if not name.startswith("attr_")}
    return RowReader(
        collection,
        heading,
        tuple((places[name], known[name]) for name in places if name in known),
        tuple((places[name], texts[name]) for name in places if defines and name in texts),
        tuple((places[name], name) for name in attributes() if defines and name in places),
        {name: places[name] for name in ("attr_read", "attr_declared") if name in places},
        (places[collection.identifier], known[collection.identifier]),
    )


def _heading_faults(collection: Collection, heading: tuple[str, ...]) -> list[Fault]:
    if not any(map(collection.knows, heading)):
        facts = {"names": ", ".join(collection.heading())}
        message = N_("the first row is not the heading of %(collection)s")
        facts["collection"] = collection.name
        return [Fault(None, message, N_("begin with the names of the columns: %(names)s"), facts)]
    counts = Counter(heading)
    faults = [
        Fault(
            name,
            N_("the column is missing"),
            N_("add the column; leave its cells empty where nothing is known"),
        )
        for name in collection.required_headings()
        if name not in counts
    ]
    for name, count in counts.items():
        if name and not collection.knows(name):
            faults.append(Fault(shown(name), N_("the column is not known"), N_("remove it, or correct its name")))
        elif name and count > 1:
            faults.append(Fault(name, N_("the column stands there twice"), N_("keep one of the two")))
    return faults


def _check_length(cells: Sequence[str], columns: int) -> None:
    """Refuse a row that is cut short, or has more than empty cells beside its heading.

    What a row does not hold would clear what is recorded: a row cut short is never taken for one of empty cells.
    """
    facts = {"cells": len(cells), "columns": columns}
    message = N_("the row has %(cells)s cells, the heading %(columns)s")
    if len(cells) < columns:
        raise BadRow([Fault(None, message, N_("complete it; an empty cell has its delimiter too"), facts)])
    if any(cells[columns:]):
        repair = N_("put texts that hold the delimiter between quotation marks")
        raise BadRow([Fault(None, message, repair, facts)])


def _attribute_value(code: str, cell: str) -> str:
    # Every value is far shorter; and what is parsed is remembered.
    if len(cell) > LONGEST_LINE:
        raise InvalidValue(code, cell, "unknown_code")
    return parse_value(code, cell)


def _attribute_fault(code: str, error: InvalidValue) -> Fault:
    message, repair = _REASONS[error.reason]
    attribute = attributes()[code]
    codes = ", ".join((*attribute.codes.by_code, *sorted(attribute.accepts)))
    return Fault(code, message, repair, {"value": shown(error.value), "attribute": code, "codes": codes})


def _mark_fault(heading: str, code: str) -> Fault:
    if code not in attributes():
        return Fault(
            heading,
            N_("'%(value)s' is no attribute"),
            N_("correct the attribute's name"),
            {"value": shown(code)},
        )
    return Fault(
        heading,
        N_("%(value)s is named here, but its cell is empty"),
        N_("fill in the cell, or take the name out of this column"),
        {"value": code},
    )


def gather_originals(record: dict[str, Any]) -> dict[str, Any]:
    """Put the columns ``originals.FIELD.text|lang`` of a row together as the one column ``originals``."""
    plain: dict[str, Any] = {}
    originals: dict[str, dict[str, str]] = {}
    for target, value in record.items():
        if not target.startswith("originals."):
            plain[target] = value
        elif value:
            _, name, part = target.split(".")
            originals.setdefault(name, {})[part] = value
    if len(plain) != len(record):
        plain["originals"] = {name: text for name, text in originals.items() if "text" in text} or None
    return plain


def as_json(value: Any) -> str | None:
    """A value as history keeps it: JSON text, sorted; None stays None."""
    if value is None:
        return None
    if isinstance(value, str | int | float | bool | list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return json.dumps(str(value), ensure_ascii=False)

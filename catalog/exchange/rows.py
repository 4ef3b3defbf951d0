"""From a row of text to the columns of records: pure, and the hot path of an import.

A reader is built once for a table's heading; it then turns each row into one record, or, where the row carries a
definition, into two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.code_lists.lists import attributes
from catalog.definitions.structure import DECLARED, INFERRED, READ, InvalidValue, fingerprint, parse_value
from catalog.exchange.collections import DEFINITION_TEXTS, Collection
from catalog.exchange.columns import BadCell, Column, shown
from catalog.exchange.messages import N_


def definition_id(subject: str, number: int) -> str:
    """The identifier of the n-th version of a record's definition."""
    return f"{subject}--d{number}"


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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row."""

    column: str | None
    message: str
    repair: str
    facts: dict[str, Any] = field(default_factory=dict)


class BadRow(ValueError):
    """A row that cannot be taken, with everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


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
        """One row's record and, where the collection has them, its definition.

        :raises BadRow: any cell cannot be taken; every fault of the row is listed.
        """
        faults: list[Fault] = []
        if len(cells) > len(self.heading) and any(cells[len(self.heading) :]):
            faults.append(_too_long(len(cells), len(self.heading)))
        record = self._columns(self.cells, cells, faults)
        definition = self._definition(cells, faults) if self.collection.defines else None
        if not faults:
            faults.extend(_record_faults(self.collection, record))
        if faults:
            raise BadRow(faults)
        return record, definition

    def _columns(
        self, columns: Sequence[tuple[int, Column]], cells: Sequence[str], faults: list[Fault]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for index, column in columns:
            cell = cells[index].strip() if index < len(cells) else ""
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
        for index, code in self.attribute_cells:
            cell = cells[index] if index < len(cells) else ""
            if not cell or not cell.strip():
                continue
            try:
                value = parse_value(code, cell)
            except InvalidValue as error:
                faults.append(_attribute_fault(code, error))
                continue
            if value:
                provenance = READ if code in read else DECLARED if code in declared else INFERRED
                values[code] = {"value": value, "provenance": provenance}
        faults.extend(_mark_fault("attr_read", code) for code in read if code not in values)
        faults.extend(_mark_fault("attr_declared", code) for code in declared if code not in values)
        texts = self._columns(self.texts, cells, faults)
        return {**texts, "attribute_values": values, "fingerprint": fingerprint(values)}

    def _marked(self, heading: str, cells: Sequence[str]) -> list[str]:
        index = self.marks.get(heading)
        if index is None or index >= len(cells) or not cells[index]:
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
    )


def _heading_faults(collection: Collection, heading: tuple[str, ...]) -> list[Fault]:
    faults = [
        Fault(
            name,
            N_("the column is missing"),
            N_("add the column; leave its cells empty where nothing is known"),
        )
        for name in collection.required_headings()
        if name not in heading
    ]
    for index, name in enumerate(heading):
        if name and not collection.knows(name):
            faults.append(Fault(shown(name), N_("the column is not known"), N_("remove it, or correct its name")))
        if name and name in heading[:index]:
            faults.append(Fault(shown(name), N_("the column stands there twice"), N_("keep one of the two")))
    return faults


def _too_long(cells: int, columns: int) -> Fault:
    return Fault(
        None,
        N_("the row has %(cells)s cells, the heading %(columns)s"),
        N_("put texts that hold the delimiter between quotation marks"),
        {"cells": cells, "columns": columns},
    )


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


def _record_faults(collection: Collection, record: dict[str, Any]) -> list[Fault]:
    """Rules between the cells of one row."""
    return [fault for rule in _RULES.get(collection.kind, ()) if (fault := rule(record))]


def _ordered(first: str, last: str) -> Callable[[dict[str, Any]], Fault | None]:
    def rule(record: dict[str, Any]) -> Fault | None:
        start, end = record.get(first), record.get(last)
        if start is None or end is None or start <= end:
            return None
        return Fault(
            last,
            N_("%(end)s comes before %(start)s"),
            N_("correct one of the two"),
            {"start": start, "end": end},
        )

    return rule


def _named(heading: str, *targets: str) -> Callable[[dict[str, Any]], Fault | None]:
    def rule(record: dict[str, Any]) -> Fault | None:
        if any(record.get(target) for target in targets):
            return None
        return Fault(heading, N_("there is no text in any language"), N_("fill it in, in Spanish if you can"))

    return rule


def _total_is_no_part(record: dict[str, Any]) -> Fault | None:
    if record["dimension"] == "total" and record.get("complete") is not None:
        return Fault("complete", N_("a total is no part of anything"), N_("leave the cell empty"))
    return None


def _one_subject(record: dict[str, Any]) -> Fault | None:
    if bool(record.get("production_id")) != bool(record.get("indicator_id")):
        return None
    return Fault(
        "production",
        N_("a definition is of one production or of one indicator"),
        N_("fill in one of the two"),
    )


def _reachable(record: dict[str, Any]) -> Fault | None:
    if record.get("mailbox") or record.get("telephone"):
        return None
    return Fault("mailbox", N_("there is neither a mailbox nor a telephone"), N_("fill in one of the two"))


_VALID_TIME = _ordered("valid_from", "valid_to")
_RULES: dict[str, tuple[Callable[[dict[str, Any]], Fault | None], ...]] = {
    "country": (_named("es", "name_es", "name_en", "originals.name.text"), _VALID_TIME),
    "institution": (_named("name_es", "name_es", "name_en", "originals.name.text"), _VALID_TIME),
    "contact": (_reachable, _VALID_TIME),
    "indicator": (_named("name_es", "name_es", "name_en", "originals.name.text"), _VALID_TIME),
    "production": (
        _named("title_es", "title_es", "title_en", "originals.title.text"),
        _ordered("first_year", "last_year"),
        _VALID_TIME,
    ),
    "definition": (_one_subject, _VALID_TIME),
    "figure": (_ordered("period_start", "period_end"), _total_is_no_part, _VALID_TIME),
    "absence": (_VALID_TIME,),
}


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

"""Compare staged rows with the records that exist: what stays, what changes, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from catalog.code_lists.lists import attributes
from catalog.definitions.structure import fingerprint
from catalog.exchange.collections import collections
from catalog.exchange.faults import Fault
from catalog.exchange.messages import N_
from catalog.exchange.places import Places
from catalog.exchange.report import Report
from catalog.exchange.rows import as_json
from catalog.exchange.rules import record_faults
from catalog.exchange.staging import CHUNK, Staging, brought_columns, live_table
from catalog.models import ChangeSet, HistoryEntry

# The origin of what an installation brings with it.
SETUP = "setup"
_NEVER_COMPARED = {"id", "fingerprint"}
# An empty cell says that nothing was decided about the record, not that a decision is undone.
_NEVER_CLEARED = {"registration_status"}
DEFINED = ("production", "indicator")


def compare(staged: Staging, places: Places, report: Report) -> None:
    """Fill the report's counts; leave in the staging tables only what is to be created or changed."""
    _drop_empty_definitions(staged)
    for kind in staged.kinds():
        _compare_kind(staged, kind, places, report)
    report.created = _count(staged, new=True)
    report.updated = _count(staged, new=False) + _count_changed_by_their_definitions(staged)
    report.unchanged = staged.records - report.created - report.updated
    staged.connection.rollback()


def leave_to_people(staged: Staging) -> None:
    """Take out what anybody but a setup has made or changed: the packaged catalogue never undoes their work."""
    entry, made = HistoryEntry.__table__, ChangeSet.__table__
    for kind, table in staged.tables.items():
        touched = sa.exists().where(
            entry.c.kind == kind,
            entry.c.record_id == table.c.id,
            made.c.id == entry.c.change_set_id,
            made.c.origin != SETUP,
        )
        staged.connection.execute(table.delete().where(touched))
    staged.connection.commit()


def forget(staged: Staging) -> None:
    """Undo a comparison that others overtook."""
    staged.connection.execute(staged.changes.delete())
    for table in staged.tables.values():
        staged.connection.execute(table.update().values(s_base=None))
    staged.connection.commit()


def _count(staged: Staging, *, new: bool) -> int:
    """Records to create or to change, the definitions in the rows of others not counted."""
    counts = [
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.s_base.is_(None) if new else table.c.s_base.is_not(None), table.c.s_inline.is_not(True))
        .scalar_subquery()
        for table in staged.tables.values()
    ]
    return sum(staged.connection.execute(sa.select(*counts)).one())


def _count_changed_by_their_definitions(staged: Staging) -> int:
    """Productions and indicators of which nothing changes but the definition in their row."""
    table = staged.tables["definition"]
    alone = [~sa.exists().where(staged.tables[kind].c.id == table.c[f"{kind}_id"]) for kind in DEFINED]
    query = sa.select(sa.func.count()).select_from(table).where(table.c.s_inline.is_(True), *alone)
    return staged.connection.execute(query).scalar_one()


def _drop_empty_definitions(staged: Staging) -> None:
    """A row that says nothing of its definition makes no empty one."""
    table, live = staged.tables["definition"], live_table("definition")
    empty = sa.and_(
        table.c.s_inline.is_(True),
        table.c.text_es.is_(None),
        table.c.text_en.is_(None),
        table.c.fingerprint == fingerprint({}),
        ~sa.exists().where(live.c.id == table.c.id),
    )
    staged.connection.execute(table.delete().where(empty))
    staged.connection.commit()


def _compare_kind(staged: Staging, kind: str, places: Places, report: Report) -> None:
    table, live = staged.tables[kind], live_table(kind)
    names = brought_columns(kind)
    query = (
        sa.select(
            table.c.s_table,
            table.c.s_row,
            live.c.version,
            *(table.c[name].label(f"new_{name}") for name in names),
            *(live.c[name].label(f"old_{name}") for name in names),
        )
        .join(live, live.c.id == table.c.id)
        .order_by(table.c.id)
        .limit(CHUNK)
    )
    last = ""
    while rows := staged.connection.execute(query.where(table.c.id > last)).mappings().all():
        last = rows[-1]["new_id"]
        _compare_rows(staged, kind, names, rows, places, report)


def _compare_rows(
    staged: Staging,
    kind: str,
    names: list[str],
    rows: Any,
    places: Places,
    report: Report,
) -> None:
    same: list[dict[str, str]] = []
    changed: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for row in rows:
        values, differences = _difference(kind, names, row, places)
        if not differences:
            same.append({"r_id": row["new_id"]})
            continue
        for fault in _faults(kind, row, values, differences):
            report.add(places.problem(row["s_table"], row["s_row"], fault))
        changed.append({**{f"n_{key}": value for key, value in values.items()}, "r_base": row["version"]})
        entries += [
            {
                "kind": kind,
                "record_id": row["new_id"],
                "version": row["version"] + 1,
                "field": name,
                "before": before,
                "after": after,
            }
            for name, (before, after) in differences.items()
        ]
    _keep(staged, kind, names, same, changed, entries)


def _faults(
    kind: str, row: Mapping[str, Any], values: Mapping[str, Any], differences: Mapping[str, object]
) -> list[Fault]:
    """What cannot change, and what cannot be once the row is laid over what it leaves as it was."""
    frozen = [_frozen(kind, name, row) for name in differences if name in collections()[kind].fixed]
    return [*frozen, *record_faults(kind, values)]


def _keep(
    staged: Staging,
    kind: str,
    names: list[str],
    same: list[dict[str, str]],
    changed: list[dict[str, Any]],
    entries: list[dict[str, Any]],
) -> None:
    table, connection = staged.tables[kind], staged.connection
    if same:
        connection.execute(table.delete().where(table.c.id == sa.bindparam("r_id")), same)
    if changed:
        values = {name: sa.bindparam(f"n_{name}", type_=table.c[name].type) for name in names if name != "id"}
        statement = table.update().where(table.c.id == sa.bindparam("n_id"))
        connection.execute(statement.values(**values, s_base=sa.bindparam("r_base")), changed)
    if entries:
        connection.execute(staged.changes.insert(), entries)
    connection.commit()


def _difference(
    kind: str, names: list[str], row: Mapping[str, Any], places: Places
) -> tuple[dict[str, Any], dict[str, tuple[str | None, str | None]]]:
    """The record as it would be, and each field that would change as JSON texts (from, to)."""
    own = row["s_table"]
    targets = places.targets[own] | (places.definition_targets[own] if kind == "definition" else frozenset())
    values: dict[str, Any] = {}
    differences: dict[str, tuple[str | None, str | None]] = {}
    for name in names:
        old, new = row[f"old_{name}"], row[f"new_{name}"]
        if name == "attribute_values":
            new = _merged(old, new, targets)
            differences |= _attribute_differences(old, new)
        elif name not in targets or (new is None and name in _NEVER_CLEARED):
            new = old
        elif name not in _NEVER_COMPARED and old != new:
            differences[name] = (as_json(old), as_json(new))
        values[name] = new
    if "attribute_values" in values:
        values["fingerprint"] = fingerprint(values["attribute_values"])
    return values, differences


def _merged(old: dict[str, Any], new: dict[str, Any] | None, targets: frozenset[str]) -> dict[str, Any]:
    """The attributes that the file has columns for as it says, the others as they were."""
    brought = new or {}
    kept = {code: value for code, value in old.items() if code not in targets}
    both = {**kept, **brought}
    return {code: both[code] for code in attributes() if code in both}


def _attribute_differences(old: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {
        code: (as_json(old.get(code)), as_json(new.get(code)))
        for code in attributes()
        if old.get(code) != new.get(code)
    }


def _frozen(kind: str, name: str, row: Mapping[str, Any]) -> Fault:
    heading = next(column.heading for column in collections()[kind].columns if column.target == name)
    return Fault(
        heading,
        N_("what was published stays on record: '%(old)s' cannot become '%(new)s'"),
        N_("add the new figure as a row with its own id and its date of publication"),
        {"old": _plain(row[f"old_{name}"]), "new": _plain(row[f"new_{name}"])},
    )


def _plain(value: Any) -> str:
    text = as_json(value)
    return "" if text is None else str(json.loads(text))

"""Make staged rows visible: records, history and outbox by one transaction that is as short as the database allows."""

from __future__ import annotations

import sqlalchemy as sa

from catalog.database import now
from catalog.exchange.report import Report
from catalog.exchange.staging import Staging, brought_columns, live_table
from catalog.models import ChangeSet, HistoryEntry, OutboxEntry


def publish(staged: Staging, origin: str, reason: str | None, report: Report) -> bool:
    """Write everything, or nothing.

    :returns: False where somebody changed one of the records since they were compared; nothing was written then.
    """
    kinds = staged.kinds()
    records = sum(staged.count(staged.tables[kind]) for kind in kinds)
    changing = [kind for kind in kinds if _changes(staged, kind)]
    staged.connection.rollback()
    if not kinds:
        return True
    instant = now()
    connection = staged.connection.execution_options(acervo_write=True)
    try:
        with connection.begin():
            if any(_overtaken(staged, kind) for kind in kinds):
                raise _Overtaken
            change_set = connection.execute(
                sa.insert(ChangeSet).values(recorded_at=instant, origin=origin, reason=reason, records=records)
            ).inserted_primary_key
            assert change_set is not None
            report.change_set = change_set[0]
            for kind in kinds:
                _create(staged, kind, {"recorded_at": instant, "changed_at": instant})
                if kind in changing:
                    _change(staged, kind, {"changed_at": instant})
                _write_creations(staged, kind, change_set[0])
                _write_outbox(staged, kind)
            _write_changes(staged, change_set[0])
    except _Overtaken:
        return False
    finally:
        staged.connection.execution_options(acervo_write=False)
    return True


class _Overtaken(Exception):
    """Somebody was quicker; the comparison must be made anew."""


def _changes(staged: Staging, kind: str) -> bool:
    """Whether any record of a kind is to be changed; most imports only create, and need not look twice."""
    table = staged.tables[kind]
    return (
        staged.connection.execute(sa.select(table.c.id).where(table.c.s_base.is_not(None)).limit(1)).first() is not None
    )


def _overtaken(staged: Staging, kind: str) -> bool:
    table, live = staged.tables[kind], live_table(kind)
    other = sa.or_(table.c.s_base.is_(None), table.c.s_base != live.c.version)
    found = staged.connection.execute(
        sa.select(sa.literal(1)).select_from(table).join(live, live.c.id == table.c.id).where(other).limit(1)
    ).first()
    gone = sa.and_(table.c.s_base.is_not(None), ~sa.exists().where(live.c.id == table.c.id))
    lost = staged.connection.execute(sa.select(table.c.id).where(gone).limit(1)).first()
    return found is not None or lost is not None


def _create(staged: Staging, kind: str, instants: dict[str, object]) -> None:
    table, live = staged.tables[kind], live_table(kind)
    columns = brought_columns(kind)
    status = sa.func.coalesce(table.c.registration_status, "recorded")
    brought = [status if name == "registration_status" else table.c[name] for name in columns]
    stamps = [sa.literal(value, live.c[name].type) for name, value in instants.items()]
    rows = sa.select(*brought, sa.literal(1), *stamps).where(table.c.s_base.is_(None))
    staged.connection.execute(live.insert().from_select([*columns, "version", *instants], rows))


def _change(staged: Staging, kind: str, instants: dict[str, object]) -> None:
    table, live = staged.tables[kind], live_table(kind)
    values: dict[str, object] = {name: table.c[name] for name in brought_columns(kind) if name != "id"}
    values["registration_status"] = sa.func.coalesce(table.c.registration_status, live.c.registration_status)
    staged.connection.execute(
        live.update()
        .where(live.c.id == table.c.id, table.c.s_base.is_not(None))
        .values(**values, **instants, version=live.c.version + 1)
    )


def _write_creations(staged: Staging, kind: str, change_set: int) -> None:
    table = staged.tables[kind]
    rows = sa.select(sa.literal(change_set), sa.literal(kind), table.c.id, sa.literal(1), sa.literal("create")).where(
        table.c.s_base.is_(None)
    )
    names = ["change_set_id", "kind", "record_id", "version", "act"]
    staged.connection.execute(sa.insert(HistoryEntry).from_select(names, rows))


def _write_changes(staged: Staging, change_set: int) -> None:
    change = staged.changes
    rows = sa.select(
        sa.literal(change_set),
        change.c.kind,
        change.c.record_id,
        change.c.version,
        sa.literal("change"),
        change.c.field,
        change.c.before,
        change.c.after,
    )
    names = ["change_set_id", "kind", "record_id", "version", "act", "field", "before", "after"]
    staged.connection.execute(sa.insert(HistoryEntry).from_select(names, rows))


def _write_outbox(staged: Staging, kind: str) -> None:
    """One entry a record; a definition speaks through its subject, unless the subject has its own entry."""
    table = staged.tables[kind]
    version = sa.func.coalesce(table.c.s_base + 1, 1)
    if kind != "definition":
        rows = [sa.select(sa.literal(kind), table.c.id, version)]
    else:
        rows = [
            sa.select(sa.literal(subject), table.c[f"{subject}_id"], version).where(
                table.c[f"{subject}_id"].is_not(None),
                ~sa.exists().where(staged.tables[subject].c.id == table.c[f"{subject}_id"]),
            )
            for subject in ("production", "indicator")
        ]
    for query in rows:
        staged.connection.execute(sa.insert(OutboxEntry).from_select(["kind", "record_id", "version"], query))

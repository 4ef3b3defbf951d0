"""The state of the registry and what changed in it lately, as the home page tells them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from catalog.code_lists.lists import attributes
from catalog.models import (
    ChangeSet,
    Country,
    Definition,
    HistoryEntry,
    Indicator,
    Institution,
    Production,
)
from catalog.records import Record

# A change set of so many records names them; a larger one is told as a number.
MOST_NAMED = 3
# The history has an index by record, not by change set: so many of its newest entries are read instead.
_ENTRIES_READ = 300
_NAMED: dict[str, type[Record]] = {
    "country": Country,
    "institution": Institution,
    "indicator": Indicator,
    "production": Production,
}


@dataclass(frozen=True)
class State:
    """How much the registry holds, and how much of the definitions it does not know."""

    indicators: int
    productions: int
    institutions: int
    unknown_values: int
    values: int

    @property
    def unknown_percent(self) -> int | None:
        """None where there is nothing that could be known."""
        return round(100 * self.unknown_values / self.values) if self.values else None

    @property
    def is_empty(self) -> bool:
        return not (self.indicators or self.productions or self.institutions)


def newest_change(session: Session) -> int:
    """The newest change set: what is worked out from the whole catalogue holds until the next."""
    return session.scalar(sa.select(sa.func.coalesce(sa.func.max(ChangeSet.id), 0))) or 0


class States:
    """The state of each database, worked out again when it has changed.

    Working it out reads every definition. So that this stays a small part of a server's time however often the
    catalogue changes, a state is kept for fifty times as long as it took.
    """

    PATIENCE = 50

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[int, float, State]] = {}

    def get(self, session: Session) -> State:
        bind = str(session.get_bind().engine.url)
        newest = newest_change(session)
        kept = self._kept.get(bind)
        if kept and (kept[0] == newest or time.monotonic() < kept[1]):
            return kept[2]
        with self._lock:
            begun = time.monotonic()
            state = count_state(session)
            ended = time.monotonic()
            self._kept[bind] = (newest, ended + self.PATIENCE * (ended - begun), state)
            return state


_states = States()


def state(session: Session) -> State:
    """How much the registry holds."""
    return _states.get(session)


def count_state(session: Session) -> State:
    """Count it all: an attribute counts where it has a meaning for the topic of the production's indicator."""
    by_topic = sa.select(Indicator.topic_id, sa.func.count(Production.id)).join(
        Indicator, Indicator.id == Production.indicator_id
    )
    productions = {topic: count for topic, count in session.execute(by_topic.group_by(Indicator.topic_id))}  # noqa: C416
    applicable = {
        topic: frozenset(code for code, one in attributes().items() if one.applies_to(topic)) for topic in productions
    }
    values = sum(count * len(applicable[topic]) for topic, count in productions.items())
    return State(
        indicators=_count(session, Indicator),
        productions=sum(productions.values()),
        institutions=_count(session, Institution),
        unknown_values=values - _known_values(session, applicable),
        values=values,
    )


def _count(session: Session, model: type[Indicator] | type[Institution]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def _known_values(session: Session, applicable: Mapping[str, frozenset[str]]) -> int:
    """How many attributes the productions' definitions in force give a value."""
    later = aliased(Definition)
    newer = sa.exists().where(later.production_id == Definition.production_id, later.number > Definition.number)
    query = (
        sa.select(Indicator.topic_id, Definition.attribute_values)
        .join(Production, Production.id == Definition.production_id)
        .join(Indicator, Indicator.id == Production.indicator_id)
        .where(~newer)
        .execution_options(yield_per=1_000)
    )
    return sum(len(applicable[topic] & values.keys()) for topic, values in session.execute(query))


@dataclass(frozen=True)
class NamedRecord:
    """A record that a change touched."""

    kind: str
    record: Record


@dataclass(frozen=True)
class Change:
    """One change set as the home page tells it."""

    recorded_at: datetime
    origin: str
    reason: str | None
    records: int
    named: Sequence[NamedRecord]


def latest_changes(session: Session, limit: int = 5) -> list[Change]:
    """What changed lately, newest first."""
    found = list(session.scalars(sa.select(ChangeSet).order_by(ChangeSet.id.desc()).limit(limit)))
    keys = _touched(session, [one.id for one in found if one.records <= MOST_NAMED])
    records = _records(session, {(kind, identifier) for _, kind, identifier in keys})
    return [
        Change(
            recorded_at=one.recorded_at,
            origin=one.origin,
            reason=one.reason,
            records=one.records,
            named=[records[kind, key] for change, kind, key in keys if change == one.id and (kind, key) in records],
        )
        for one in found
    ]


def _touched(session: Session, change_sets: Sequence[int]) -> list[tuple[int, str, str]]:
    """The records of these change sets, as far as the newest entries of the history tell."""
    if not change_sets:
        return []
    query = sa.select(HistoryEntry.change_set_id, HistoryEntry.kind, HistoryEntry.record_id)
    newest = session.execute(query.order_by(HistoryEntry.id.desc()).limit(_ENTRIES_READ))
    return list(dict.fromkeys((one, kind, key) for one, kind, key in newest if one in change_sets and kind in _NAMED))


def _records(session: Session, keys: set[tuple[str, str]]) -> dict[tuple[str, str], NamedRecord]:
    found: dict[tuple[str, str], NamedRecord] = {}
    for kind in sorted({kind for kind, _ in keys}):
        model = _NAMED[kind]
        wanted = [identifier for other, identifier in keys if other == kind]
        for record in session.scalars(sa.select(model).where(model.id.in_(wanted))):
            found[kind, record.id] = NamedRecord(kind, record)
    return found

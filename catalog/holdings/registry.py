"""The state of the registry and what changed in it lately, as the home page tells them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock, Thread

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
class Share:
    """How many values the definitions could have, and how many of them nobody knows."""

    values: int
    unknown: int


@dataclass(frozen=True)
class State:
    """How much the registry holds, and how much of the definitions it does not know."""

    indicators: int
    productions: int
    institutions: int
    # None while it is being counted.
    share: Share | None

    @property
    def unknown_percent(self) -> int | None:
        """None where there is nothing that could be known."""
        return round(100 * self.share.unknown / self.share.values) if self.share and self.share.values else None

    @property
    def is_empty(self) -> bool:
        return not (self.indicators or self.productions or self.institutions)


def newest_change(session: Session) -> int:
    """The newest change set: what is worked out from the whole catalogue holds until the next."""
    return session.scalar(sa.select(sa.func.coalesce(sa.func.max(ChangeSet.id), 0))) or 0


class States:
    """The state of the database, counted again when it has changed.

    The share of unknown values takes reading every definition. A page does not wait for that where there are many: it
    shows the share of before, or none, while a thread counts; and that begins again only after fifty times as long as
    it took.
    """

    PATIENCE = 50

    def __init__(self, counted_at_once: int = 5_000) -> None:
        self._counted_at_once = counted_at_once
        self._counting = Lock()
        self._database: sa.Pool | None = None
        # The change sets that the state and its share are of.
        self._state_of = self._share_of = -1
        self._state = State(0, 0, 0, None)
        self._patient_until = 0.0

    def get(self, session: Session) -> State:
        """The state; its share may be of a little before."""
        database, newest = session.get_bind().engine.pool, newest_change(session)
        if database is not self._database:
            self._database, self._state_of, self._share_of, self._patient_until = database, -1, -1, 0.0
        if newest != self._state_of:
            share = self._state.share if self._share_of >= 0 else None
            self._state, self._state_of = replace(count(session), share=share), newest
        if newest != self._share_of:
            self._count_share(session, newest)
        return self._state

    def _count_share(self, session: Session, newest: int) -> None:
        if self._state.productions <= self._counted_at_once:
            self._keep(count_share(session), newest)
        elif time.monotonic() >= self._patient_until and self._counting.acquire(blocking=False):
            Thread(target=self._count_aside, args=(session.get_bind().engine, newest), daemon=True).start()

    def _count_aside(self, engine: sa.Engine, newest: int) -> None:
        try:
            begun = time.monotonic()
            with Session(engine.execution_options(acervo_write=False)) as session:
                self._keep(count_share(session), newest)
            ended = time.monotonic()
            self._patient_until = ended + self.PATIENCE * (ended - begun)
        finally:
            self._counting.release()

    def _keep(self, share: Share, newest: int) -> None:
        self._state, self._share_of = replace(self._state, share=share), newest


_states = States()


def state(session: Session) -> State:
    """How much the registry holds."""
    return _states.get(session)


def count(session: Session) -> State:
    """What is counted in a moment."""

    def rows(model: type[Record]) -> int:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

    return State(rows(Indicator), rows(Production), rows(Institution), None)


def count_share(session: Session) -> Share:
    """An attribute counts where it has a meaning for the topic of the production's indicator."""
    by_topic = sa.select(Indicator.topic_id, sa.func.count(Production.id)).join(
        Indicator, Indicator.id == Production.indicator_id
    )
    productions = {topic: number for topic, number in session.execute(by_topic.group_by(Indicator.topic_id))}  # noqa: C416
    applicable = {
        topic: frozenset(code for code, one in attributes().items() if one.applies_to(topic)) for topic in productions
    }
    values = sum(number * len(applicable[topic]) for topic, number in productions.items())
    return Share(values, values - _known_values(session, applicable))


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

"""Lists of records, paged by key; with words or facets, in the order of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.errors import RecordNotFound
from catalog.models import KINDS, Definition, Figure, HistoryEntry, identifier_of
from catalog.records import Record

_SUBJECTS: dict[str, Any] = {"production": Definition.production_id, "indicator": Definition.indicator_id}


@dataclass(frozen=True)
class RecordPage:
    """Records, how many there are in all, and where the next page begins."""

    records: Sequence[Any]
    total: int
    next: tuple[Any, ...] | None


def by_identifier(
    session: Session, kind: str, limit: int, after: str | None, conditions: Sequence[Any] = ()
) -> RecordPage:
    """Records of a kind in the order of their identifiers."""
    model: type[Record] = KINDS[kind]
    query = sa.select(model).where(*conditions)
    total = session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0
    if after is not None:
        query = query.where(model.id > after)
    found = list(session.scalars(query.order_by(model.id).limit(limit + 1)))
    return RecordPage(found[:limit], total, (found[limit - 1].id,) if len(found) > limit else None)


def in_order(session: Session, kind: str, identifiers: Sequence[str]) -> list[Record]:
    """These records, in this order; one that is gone is left out."""
    model: type[Record] = KINDS[kind]
    found = {record.id: record for record in session.scalars(sa.select(model).where(model.id.in_(identifiers)))}
    return [found[identifier] for identifier in identifiers if identifier in found]


def find(session: Session, kind: str, identifier: str) -> Record:
    """One record.

    :raises RecordNotFound: there is none, or none that the public may see.
    """
    record = session.get(KINDS[kind], identifier_of(kind, identifier))
    if record is None or (isinstance(record, Figure) and not record.checked):
        raise RecordNotFound(kind, identifier)
    return record


def definitions_of(session: Session, kind: str, identifier: str, limit: int, after: int | None) -> RecordPage:
    """The definitions of a production or an indicator, the one in force first."""
    own = _SUBJECTS[kind] == identifier
    total = session.scalar(sa.select(sa.func.count()).select_from(Definition).where(own)) or 0
    query = sa.select(Definition).where(own)
    if after is not None:
        query = query.where(Definition.number < after)
    found = list(session.scalars(query.order_by(Definition.number.desc()).limit(limit + 1)))
    return RecordPage(found[:limit], total, (found[limit - 1].number,) if len(found) > limit else None)


def history_of(session: Session, kind: str, identifier: str, limit: int, after: int | None) -> RecordPage:
    """A record's history, newest first; that of its definitions with it."""
    own = sa.and_(HistoryEntry.kind == kind, HistoryEntry.record_id == identifier)
    subject = _SUBJECTS.get(kind)
    if subject is not None:
        named = sa.select(Definition.id).where(subject == identifier)
        own = sa.or_(own, sa.and_(HistoryEntry.kind == "definition", HistoryEntry.record_id.in_(named)))
    return _history(session, own, limit, after)


def changes(session: Session, limit: int, after: int | None, kinds: Sequence[str] = ()) -> RecordPage:
    """The history of the whole catalogue, newest first; figures that are not confirmed are left out.

    :param kinds: of these kinds of records alone; of all where none is named.
    """
    shown = _shown_to_all()
    return _history(session, sa.and_(shown, HistoryEntry.kind.in_(kinds)) if kinds else shown, limit, after)


def newest_changes(session: Session, limit: int) -> list[HistoryEntry]:
    """The newest of them, without counting all."""
    return _entries(session, _shown_to_all(), limit, None)


def _shown_to_all() -> Any:
    hidden = sa.select(Figure.id).where(~Figure.checked)
    return ~sa.and_(HistoryEntry.kind == "figure", HistoryEntry.record_id.in_(hidden))


def _history(session: Session, condition: Any, limit: int, after: int | None) -> RecordPage:
    total = session.scalar(sa.select(sa.func.count(HistoryEntry.id)).where(condition)) or 0
    found = _entries(session, condition, limit + 1, after)
    return RecordPage(found[:limit], total, (found[limit - 1].id,) if len(found) > limit else None)


def _entries(session: Session, condition: Any, limit: int, after: int | None) -> list[HistoryEntry]:
    query = sa.select(HistoryEntry).where(condition).options(joinedload(HistoryEntry.change_set))
    if after is not None:
        query = query.where(HistoryEntry.id < after)
    return list(session.scalars(query.order_by(HistoryEntry.id.desc()).limit(limit)))

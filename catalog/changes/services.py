"""The newest changes as a feed tells them, and the map of all records in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog import lists
from catalog.code_lists.lists import code_lists
from catalog.exchange.messages import N_
from catalog.history.words import ToldEntry, tell
from catalog.models import KINDS, PATHS, Absence, ChangeSet, Contact, Definition, Figure, HistoryEntry
from web.locale import current_language, gettext

# A map may name 50,000 addresses; each record has one a language.
PART_LENGTH = 20_000
_OTHER_KINDS = {
    "definition": N_("Definition"),
    "figure": N_("Published figure"),
    "contact": N_("Contact"),
    "absence": N_("Confirmed absence"),
}

_SHOWN_WITH = {
    "figure": (("production", Figure.production_id),),
    "definition": (("production", Definition.production_id), ("indicator", Definition.indicator_id)),
    "contact": (("institution", Contact.institution_id),),
    "absence": (("country", Absence.country_id),),
}


@dataclass(frozen=True)
class FeedEntry:
    """One change; ``path`` is where its record is shown, None where it has no page."""

    urn: str
    kind: str
    record_id: str
    path: str | None
    told: ToldEntry


@dataclass(frozen=True)
class Feed:
    """The newest changes; its names stay the same wherever the catalogue is served."""

    urn: str
    updated: datetime | None
    entries: Sequence[FeedEntry]


def newest_changes(session: Session, limit: int) -> Feed:
    """What changed last, in the reader's language."""
    lang = current_language()
    found = lists.newest_changes(session, limit)
    named = _name(session)
    paths = _paths(session, found)
    entries = [
        FeedEntry(
            urn=uuid5(named, f"change {entry.id}").urn,
            kind=_kind(entry.kind),
            record_id=entry.record_id,
            path=paths.get((entry.kind, entry.record_id)),
            told=tell(entry),
        )
        for entry in found
    ]
    return Feed(uuid5(named, f"feed {lang}").urn, entries[0].told.recorded_at if entries else None, entries)


def _paths(session: Session, entries: Sequence[HistoryEntry]) -> dict[tuple[str, str], str]:
    """Where each record is shown: on a page of its own, or on that of the record that it belongs to."""
    found = {(one.kind, one.record_id): f"{PATHS[one.kind]}/{one.record_id}" for one in entries if one.kind in PATHS}
    for kind, owners in _SHOWN_WITH.items():
        asked = {one.record_id for one in entries if one.kind == kind}
        for owner, column in owners if asked else ():
            model = KINDS[kind]
            for identifier, named in session.execute(sa.select(model.id, column).where(model.id.in_(asked))):
                if named:
                    found[kind, identifier] = f"{PATHS[owner]}/{named}"
    return found


def _name(session: Session) -> UUID:
    """What tells this catalogue from others: the instant of its first change, which every copy of it keeps."""
    first = session.scalar(sa.select(ChangeSet.recorded_at).order_by(ChangeSet.id).limit(1))
    return uuid5(NAMESPACE_URL, f"acervo:{first.isoformat() if first else ''}")


def _kind(code: str) -> str:
    other = _OTHER_KINDS.get(code)
    return gettext(other) if other else code_lists()["kind"].label(code, current_language())


def parts_of(session: Session, kind: str) -> list[str]:
    """The identifiers that the parts of a kind's map begin with."""
    model = KINDS[kind]
    place = sa.func.row_number().over(order_by=model.id)
    placed = sa.select(model.id, place.label("place")).subquery()
    query = sa.select(placed.c.id).where(placed.c.place % PART_LENGTH == 1).order_by(placed.c.id)
    return list(session.scalars(query))


def part_of(session: Session, kind: str, first: str) -> Sequence[sa.Row[str, datetime]]:
    """The identifiers of a part that begins with this one, each with the instant of its last change."""
    model = KINDS[kind]
    query = sa.select(model.id, model.changed_at).where(model.id >= first).order_by(model.id)
    return session.execute(query.limit(PART_LENGTH)).all()

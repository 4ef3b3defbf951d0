"""The newest of a record's history, as its page shows it; the whole of it comes from the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog import lists
from catalog.history.words import ToldEntry, tell

NEWEST = 30


@dataclass(frozen=True)
class LatestHistory:
    """The newest entries, and how many there are in all."""

    kind: str
    record_id: str
    entries: Sequence[ToldEntry]
    total: int


def latest(session: Session, kind: str, identifier: str) -> LatestHistory:
    """What happened last to a record, its definitions included, in the reader's language."""
    found = lists.history_of(session, kind, identifier, NEWEST, None)
    return LatestHistory(kind, identifier, [tell(entry) for entry in found.records], found.total)

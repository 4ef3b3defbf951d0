"""What readers say should be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.models import KINDS, PATHS, Correction, identifier_of
from catalog.records import Record

LONGEST = 4_000
_KINDS = {path: kind for kind, path in PATHS.items()}


@dataclass(frozen=True)
class Message:
    """What a reader sent: about which address, the words, and perhaps an e-mail address."""

    about: str
    text: str
    email: str | None
    language: str


def record_of(session: Session, about: str) -> tuple[str, Record] | None:
    """The record that an address of ours shows, and its kind; None where it shows none."""
    parts = about.partition("?")[0].strip("/").split("/")
    if len(parts) != 3 or parts[1] not in _KINDS:
        return None
    kind = _KINDS[parts[1]]
    record = session.get(KINDS[kind], identifier_of(kind, parts[2]))
    return (kind, record) if record else None


def receive(session: Session, message: Message) -> Correction:
    """Keep a message for the record's steward."""
    record = record_of(session, message.about)
    text = message.text if record else _with_page(message)
    correction = Correction(
        received_at=now(),
        status="open",
        kind=record[0] if record else None,
        record_id=record[1].id if record else None,
        message=text,
        email=message.email,
        language=message.language,
    )
    session.add(correction)
    session.flush()
    return correction


def _with_page(message: Message) -> str:
    """The words of the reader under the address that they are about, as much of it as there is room for."""
    room = LONGEST - len(message.text) - 1
    return f"{message.about[:room]}\n{message.text}" if message.about and room > 0 else message.text


def waiting(session: Session, limit: int = 500) -> Sequence[Correction]:
    """The messages that nobody has dealt with, oldest first."""
    return session.scalars(
        sa.select(Correction).where(Correction.status == "open").order_by(Correction.received_at).limit(limit)
    ).all()


def close(session: Session, identifier: int) -> bool:
    """Delete a message that was dealt with, words and e-mail address; False where there is no such message open.

    That it was closed is kept, so that its number is never another message's.
    """
    done = session.execute(
        sa.update(Correction)
        .where(Correction.id == identifier, Correction.status == "open")
        .values(status="closed", message=None, email=None)
    )
    return bool(getattr(done, "rowcount", 0))

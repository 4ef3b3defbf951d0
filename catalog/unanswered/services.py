"""Remember what people look for in vain, without remembering people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.models import UnansweredDay, UnansweredSearch
from catalog.unanswered.words import LEAST_DAYS, WINDOW, fingerprint, may_be_kept, normalised
from web.limits import PATIENCE_MS


@dataclass(frozen=True)
class Unanswered:
    """Words that found nothing, on how many days of the window, and when last."""

    words: str
    days: int
    last_day: date


class SilenceKeeper:
    """Takes note of searches that found nothing; a database that is busy or away costs a note, never a search."""

    def __init__(self, engine: sa.Engine, secret: str) -> None:
        self._engine, self._secret = engine, secret

    def __call__(self, text: str) -> None:
        """Note a search of today."""
        words = normalised(text)
        if words is None:
            return
        try:
            note(self._engine, words, fingerprint(words, self._secret), now().date())
        except sa.exc.SQLAlchemyError as error:
            structlog.get_logger().warning("a search without result was not noted", error=type(error).__name__)


def note(engine: sa.Engine, words: str, digest: str, today: date) -> None:
    """Note that a day asked for these words; most have been noted already, and take no lock."""
    with Session(engine) as session:
        if session.get(UnansweredDay, (digest, today)):
            return
    hurried = engine.execution_options(acervo_write=True, acervo_patience_ms=PATIENCE_MS)
    with Session(hurried) as session, session.begin():
        # Another process may have noted the same meanwhile.
        session.merge(UnansweredDay(digest=digest, day=today))
        days = session.scalars(sa.select(UnansweredDay.day).where(UnansweredDay.digest == digest))
        if may_be_kept(days, today):
            session.merge(UnansweredSearch(digest=digest, words=words))


def often_unanswered(session: Session, limit: int = 500) -> Sequence[Unanswered]:
    """The words that were looked for in vain on the most days, those first."""
    days, last = sa.func.count().label("days"), sa.func.max(UnansweredDay.day).label("last")
    query = (
        sa.select(UnansweredSearch.words, days, last)
        .join(UnansweredDay, UnansweredDay.digest == UnansweredSearch.digest)
        .where(UnansweredDay.day > now().date() - WINDOW)
        .group_by(UnansweredSearch.digest, UnansweredSearch.words)
        .having(days >= LEAST_DAYS)
        .order_by(days.desc(), last.desc(), UnansweredSearch.words)
        .limit(limit)
    )
    return [Unanswered(*row) for row in session.execute(query)]


def sweep(session: Session, today: date) -> None:
    """Forget the days outside the window, and the words that too few days still ask for."""
    session.execute(sa.delete(UnansweredDay).where(UnansweredDay.day <= today - WINDOW))
    days = sa.select(sa.func.count()).where(UnansweredDay.digest == UnansweredSearch.digest).scalar_subquery()
    session.execute(sa.delete(UnansweredSearch).where(days < LEAST_DAYS))

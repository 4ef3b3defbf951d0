"""A lease in the database: one process at a time does a job, and another takes over when it dies."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from catalog.database import now
from catalog.models import WorkerLease

LASTS = timedelta(seconds=30)


@contextmanager
def leased(engine: sa.Engine, name: str) -> Iterator[bool]:
    """Hold a lease for the length of the block, renewed in the background; False where another holds it."""
    holder = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    if not _take(engine, name, holder):
        yield False
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(engine, name, holder, over), daemon=True)
    keeper.start()
    try:
        yield True
    finally:
        over.set()
        keeper.join()
        with engine.execution_options(acervo_write=True).begin() as connection:
            connection.execute(sa.delete(WorkerLease).where(WorkerLease.name == name, WorkerLease.holder == holder))


def _take(engine: sa.Engine, name: str, holder: str) -> bool:
    instant = now()
    with engine.execution_options(acervo_write=True).begin() as connection:
        free = sa.delete(WorkerLease).where(WorkerLease.name == name, WorkerLease.expires_at < instant)
        connection.execute(free)
        if connection.execute(sa.select(WorkerLease.name).where(WorkerLease.name == name)).first():
            return False
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(WorkerLease).values(name=name, holder=holder, expires_at=instant + LASTS))
        except sa.exc.IntegrityError:
            return False
    return True


def _keep(engine: sa.Engine, name: str, holder: str, over: threading.Event) -> None:
    while not over.wait(LASTS.total_seconds() / 3):
        with engine.execution_options(acervo_write=True).begin() as connection:
            connection.execute(
                sa.update(WorkerLease)
                .where(WorkerLease.name == name, WorkerLease.holder == holder)
                .values(expires_at=now() + LASTS)
            )

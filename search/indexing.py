"""Keep the index equal to its source: deliver changes, rebuild, compare, repair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.backend import SearchBackend, SearchUnavailable
from search.documents import Document, DocumentSource, Key
from search.keys import key_digest
from search.serving import parts

BATCH = 500
# With more changes than this waiting, filling a new index is quicker than changing the old one.
REBUILD_FROM = 5_000


@dataclass(frozen=True, slots=True)
class Status:
    """How many documents there are on either side, how many changes wait, how many documents differ."""

    database: int
    index: int
    lag: int
    different: int


def rebuild_index(source: DocumentSource, backend: SearchBackend) -> int:
    """Fill a new index and swap; changes made meanwhile are delivered after it.

    :returns: how many documents the index holds; -1 where another process is delivering.
    """
    with source.delivering() as allowed:
        return _rebuild(source, backend) if allowed else -1


def _rebuild(source: DocumentSource, backend: SearchBackend) -> int:
    newest = source.newest()
    count = backend.rebuild(source.all())
    source.forget_until(newest)
    return count


def sync(source: DocumentSource, backend: SearchBackend, *, repair: bool = False) -> int:
    """Deliver the changes that wait, oldest first.

    :param repair: afterwards compare both sides and put right what differs.
    :returns: how many documents were delivered; -1 where another process is delivering.
    """
    with source.delivering() as allowed:
        if not allowed:
            return -1
        if source.pending() >= REBUILD_FROM or _count(backend) == 0:
            return _rebuild(source, backend)
        try:
            delivered = _deliver(source, backend)
            return delivered + (_repair(source, backend) if repair else 0)
        except SearchUnavailable:
            # It broke meanwhile.
            return _rebuild(source, backend)


def _count(backend: SearchBackend) -> int:
    """How many documents can be found; an index that cannot be read holds none."""
    try:
        return backend.count()
    except SearchUnavailable:
        return 0


def _deliver(source: DocumentSource, backend: SearchBackend) -> int:
    delivered = 0
    while (batch := source.take(BATCH)).token:
        try:
            delivered += _put(source, backend, batch.keys)
        except Exception as error:
            source.failed(batch, str(error))
            raise
        source.done(batch)
    return delivered


def _put(source: DocumentSource, backend: SearchBackend, keys: list[Key]) -> int:
    there: set[Key] = set()

    def documents() -> Iterator[Document]:
        for document in source.some(keys):
            there.add((document.kind, document.id))
            yield document

    backend.put(documents())
    gone = [key for key in keys if key not in there]
    if gone:
        backend.remove(gone)
    return len(keys)


def status(source: DocumentSource, backend: SearchBackend) -> Status:
    """Compare both sides by identifier and version; of an index that cannot be read everything differs."""
    try:
        wrong, orphans = _differences(source, backend.digests())
    except SearchUnavailable:
        wrong, orphans = _differences(source, {})
    return Status(source.count(), _count(backend), source.pending(), len(wrong) + len(orphans))


def _differences(source: DocumentSource, indexed: dict[int, int]) -> tuple[list[Key], list[int]]:
    """The documents that the index lacks or has in another version, and the digests of those it should not have."""
    wrong: list[Key] = []
    for kind, identifier, version in source.versions():
        if indexed.pop(key_digest(f"{kind}:{identifier}"), None) != version:
            wrong.append((kind, identifier))
    return wrong, list(indexed)


def _repair(source: DocumentSource, backend: SearchBackend) -> int:
    wrong, orphans = _differences(source, backend.digests())
    if orphans:
        backend.remove_digests(orphans)
    keys = iter(wrong)
    while part := list(islice(keys, BATCH)):
        # A newer version in the index than in the source is wrong too, and gives way only when it is gone.
        backend.remove(part)
        _put(source, backend, part)
    return len(wrong) + len(orphans)


def sync_now(*, rebuild: bool = False) -> int:
    """Bring the index of the application at hand up to date.

    :param rebuild: fill a new index instead of delivering changes.
    :returns: as :func:`sync`.
    """
    found = parts()
    if rebuild:
        return rebuild_index(found.source, found.backend)
    return sync(found.source, found.backend, repair=True)

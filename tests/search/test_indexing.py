"""The index follows its source: by what has changed, by filling a new one, by comparing both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search import indexing
from search.backend import Query, SearchBackend
from search.documents import Batch, Document
from search.embedded import EmbeddedBackend
from search.indexing import Status, rebuild_index, status, sync
from tests.search.archive import MemorySource, document, synonyms


def ids(backend: SearchBackend) -> list[str]:
    return sorted(hit.id for hit in backend.search(Query(limit=100)).hits)


@pytest.fixture
def source(backend: SearchBackend) -> MemorySource:
    """A source of three documents, all of them in the index."""
    source = MemorySource()
    source.change(*(document(name, f"Censo {name}") for name in "abc"))
    rebuild_index(source, backend)
    return source


def test_after_a_rebuild_nothing_waits_and_nothing_differs(source: MemorySource, backend: SearchBackend) -> None:
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=0)


def test_changes_are_delivered_and_what_is_gone_is_removed(source: MemorySource, backend: SearchBackend) -> None:
    source.change(document("d"), document("a", "Otra", version=2))
    source.forget("production", "b")
    assert status(source, backend).lag == 3
    assert sync(source, backend) == 3
    assert ids(backend) == ["a", "c", "d"]
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=0)


def test_delivering_twice_changes_nothing(source: MemorySource, backend: SearchBackend) -> None:
    source.change(document("a", "Otra", version=2))
    waiting = dict(source.entries)
    sync(source, backend)
    source.entries = waiting
    sync(source, backend)
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=0)


def test_an_empty_index_is_filled_anew(backend: SearchBackend) -> None:
    source = MemorySource()
    source.change(document("a"))
    assert sync(source, backend) == 1
    assert (ids(backend), source.pending()) == (["a"], 0)


def test_many_changes_fill_a_new_index(
    source: MemorySource, backend: SearchBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "REBUILD_FROM", 2)
    source.change(document("d"), document("e"))
    assert sync(source, backend) == 5
    assert status(source, backend) == Status(database=5, index=5, lag=0, different=0)


def test_a_change_during_a_rebuild_is_delivered_after_it(backend: SearchBackend) -> None:
    class Busy(MemorySource):
        def all(self) -> Iterable[Document]:  # type: ignore[override]
            yield from list(self.records.values())
            self.change(document("late"))

    source = Busy()
    source.change(document("a"))
    rebuild_index(source, backend)
    assert (ids(backend), source.pending()) == (["a"], 1)
    sync(source, backend)
    assert ids(backend) == ["a", "late"]


def test_only_one_delivers_at_a_time(source: MemorySource, backend: SearchBackend) -> None:
    source.change(document("d"))
    source.busy = True
    assert (sync(source, backend), rebuild_index(source, backend)) == (-1, -1)
    assert ids(backend) == ["a", "b", "c"]


def test_a_delivery_that_fails_stays_and_says_why(source: MemorySource, backend: SearchBackend) -> None:
    class Broken(MemorySource):
        def some(self, _keys: object) -> Iterable[Document]:  # type: ignore[override]
            raise RuntimeError("the source broke")

    broken = Broken(records=source.records)
    broken.change(document("d"))
    with pytest.raises(RuntimeError):
        sync(broken, backend)
    assert (broken.pending(), broken.errors) == (1, ["the source broke"])


def test_what_differs_is_counted_and_repaired(source: MemorySource, backend: SearchBackend) -> None:
    backend.remove([("production", "a")])
    backend.put([document("b", version=9), document("nobody")])
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=3)
    sync(source, backend, repair=True)
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=0)
    assert ids(backend) == ["a", "b", "c"]


def _without_folders(index: Path) -> None:
    for generation in index.glob("generation-*"):
        shutil.rmtree(generation)


def _cut_short(index: Path) -> None:
    for file in index.glob("generation-*/*.term"):
        file.write_bytes(file.read_bytes()[:10])


def _garbled(index: Path) -> None:
    (index / "current").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize("harm", [_without_folders, _cut_short, _garbled])
@pytest.mark.parametrize("waiting", [False, True])
def test_an_index_that_cannot_be_read_is_filled_anew(
    tmp_path: Path, harm: Callable[[Path], None], waiting: bool
) -> None:
    source = MemorySource()
    source.change(*(document(name, f"Censo {name}") for name in "abc"))
    rebuild_index(source, EmbeddedBackend(tmp_path, synonyms()))
    if waiting:
        source.change(document("a", "Otra", version=2))
    harm(tmp_path)
    backend = EmbeddedBackend(tmp_path, synonyms())
    assert status(source, backend) == Status(database=3, index=0, lag=int(waiting), different=3)
    assert sync(source, backend, repair=True) == 3
    assert status(source, backend) == Status(database=3, index=3, lag=0, different=0)
    assert ids(backend) == ["a", "b", "c"]


def test_an_index_that_breaks_during_a_delivery_is_filled_anew(
    tmp_path: Path, source: MemorySource, backend: SearchBackend
) -> None:
    class Harming(MemorySource):
        harmed = False

        def take(self, limit: int) -> Batch:
            if not self.harmed:
                self.harmed = True
                _without_folders(tmp_path / "index")
            return super().take(limit)

    harming = Harming(records=source.records)
    harming.change(document("d"))
    assert sync(harming, backend) == 4
    assert status(harming, backend) == Status(database=4, index=4, lag=0, different=0)

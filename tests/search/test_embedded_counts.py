"""What was counted is kept until the next commit, and never more of it than fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search import embedded_counts
from search.backend import Query
from search.embedded import EmbeddedBackend
from search.embedded_counts import FacetCounts
from tests.search.archive import document, synonyms

COUNTS = {"kind": (("production", 3), ("indicator", 1))}


def kept(counts: FacetCounts, commit: Any, *keys: str) -> list[str]:
    return [key for key in keys if counts._lookup(commit, key)]


def test_the_counts_used_last_stay_when_there_is_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_counts, "_MOST_KEPT", 7)
    counts, commit = FacetCounts(), ("generation", 1, 1)
    assert kept(counts, commit, "a") == []
    for key in ("a", "b"):
        counts._keep(commit, key, COUNTS)
    assert kept(counts, commit, "a") == ["a"]
    counts._keep(commit, "c", COUNTS)
    assert kept(counts, commit, "a", "b", "c") == ["a", "c"]


def test_counts_of_an_earlier_commit_are_forgotten() -> None:
    counts, before, after = FacetCounts(), ("generation", 1, 1), ("generation", 2, 2)
    kept(counts, before, "a")
    counts._keep(before, "a", COUNTS)
    assert kept(counts, after, "a") == []
    counts._keep(before, "late", COUNTS)
    assert kept(counts, after, "late") == []


def test_the_same_search_counts_the_same_until_a_record_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_counts, "_WORTH_KEEPING", 0.0)
    backend = EmbeddedBackend(tmp_path / "index", synonyms())
    backend.put([document("a", "Censo", facets={"topic": ("asylum",)})])
    query = Query(text="censo", facets=("topic", "kind"))
    first = backend.search(query).facets
    assert backend.search(query).facets == first == {"topic": (("asylum", 1),), "kind": (("production", 1),)}
    backend.put([document("b", "Censo", facets={"topic": ("asylum",)})])
    assert backend.search(query).facets["topic"] == (("asylum", 2),)

"""The one interface of the search, written for an embedded engine and for a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from search.documents import Document, Key

FACETS = (
    "kind",
    "country",
    "institution",
    "institution_type",
    "topic",
    "policy",
    "source_type",
    "periodicity",
    "disaggregation",
    "year",
    "status",
    "provenance",
)
# So many values of a facet are counted for a page, those of the most records; the chosen ones always.
MOST_VALUES = 30
# How deep a list by relevance can be read.
DEEPEST = 1_000
SORTS = ("relevance", "title", "changed")
# Where a list of hits goes on: what its last hit is sorted by, the digest of the hit's key at the end.
Place = tuple[float, ...]
# How many numbers that is: by change, by relevance, by title.
PLACE_LENGTHS = (2, 3, 4)


class SearchUnavailable(Exception):
    """The index cannot be reached, or is not there yet."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; ``filters`` are values by facet, any of which will do, and facets add up.

    ``after`` is the place of the last hit of the page before.
    """

    text: str = ""
    lang: str = "es"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: int = 25
    after: Place | None = None
    sort: str = "relevance"
    facets: tuple[str, ...] = FACETS
    # Kinds of records that come before others that fit as well.
    kinds_first: tuple[str, ...] = ()
    # Look for the words exactly as typed.
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; ``title`` and ``passage`` are markup in which the found words are marked."""

    kind: str
    id: str
    version: int
    card: Mapping[str, Any]
    title: str
    title_lang: str
    passage: str
    passage_lang: str
    changed_at: str
    score: float


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed, and what was looked for instead."""

    typed: str
    searched: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what was found; ``facets`` counts by value what each would give if it were chosen.

    Of a facet, the ``MOST_VALUES`` values of the most records are there, and those that were chosen.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    next: Place | None
    corrected: Correction | None = None
    # No record holds all the words: these hold so many of them.
    loosened: bool = False
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The name of a record whose words begin as typed."""

    kind: str
    id: str
    title: str


class SearchBackend(Protocol):
    """An index of documents."""

    def put(self, documents: Iterable[Document]) -> None:
        """Insert or replace; an older version never replaces a newer. Visible to the next ``search``."""

    def remove(self, keys: Iterable[Key]) -> None:
        """Forget these documents; unknown ones are not an error."""

    def search(self, query: Query) -> Page:
        """Find.

        :raises SearchUnavailable: the index cannot be reached.
        :raises BadCursor: ``after`` is a place in a list that is sorted otherwise.
        """

    def suggest(self, text: str, lang: str, limit: int = 8) -> list[Suggestion]:
        """Records whose names have words that begin as typed.

        :raises SearchUnavailable: the index cannot be reached.
        """

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Fill a new index and put it in the place of the old one at once.

        :returns: how many documents it holds.
        """

    def digests(self) -> dict[int, int]:
        """The version of every document in the index by the digest of its key (``search.keys.key_digest``)."""

    def remove_digests(self, digests: Iterable[int]) -> None:
        """Forget documents of which only the digest of their key is known."""

    def count(self) -> int:
        """How many documents the index holds; 0 where there is none."""

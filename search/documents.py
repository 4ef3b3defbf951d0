"""What the search knows: documents, and where they come from. No word of migration in here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the search sees it; texts are by language, and a language that is not there has no text.

    ``names`` are acronyms and codes; ``body`` is what a hit shows a passage of; ``context`` are the names of what the
    record belongs to; ``facets`` are codes to filter by; ``card`` is kept as it is and comes back with the hit.
    ``version`` grows with every change: an older document never replaces a newer one.
    """

    id: str
    kind: str
    version: int
    title: Mapping[str, str]
    names: tuple[str, ...]
    body: Mapping[str, str]
    context: Mapping[str, str]
    facets: Mapping[str, tuple[str, ...]]
    card: Mapping[str, Any]
    changed_at: str
    sort_title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes to deliver: the documents that they touch, and what the source needs to tick them off."""

    keys: list[Key]
    token: list[int]


class DocumentSource(Protocol):
    """Where documents come from, and which of them have changed."""

    def all(self) -> Iterator[Document]:
        """Every document."""

    def some(self, keys: Iterable[Key]) -> Iterator[Document]:
        """These documents; one that is gone is left out."""

    def versions(self) -> Iterator[tuple[str, str, int]]:
        """Kind, identifier and version of every document."""

    def count(self) -> int:
        """How many documents there should be."""

    def pending(self) -> int:
        """How many changes wait."""

    def take(self, limit: int) -> Batch:
        """The oldest changes that wait; they stay until they are done."""

    def done(self, batch: Batch) -> None:
        """These changes are in the index."""

    def failed(self, batch: Batch, error: str) -> None:
        """These changes could not be delivered now."""

    def newest(self) -> int:
        """The newest change so far."""

    def forget_until(self, newest: int) -> None:
        """All changes up to this one are in the index."""

    def delivering(self) -> AbstractContextManager[bool]:
        """The right to deliver, that one process has at a time; False where another has it."""


class FacetLabels(Protocol):
    """How the values of a facet are called."""

    def labels(self, facet: str, values: Sequence[str], lang: str) -> Mapping[str, str]:
        """Labels by value; a value without one is shown as it is."""

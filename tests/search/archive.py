"""A small archive of invented documents, and a source of them in memory: what the tests of the search look in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from search.documents import Batch, Document, Key
from search.synonyms import Synonyms

GROUPS: list[dict[str, Any]] = [
    {"kind": "synonym", "es": ["retornado", "repatriación"], "en": ["returned", "repatriated"]},
    {"kind": "synonym", "es": ["niñez y adolescencia", "menores"], "en": ["children"]},
    {"kind": "synonym", "es": ["rechazo", "no admitido"], "en": ["refused", "not admitted"]},
    {"kind": "acronym", "es": ["INEC", "Instituto de Estadística y Censos"], "en": []},
    {"kind": "acronym", "only_capitals": True, "es": ["ONE", "Oficina Nacional"], "en": []},
    {"kind": "related", "es": ["retornado", "deportado"], "en": ["returned", "deported"]},
]


def synonyms() -> Synonyms:
    return Synonyms(GROUPS)


def document(identifier: str, es: str = "", en: str = "", **given: Any) -> Document:
    """A document with a title; everything else only where a test asks for it."""
    title = {lang: text for lang, text in (("es", es or identifier), ("en", en)) if text}
    kind = given.pop("kind", "production")
    values: dict[str, Any] = {
        "version": 1,
        "title": title,
        "names": (),
        "body": {},
        "context": {},
        "facets": {},
        "card": {"title": title},
        "changed_at": "2024-01-01T00:00:00+00:00",
        "sort_title": title,
        **given,
    }
    facets: Mapping[str, tuple[str, ...]] = {"kind": (kind,), **values.pop("facets")}
    return Document(id=identifier, kind=kind, facets=facets, **values)


@dataclass
class MemorySource:
    """Implements ``search.documents.DocumentSource`` in memory; ``change`` and ``forget`` leave an entry each."""

    records: dict[Key, Document] = field(default_factory=dict)
    entries: dict[int, Key] = field(default_factory=dict)
    last: int = 0
    errors: list[str] = field(default_factory=list)
    busy: bool = False

    def change(self, *documents: Document) -> None:
        for one in documents:
            self.records[one.kind, one.id] = one
            self._enter((one.kind, one.id))

    def forget(self, kind: str, identifier: str) -> None:
        del self.records[kind, identifier]
        self._enter((kind, identifier))

    def _enter(self, key: Key) -> None:
        self.last += 1
        self.entries[self.last] = key

    def all(self) -> Iterator[Document]:
        yield from list(self.records.values())

    def some(self, keys: Iterable[Key]) -> Iterator[Document]:
        yield from (self.records[key] for key in keys if key in self.records)

    def versions(self) -> Iterator[tuple[str, str, int]]:
        yield from sorted((kind, identifier, one.version) for (kind, identifier), one in self.records.items())

    def count(self) -> int:
        return len(self.records)

    def pending(self) -> int:
        return len(self.entries)

    def take(self, limit: int) -> Batch:
        token = sorted(self.entries)[:limit]
        return Batch(keys=list(dict.fromkeys(self.entries[number] for number in token)), token=token)

    def done(self, batch: Batch) -> None:
        for number in batch.token:
            del self.entries[number]

    def failed(self, _batch: Batch, error: str) -> None:
        self.errors.append(error)

    def newest(self) -> int:
        return self.last

    def forget_until(self, newest: int) -> None:
        self.entries = {number: key for number, key in self.entries.items() if number > newest}

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        yield not self.busy

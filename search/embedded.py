"""The embedded engine: tantivy in a folder of the installation."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Query as Engine

from search.analysis import LANGUAGES, fold, words_of
from search.backend import DEEPEST, Hit, Page, Place, Query, Suggestion
from search.documents import Document, Key
from search.embedded_counts import FacetCounts
from search.embedded_documents import TITLE_FIELDS, schema, to_engine
from search.embedded_folder import Commit, IndexFolder
from search.embedded_queries import QueryMaker, all_of
from search.embedded_words import IndexWords
from search.highlighting import Marker
from search.planning import Plan, make_plan
from search.synonyms import Synonyms
from web.cursors import BadCursor

_SLACK = 40
_SMALL_HEAP, _HEAP, _REBUILD_HEAP = 15_000_000, 64_000_000, 256_000_000
_SUGGESTED = ("indicator", "institution", "country", "production", "course")

Ranked = list[tuple[Place, Any]]


class EmbeddedBackend:
    """Implements ``search.backend.SearchBackend``; one object a process, used only after it was forked."""

    def __init__(self, folder: Path, synonyms: Synonyms) -> None:
        self._schema = schema()
        self._folder, self._synonyms = IndexFolder(folder, self._schema), synonyms
        self._make = QueryMaker(self._schema)
        self._lock = threading.Lock()
        self._counts = FacetCounts()
        self._words: tuple[Commit, IndexWords] | None = None

    # -- writing ------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        with self._folder.writing():
            if self._folder.current() is None:
                name, created = self._folder.create()
                created.writer(heap_size=_SMALL_HEAP, num_threads=1).commit()
                self._folder.put_in_force(name)
            index, _ = self._folder.newest()
            searcher = index.searcher()
            writer = index.writer(heap_size=_HEAP, num_threads=1)
            put: dict[str, int] = {}
            for document in documents:
                key = f"{document.kind}:{document.id}"
                there = put.get(key, self._version(searcher, key))
                if there is not None and there >= document.version:
                    continue
                put[key] = document.version
                writer.delete_documents_by_term("key", key)
                writer.add_document(to_engine(document))
            writer.commit()
            writer.wait_merging_threads()

    def _version(self, searcher: tantivy.Searcher, key: str) -> int | None:
        found = searcher.search(self._make.of_key(key), limit=1, count=False).hits
        if not found:
            return None
        value = searcher.fast_field_values("version", [found[0][1]])[0]
        return None if value is None else int(value)

    def remove(self, keys: Iterable[Key]) -> None:
        self._remove("key", (f"{kind}:{identifier}" for kind, identifier in keys))

    def remove_digests(self, digests: Iterable[int]) -> None:
        self._remove("digest", digests)

    def _remove(self, field: str, values: Iterable[Any]) -> None:
        if self._folder.current() is None:
            return
        with self._folder.writing():
            writer = self._folder.newest()[0].writer(heap_size=_SMALL_HEAP, num_threads=1)
            for value in values:
                writer.delete_documents_by_term(field, value)
            writer.commit()
            writer.wait_merging_threads()

    def rebuild(self, documents: Iterable[Document]) -> int:
        name, index = self._folder.create()
        writer = index.writer(heap_size=_REBUILD_HEAP, num_threads=2)
        count = 0
        for document in documents:
            writer.add_document(to_engine(document))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        with self._folder.writing():
            self._folder.put_in_force(name)
        return count

    # -- what is there ------------------------------------------------------------------------------------

    def count(self) -> int:
        return self._searcher().num_docs if self._folder.current() else 0

    def digests(self) -> dict[int, int]:
        searcher = self._searcher() if self._folder.current() else None
        if searcher is None or not searcher.num_docs:
            return {}
        hits = searcher.search(Engine.all_query(), limit=searcher.num_docs, count=False).hits
        places = [place for _, place in hits]
        digests, versions = (searcher.fast_field_values(name, places) for name in ("digest", "version"))
        return {int(digest or 0): int(version or 0) for digest, version in zip(digests, versions, strict=True)}

    def _searcher(self) -> tantivy.Searcher:
        return self._folder.newest()[0].searcher()

    # -- finding ------------------------------------------------------------------------------------------

    def search(self, query: Query) -> Page:
        index, commit = self._folder.newest()
        searcher = index.searcher()
        plan = make_plan(query.text, query.lang, self._synonyms, self._words_of(searcher, commit), exact=query.exact)
        chosen = {facet: values for facet, values in query.filters.items() if values}
        filters = {facet: self._make.filter(facet, values) for facet, values in chosen.items()}
        for reading in self._make.readings(plan):
            ranked, total = self._ranked(searcher, all_of([reading.ranking, *filters.values()]), plan, query)
            if total:
                break
        page = ranked[: query.limit]
        marker = Marker(_phrases(plan))
        return Page(
            hits=tuple(_hit(searcher, place, after, query.lang, marker) for after, place in page),
            total=total,
            facets=self._counts.of(commit, searcher, reading, chosen, filters, query.facets, total),
            next=page[-1][0] if len(ranked) > query.limit else None,
            corrected=plan.corrected,
            loosened=reading.loosened and total > 0,
            related=plan.related,
        )

    def _words_of(self, searcher: tantivy.Searcher, commit: Commit) -> IndexWords:
        with self._lock:
            if self._words is None or self._words[0] != commit:
                self._words = commit, IndexWords(searcher)
            return self._words[1]

    def _ranked(self, searcher: tantivy.Searcher, whole: Engine, plan: Plan, query: Query) -> tuple[Ranked, int]:
        """One hit more than asked for, each with its place, and how many there are."""
        lang = query.lang if query.lang in LANGUAGES else LANGUAGES[0]
        if query.sort == "changed":
            return self._in_order(searcher, whole, query, "order_changed", ("changed", "digest"), tantivy.Order.Desc)
        if query.sort == "title" or not plan.clauses:
            fields = (*TITLE_FIELDS[lang], "digest")
            return self._in_order(searcher, whole, query, f"order_{lang}", fields, tantivy.Order.Asc)
        preferring = self._make.preferring(whole, query.kinds_first)
        return self._by_score(searcher, preferring, query, (TITLE_FIELDS[lang][0], "digest"))

    def _by_score(
        self, searcher: tantivy.Searcher, whole: Engine, query: Query, ties: Sequence[str]
    ) -> tuple[Ranked, int]:
        if query.after is not None and len(query.after) != 1 + len(ties):
            raise BadCursor("the cursor belongs to another list")
        wanted = query.limit + 1 + _SLACK if query.after is None else DEEPEST
        found: Any = searcher.search(whole, limit=wanted, count=True)
        if len(found.hits) == wanted < DEEPEST and found.hits[query.limit][0] == found.hits[-1][0]:
            found = searcher.search(whole, limit=DEEPEST, count=True)
        places = [place for _, place in found.hits]
        numbers = _numbers(searcher, ties, places)
        scored = zip(found.hits, numbers, strict=True)
        ranked = sorted((((-score, *tie), place) for (score, place), tie in scored), key=_place_of)
        if query.after is not None:
            last = (-query.after[0], *query.after[1:])
            ranked = [one for one in ranked if one[0] > last]
        return [((-after[0], *after[1:]), place) for after, place in ranked[: query.limit + 1]], int(found.count)

    def _in_order(
        self,
        searcher: tantivy.Searcher,
        whole: Engine,
        query: Query,
        order_by: str,
        fields: Sequence[str],
        order: tantivy.Order,
    ) -> tuple[Ranked, int]:
        part = whole
        if query.after is not None:
            last = [number for number in query.after if isinstance(number, int)]
            if not len(query.after) == len(last) == len(fields):
                raise BadCursor("the cursor belongs to another list")
            descending = order == tantivy.Order.Desc
            part = all_of([whole, self._make.beyond(fields, last, descending=descending)])
        found: Any = searcher.search(
            part, limit=query.limit + 1, count=query.after is None, order_by_field=order_by, order=order
        )
        if query.after is None:
            total = found.count
        else:
            counted: Any = searcher.search(whole, limit=1, count=True)
            total = counted.count
        places = [place for _, place in found.hits]
        return list(zip(_numbers(searcher, fields, places), places, strict=True)), int(total)

    def suggest(self, text: str, lang: str, limit: int = 8) -> list[Suggestion]:
        typed = [fold(word) for word in words_of(text[:200])][:6]
        if not typed or not all(typed):
            return []
        searcher = self._searcher()
        query = self._make.beginning(typed)
        order = f"order_{lang if lang in LANGUAGES else LANGUAGES[0]}"
        found: list[tuple[int, Suggestion]] = []
        for kind in _SUGGESTED:
            hits = searcher.search(
                all_of([query, self._make.of_kind(kind)]),
                limit=limit * 3,
                count=False,
                order_by_field=order,
                order=tantivy.Order.Asc,
            ).hits
            for _, place in hits:
                source = _stored(searcher, place)
                title = _in(source["title"], lang)[0]
                begins = fold("".join(words_of(title)[:1])).startswith(typed[0])
                found.append((0 if begins else 1, Suggestion(kind, source["id"], title)))
        return _share(found, limit)


def _numbers(searcher: tantivy.Searcher, fields: Sequence[str], places: list[Any]) -> list[tuple[int, ...]]:
    if not places:
        return []
    columns = (searcher.fast_field_values(field, places) for field in fields)
    return [tuple(int(number or 0) for number in row) for row in zip(*columns, strict=True)]


def _place_of(ranked: tuple[Place, Any]) -> Place:
    return ranked[0]


def _hit(searcher: tantivy.Searcher, place: Any, after: Place, lang: str, marker: Marker) -> Hit:
    source = _stored(searcher, place)
    title, title_lang = _in(source["title"], lang)
    body, body_lang = _in(source["body"], lang)
    return Hit(
        kind=source["kind"],
        id=source["id"],
        version=source["version"],
        card=source["card"],
        title=marker.mark(title),
        title_lang=title_lang,
        passage=marker.passage(body),
        passage_lang=body_lang,
        changed_at=source["changed_at"],
        # Only a list by relevance is sorted by a number that is no integer.
        score=after[0] if isinstance(after[0], float) else 0.0,
    )


def _share(found: list[tuple[int, Suggestion]], limit: int) -> list[Suggestion]:
    """At most so many, each kind getting its turn, those whose title begins as typed first; grouped by kind."""
    by_kind: dict[str, list[Suggestion]] = {}
    for _, suggestion in sorted(found, key=lambda item: item[0]):
        by_kind.setdefault(suggestion.kind, []).append(suggestion)
    chosen: list[Suggestion] = []
    for turn in range(limit):
        chosen += [own[turn] for own in by_kind.values() if turn < len(own)]
    chosen = chosen[:limit]
    return [suggestion for kind in by_kind for suggestion in chosen if suggestion.kind == kind]


def _stored(searcher: tantivy.Searcher, place: Any) -> dict[str, Any]:
    source: dict[str, Any] = json.loads(searcher.doc(place).get_first("source") or b"{}")
    return source


def _in(texts: dict[str, str], lang: str) -> tuple[str, str]:
    """The text in a language, or in the other, and which it is."""
    for candidate in (lang, *LANGUAGES):
        if candidate in texts:
            return texts[candidate], candidate
    return "", lang


def _phrases(plan: Plan) -> dict[str, set[tuple[str, ...]]]:
    """What to mark, by language; single words as they were written under the empty one."""
    phrases: dict[str, set[tuple[str, ...]]] = {}
    for clause in plan.clauses:
        for variant in clause.variants:
            phrases.setdefault(variant.lang, set()).add(variant.stems)
            if len(variant.words) == 1:
                phrases.setdefault("", set()).add(variant.words)
    return phrases

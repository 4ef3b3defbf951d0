"""The embedded engine: tantivy in a folder of the installation. The only module that imports it, but for analysis."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as Engine

from search.analysis import LANGUAGES, fold, stem, words_of
from search.backend import DEEPEST, Hit, Page, Query, SearchUnavailable, Suggestion
from search.correction import Vocabulary
from search.documents import Document, Key
from search.embedded_documents import STEMMED, register_analysers, schema, to_engine
from search.highlighting import mark, passage
from search.planning import Clause, Plan, make_plan
from search.synonyms import Synonyms, Variant

WEIGHTS = {"title": 4.0, "names": 5.0, "context": 1.5, "body": 1.0, "words": 0.5}
IN_FORCE = 4.0
_TIE_BREAKER = 0.15
# More values than any facet has; the engine counts exactly up to here.
_MOST_VALUES = 20_000
_SLACK = 40
_ORDER = {"title": "title_key", "changed": "change_key"}


class EmbeddedBackend:
    """Implements ``search.backend.SearchBackend``; one object a process, opened after it was forked."""

    def __init__(self, folder: Path, synonyms: Synonyms) -> None:
        self._folder, self._synonyms = folder, synonyms
        self._schema = schema()
        self._lock = threading.RLock()
        self._open: tuple[str, tantivy.Index] | None = None
        self._seen = 0
        self._vocabulary: Vocabulary | None = None
        self._known: dict[str, bool] = {}
        self._nearest: dict[str, str | None] = {}

    # -- the index on disk --------------------------------------------------------------------------------

    @property
    def _pointer(self) -> Path:
        return self._folder / "current"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer over all processes; the others wait."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _current(self) -> str | None:
        try:
            return self._pointer.read_text().strip() or None
        except FileNotFoundError:
            return None

    def _create(self, name: str) -> tantivy.Index:
        path = self._folder / name
        path.mkdir(parents=True)
        index = tantivy.Index(self._schema, path=str(path))
        register_analysers(index)
        return index

    def _point_to(self, name: str) -> None:
        partial = self._folder / f"current.{os.getpid()}"
        partial.write_text(name)
        partial.replace(self._pointer)

    def _index(self) -> tantivy.Index:
        """The index in force, with its newest commit."""
        name = self._current()
        if name is None:
            raise SearchUnavailable("there is no index yet")
        with self._lock:
            if self._open is None or self._open[0] != name:
                try:
                    index = tantivy.Index.open(str(self._folder / name))
                except ValueError as error:
                    raise SearchUnavailable(str(error)) from None
                register_analysers(index)
                self._open, self._seen = (name, index), 0
            try:
                changed = (self._folder / name / "meta.json").stat().st_mtime_ns
            except FileNotFoundError as error:
                raise SearchUnavailable(str(error)) from None
            if changed != self._seen:
                self._open[1].reload()
                self._seen = changed
                self._vocabulary = None
                self._known.clear()
                self._nearest.clear()
            return self._open[1]

    def _searcher(self) -> tantivy.Searcher:
        return self._index().searcher()

    # -- writing ------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        with self._writing():
            if self._current() is None:
                name = _new_name()
                self._create(name).writer(heap_size=15_000_000, num_threads=1).commit()
                self._point_to(name)
            index = self._index()
            searcher = index.searcher()
            writer = index.writer(heap_size=64_000_000, num_threads=1)
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
        found = searcher.search(Engine.term_query(self._schema, "key", key), limit=1, count=False).hits
        if not found:
            return None
        value = searcher.fast_field_values("version", [found[0][1]])[0]
        return None if value is None else int(value)

    def remove(self, keys: Iterable[Key]) -> None:
        if self._current() is None:
            return
        with self._writing():
            writer = self._index().writer(heap_size=15_000_000, num_threads=1)
            for kind, identifier in keys:
                writer.delete_documents_by_term("key", f"{kind}:{identifier}")
            writer.commit()
            writer.wait_merging_threads()

    def remove_digests(self, digests: Iterable[int]) -> None:
        """Forget documents of which only the digest of their key is known."""
        with self._writing():
            writer = self._index().writer(heap_size=15_000_000, num_threads=1)
            for digest in digests:
                writer.delete_documents_by_term("digest", digest)
            writer.commit()
            writer.wait_merging_threads()

    def rebuild(self, documents: Iterable[Document]) -> int:
        name = _new_name()
        self._folder.mkdir(parents=True, exist_ok=True)
        writer = self._create(name).writer(heap_size=256_000_000, num_threads=2)
        count = 0
        for document in documents:
            writer.add_document(to_engine(document))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        with self._writing():
            before = self._current()
            self._point_to(name)
            self._sweep({name, before})
        return count

    def _sweep(self, kept: set[str | None]) -> None:
        """Remove what older rebuilds left, finished or not; the one before stays for readers that have it open."""
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in kept and path.name.startswith("generation-"):
                shutil.rmtree(path, ignore_errors=True)

    # -- reading ------------------------------------------------------------------------------------------

    def count(self) -> int:
        return self._searcher().num_docs if self._current() else 0

    def digests(self) -> dict[int, int]:
        """The version of every document by the digest of its key."""
        if self._current() is None:
            return {}
        searcher = self._searcher()
        if not searcher.num_docs:
            return {}
        hits = searcher.search(Engine.all_query(), limit=searcher.num_docs, count=False).hits
        places = [place for _, place in hits]
        digests, versions = (searcher.fast_field_values(name, places) for name in ("digest", "version"))
        return {int(digest or 0): int(version or 0) for digest, version in zip(digests, versions, strict=True)}

    def search(self, query: Query) -> Page:
        searcher = self._searcher()
        plan = self._plan(searcher, query)
        filters = {facet: self._filter(facet, values) for facet, values in query.filters.items() if values}
        matching, loosened = self._matching(searcher, plan, list(filters.values()))
        whole = _all_of([matching, *filters.values()])
        if plan.clauses:
            whole = self._in_force_first(whole)
        hits, total, following = self._hits(searcher, whole, plan, query)
        return Page(
            hits=tuple(hits),
            total=total,
            facets=self._facets(searcher, matching, filters, query.facets),
            next=following,
            corrected=plan.corrected,
            loosened=loosened,
            related=plan.related,
        )

    def _plan(self, searcher: tantivy.Searcher, query: Query) -> Plan:
        return make_plan(
            query.text,
            query.lang,
            self._synonyms,
            lambda word: self._is_known(searcher, word),
            lambda word: self._nearest_word(searcher, word),
            exact=query.exact,
        )

    def _is_known(self, searcher: tantivy.Searcher, word: str) -> bool:
        folded = fold(word)
        known = self._known.get(folded)
        if known is None:
            known = searcher.doc_freq("words", folded) > 0 or any(
                (root := stem(lang, word)) and searcher.doc_freq(f"{name}_{lang}", root) > 0
                for lang in LANGUAGES
                for name in STEMMED
            )
            self._known[folded] = known
        return known

    def _nearest_word(self, searcher: tantivy.Searcher, word: str) -> str | None:
        with self._lock:
            if self._vocabulary is None:
                self._vocabulary = Vocabulary(searcher.terms_with_prefix("words", ""))
            if word not in self._nearest:
                if len(self._nearest) > 10_000:
                    self._nearest.clear()
                self._nearest[word] = self._vocabulary.nearest(word)
            return self._nearest[word]

    def _filter(self, facet: str, values: Sequence[str]) -> Engine:
        terms = Engine.term_set_query(self._schema, f"f_{facet}", list(values))
        return Engine.const_score_query(terms, 0.0)

    def _matching(self, searcher: tantivy.Searcher, plan: Plan, filters: list[Engine]) -> tuple[Engine, bool]:
        """The query for a plan's words; where no record holds all of them, for as many as some record holds."""
        if not plan.clauses:
            return Engine.all_query(), False
        required = [self._clause(clause) for clause in plan.required]
        optional = [self._clause(clause) for clause in plan.clauses if not clause.required]
        strict = Engine.boolean_query(
            [*((Occur.Must, query) for query in required), *((Occur.Should, query) for query in optional)]
        )
        if len(required) < 2 or self._any(searcher, [strict, *filters]):
            return strict, False
        for least in range(len(required) - 1, 0, -1):
            some = Engine.boolean_query(
                [(Occur.Should, query) for query in required], minimum_number_should_match=least
            )
            loose = Engine.boolean_query([(Occur.Must, some), *((Occur.Should, query) for query in optional)])
            if self._any(searcher, [loose, *filters]):
                return loose, True
        return strict, False

    def _in_force_first(self, query: Engine) -> Engine:
        """What is closed comes after what is like it and in force."""
        active = Engine.const_score_query(Engine.term_query(self._schema, "f_status", "active"), IN_FORCE)
        return Engine.boolean_query([(Occur.Must, query), (Occur.Should, active)])

    def _any(self, searcher: tantivy.Searcher, queries: list[Engine]) -> bool:
        return bool(searcher.search(_all_of(queries), limit=1, count=False).hits)

    def _clause(self, clause: Clause) -> Engine:
        ways: list[Engine] = []
        folded: set[tuple[str, ...]] = set()
        for variant in clause.variants:
            ways += self._ways(variant)
            if variant.words not in folded:
                folded.add(variant.words)
                ways += self._plain_ways(variant)
        return ways[0] if len(ways) == 1 else Engine.disjunction_max_query(ways, _TIE_BREAKER)

    def _ways(self, variant: Variant) -> list[Engine]:
        """A variant in the stemmed fields of its language."""
        return [
            self._weighted(f"{name}_{variant.lang}", variant.stems, WEIGHTS[name] * variant.weight) for name in STEMMED
        ]

    def _weighted(self, field: str, terms: Sequence[str], weight: float) -> Engine:
        if len(terms) == 1:
            return Engine.boost_query(Engine.term_query(self._schema, field, terms[0], "freq"), weight)
        # All the words count somewhat, and more where they stand together.
        apart = Engine.boolean_query(
            [(Occur.Must, Engine.term_query(self._schema, field, term, "freq")) for term in dict.fromkeys(terms)]
        )
        return Engine.boost_query(apart, weight)

    def _plain_ways(self, variant: Variant) -> list[Engine]:
        """A variant as it was written, in the fields that are not stemmed: acronyms, codes, words without accents."""
        weight = variant.weight
        if len(variant.words) > 1:
            return []
        return [
            Engine.boost_query(
                Engine.term_query(self._schema, field, variant.words[0], "freq"), WEIGHTS[field] * weight
            )
            for field in ("names", "words")
        ]

    def _hits(
        self, searcher: tantivy.Searcher, whole: Engine, plan: Plan, query: Query
    ) -> tuple[list[Hit], int, tuple[float, int] | None]:
        by_score = query.sort == "relevance" and bool(plan.clauses)
        if by_score:
            ranked, total = self._by_score(searcher, whole, query)
        else:
            ranked, total = self._by_key(searcher, whole, query)
        page = ranked[: query.limit]
        following = (page[-1][0], page[-1][1]) if len(ranked) > query.limit else None
        phrases = _phrases(plan)
        return [self._hit(searcher, place, score, query.lang, phrases) for score, _, place in page], total, following

    def _by_score(
        self, searcher: tantivy.Searcher, whole: Engine, query: Query
    ) -> tuple[list[tuple[float, int, Any]], int]:
        wanted = query.limit + 1 + _SLACK if query.after is None else DEEPEST
        while True:
            found = searcher.search(whole, limit=wanted, count=True)
            total = int(found.count or 0)
            tied = len(found.hits) == wanted and wanted < DEEPEST and found.hits[query.limit][0] == found.hits[-1][0]
            if not tied:
                break
            wanted = DEEPEST
        keys = searcher.fast_field_values("title_key", [place for _, place in found.hits])
        ranked = sorted(
            ((score, int(key or 0), place) for (score, place), key in zip(found.hits, keys, strict=True)),
            key=lambda hit: (-hit[0], hit[1]),
        )
        if query.after is not None:
            score, last = query.after
            ranked = [hit for hit in ranked if (-hit[0], hit[1]) > (-score, last)]
        return ranked, total

    def _by_key(
        self, searcher: tantivy.Searcher, whole: Engine, query: Query
    ) -> tuple[list[tuple[float, int, Any]], int]:
        field = _ORDER.get(query.sort, "title_key")
        newest_first = field == "change_key"
        total = int(searcher.search(whole, limit=1, count=True).count or 0)
        part = whole
        if query.after is not None:
            low, high = (None, query.after[1]) if newest_first else (query.after[1], None)
            beyond = Engine.range_query(self._schema, field, tantivy.FieldType.Integer, low, high, False, False)
            part = _all_of([whole, beyond])
        order = tantivy.Order.Desc if newest_first else tantivy.Order.Asc
        found = searcher.search(part, limit=query.limit + 1, count=False, order_by_field=field, order=order)
        places = [place for _, place in found.hits]
        keys = searcher.fast_field_values(field, places) if places else []
        return [(0.0, int(key or 0), place) for key, place in zip(keys, places, strict=True)], total

    def _hit(
        self, searcher: tantivy.Searcher, place: Any, score: float, lang: str, phrases: dict[str, set[tuple[str, ...]]]
    ) -> Hit:
        source = _stored(searcher, place)
        title, title_lang = _in(source["title"], lang)
        body, body_lang = _in(source["body"], lang)
        return Hit(
            kind=source["kind"],
            id=source["id"],
            version=source["version"],
            card=source["card"],
            title=mark(title, phrases),
            title_lang=title_lang,
            passage=mark(passage(body, phrases), phrases),
            passage_lang=body_lang,
            changed_at=source["changed_at"],
            score=score,
        )

    def _facets(
        self, searcher: tantivy.Searcher, matching: Engine, filters: dict[str, Engine], wanted: Sequence[str]
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        """Counts by value; a facet that filters is counted as if it did not."""
        free = [facet for facet in wanted if facet not in filters]
        counts = self._count(searcher, _all_of([matching, *filters.values()]), free) if free else {}
        for facet in wanted:
            if facet in filters:
                others = [query for name, query in filters.items() if name != facet]
                counts |= self._count(searcher, _all_of([matching, *others]), [facet])
        return {facet: counts[facet] for facet in wanted}

    def _count(
        self, searcher: tantivy.Searcher, query: Engine, facets: Sequence[str]
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        asked = {facet: {"terms": {"field": f"f_{facet}", "size": _MOST_VALUES}} for facet in facets}
        found = searcher.aggregate(query, asked)
        return {
            facet: tuple(
                sorted(
                    ((bucket["key"], int(bucket["doc_count"])) for bucket in found[facet]["buckets"]),
                    key=lambda value: (-value[1], value[0]),
                )
            )
            for facet in facets
        }

    def suggest(self, text: str, lang: str, limit: int = 8) -> list[Suggestion]:
        typed = [fold(word) for word in words_of(text[:200])][:6]
        if not typed or not all(typed):
            return []
        searcher = self._searcher()
        query = Engine.boolean_query(
            [(Occur.Must, Engine.regex_query(self._schema, "names", f"{word}.*")) for word in typed]
        )
        found: list[tuple[int, Suggestion]] = []
        for kind in ("indicator", "institution", "country", "production", "course"):
            only = Engine.term_query(self._schema, "f_kind", kind)
            hits = searcher.search(
                _all_of([query, only]),
                limit=limit * 4,
                count=False,
                order_by_field="title_key",
                order=tantivy.Order.Asc,
            ).hits
            for _, place in hits:
                source = _stored(searcher, place)
                title = _in(source["title"], lang)[0]
                begins = fold("".join(words_of(title)[:1])).startswith(typed[0])
                found.append((0 if begins else 1, Suggestion(kind, source["id"], title)))
        return _share(found, limit)


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


def _new_name() -> str:
    return f"generation-{uuid.uuid4().hex[:12]}"


def _all_of(queries: Sequence[Engine]) -> Engine:
    if len(queries) == 1:
        return queries[0]
    return Engine.boolean_query([(Occur.Must, query) for query in queries])


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

"""The facets of the embedded engine, counted by value; what was counted lately is kept until the next commit."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

import tantivy
from tantivy import Query as Engine

from search.backend import MOST_VALUES
from search.embedded_documents import BETWEEN_VALUES, MANY_VALUED
from search.embedded_folder import Commit
from search.embedded_queries import Reading, all_of

Counts = dict[str, tuple[tuple[str, int], ...]]
Chosen = Mapping[str, tuple[str, ...]]

# More values than any facet has; the engine counts exactly up to here.
_ALL_VALUES = 20_000
# So many are taken over at first: those to be shown, and enough to see whether there is a tie for the last place.
_ENOUGH_VALUES = 2 * MOST_VALUES
# Counts that took less (seconds of this thread) are made again rather than kept: they would push out those that cost.
_WORTH_KEEPING = 0.0003
# Values and their numbers, of all counts together; some 30 MB.
_MOST_KEPT = 200_000
# From so many documents on, counting sets of values and adding them up is quicker than counting every value.
_MANY_DOCUMENTS = 10_000


class FacetCounts:
    """Counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commit: Commit | None = None
        self._kept: OrderedDict[Hashable, Counts] = OrderedDict()
        self._size = 0

    def of(
        self,
        commit: Commit,
        searcher: tantivy.Searcher,
        reading: Reading,
        chosen: Chosen,
        filters: Mapping[str, Engine],
        wanted: Sequence[str],
        total: int,
    ) -> Counts:
        """Counts by value, most first; a facet that filters is counted as if it did not.

        :param chosen: the values that ``filters`` are made of.
        :param total: how many documents fit all of it.
        """
        free = tuple(facet for facet in wanted if facet not in filters)
        passes = [(free, dict(chosen))] if free else []
        passes += [((facet,), {**chosen, facet: ()}) for facet in wanted if facet in filters]
        counts: Counts = {}
        for facets, others in passes:
            used = {name: values for name, values in others.items() if values}
            key = (reading.key, tuple(sorted(used.items())), facets, chosen.get(facets[0]))
            found = self._lookup(commit, key)
            if found is None:
                query = all_of([reading.counting, *(filters[name] for name in used)])
                began = time.thread_time()
                # Without its own filter a facet may be counted over many more documents than fit.
                by_set = total >= _MANY_DOCUMENTS or facets != free
                found = _count(searcher, query, {facet: chosen.get(facet, ()) for facet in facets}, by_set=by_set)
                if time.thread_time() - began > _WORTH_KEEPING:
                    self._keep(commit, key, found)
            counts |= found
        return {facet: counts[facet] for facet in wanted}

    def _lookup(self, commit: Commit, key: Hashable) -> Counts | None:
        with self._lock:
            if self._commit != commit:
                self._kept.clear()
                self._size, self._commit = 0, commit
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def _keep(self, commit: Commit, key: Hashable, counts: Counts) -> None:
        with self._lock:
            if self._commit != commit or key in self._kept:
                return
            self._kept[key] = counts
            self._size += _size_of(counts)
            while self._size > _MOST_KEPT:
                self._size -= _size_of(self._kept.popitem(last=False)[1])


def _size_of(counts: Counts) -> int:
    return 1 + sum(map(len, counts.values()))


def _count(searcher: tantivy.Searcher, query: Engine, facets: Chosen, *, by_set: bool) -> Counts:
    """Count these facets; their chosen values are there whatever their number."""
    sets = [facet for facet in facets if by_set and facet in MANY_VALUED]
    sizes = {facet: _ALL_VALUES if facet in sets or facets[facet] else _ENOUGH_VALUES for facet in facets}
    fields = {facet: f"set_{facet}" if facet in sets else f"f_{facet}" for facet in facets}
    found = _buckets(searcher, query, fields, sizes)
    tied = {facet: _ALL_VALUES for facet, pairs in found.items() if sizes[facet] != _ALL_VALUES and _is_tied(pairs)}
    if tied:
        found |= _buckets(searcher, query, fields, tied)
    counts: Counts = {}
    for facet, pairs in found.items():
        values = _added_up(pairs) if facet in sets else pairs
        chosen = [pair for pair in values if pair[0] in facets[facet]]
        counts[facet] = tuple(dict([*_most(values), *chosen]).items())
    return counts


def _buckets(
    searcher: tantivy.Searcher, query: Engine, fields: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, list[tuple[str, int]]]:
    """Values and numbers by facet, those of the most documents first, at most so many."""
    asked = {
        facet: {"terms": {"field": fields[facet], "size": size, "segment_size": _ALL_VALUES}}
        for facet, size in sizes.items()
    }
    found = searcher.aggregate(query, asked)
    return {facet: [(bucket["key"], int(bucket["doc_count"])) for bucket in found[facet]["buckets"]] for facet in sizes}


def _is_tied(pairs: Sequence[tuple[str, int]]) -> bool:
    """Whether values that were left out may have as many documents as the last that is shown."""
    return len(pairs) == _ENOUGH_VALUES and pairs[-1][1] == pairs[MOST_VALUES - 1][1]


def _most(pairs: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    """The values of the most documents out of pairs that are ordered by number; where it is equal, by value."""
    last = pairs[MOST_VALUES - 1][1] if len(pairs) >= MOST_VALUES else 0
    return sorted(takewhile(lambda pair: pair[1] >= last, pairs), key=_most_first)[:MOST_VALUES]


def _added_up(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Values out of sets of values, ordered by number."""
    counts: dict[str, int] = {}
    for together, number in pairs:
        for value in _values_of(together):
            counts[value] = counts.get(value, 0) + number
    return sorted(counts.items(), key=_most_first)


@lru_cache(maxsize=8192)
def _values_of(together: str) -> tuple[str, ...]:
    return tuple(together.split(BETWEEN_VALUES))


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]

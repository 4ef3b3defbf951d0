"""The facets of the embedded engine, counted by value; what was counted lately is kept until the next commit."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

import tantivy
from tantivy import Query as Engine

from search.embedded_folder import Commit
from search.embedded_queries import Reading, all_of

Counts = dict[str, tuple[tuple[str, int], ...]]
Chosen = Mapping[str, tuple[str, ...]]

# More values than any facet has; the engine counts exactly up to here.
_MOST_VALUES = 20_000
_KEPT = 500


class FacetCounts:
    """Counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commit: Commit | None = None
        self._kept: OrderedDict[Hashable, Counts] = OrderedDict()

    def of(
        self,
        commit: Commit,
        searcher: tantivy.Searcher,
        reading: Reading,
        chosen: Chosen,
        filters: Mapping[str, Engine],
        wanted: Sequence[str],
    ) -> Counts:
        """Counts by value, most first; a facet that filters is counted as if it did not.

        :param chosen: the values that ``filters`` are made of.
        """
        free = tuple(facet for facet in wanted if facet not in filters)
        passes = [(free, dict(chosen))] if free else []
        passes += [((facet,), {**chosen, facet: ()}) for facet in wanted if facet in filters]
        counts: Counts = {}
        for facets, others in passes:
            used = {name: values for name, values in others.items() if values}
            key = (reading.key, tuple(sorted(used.items())), facets)
            found = self._lookup(commit, key)
            if found is None:
                query = all_of([reading.counting, *(filters[name] for name in used)])
                found = _count(searcher, query, facets)
                self._keep(commit, key, found)
            counts |= found
        return {facet: counts[facet] for facet in wanted}

    def _lookup(self, commit: Commit, key: Hashable) -> Counts | None:
        with self._lock:
            if self._commit != commit:
                self._kept.clear()
                self._commit = commit
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def _keep(self, commit: Commit, key: Hashable, counts: Counts) -> None:
        with self._lock:
            if self._commit == commit:
                self._kept[key] = counts
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)


def _count(searcher: tantivy.Searcher, query: Engine, facets: Sequence[str]) -> Counts:
    asked = {facet: {"terms": {"field": f"f_{facet}", "size": _MOST_VALUES}} for facet in facets}
    found = searcher.aggregate(query, asked)
    counts: Counts = {}
    for facet in facets:
        ranked = sorted((-bucket["doc_count"], bucket["key"]) for bucket in found[facet]["buckets"])
        counts[facet] = tuple((value, int(-count)) for count, value in ranked)
    return counts

"""From a plan to queries of the embedded engine."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Engine

from search.embedded_documents import STEMMED
from search.planning import Clause, Plan

WEIGHTS = {"title": 4.0, "names": 5.0, "context": 1.5, "body": 1.0}
IN_FORCE = 4.0
KIND_FIRST = 20.0
_TIE_BREAKER = 0.15


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan as queries: one to count what fits, and one that finds the same and ranks it.

    ``key`` tells readings apart that find different things; ``loosened`` says whether words may be missing.
    """

    counting: Engine
    ranking: Engine
    key: Hashable
    loosened: bool


class QueryMaker:
    """Makes queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def filter(self, facet: str, values: Sequence[str]) -> Engine:
        """Any of these values of a facet."""
        return Engine.const_score_query(Engine.term_set_query(self._schema, f"f_{facet}", list(values)), 0.0)

    def readings(self, plan: Plan) -> Iterator[Reading]:
        """What to ask until something is found: all of a plan's words, then as many as some record holds."""
        if not plan.clauses:
            yield Reading(Engine.all_query(), Engine.all_query(), (), False)
            return
        held = [self._held(clause) for clause in plan.required]
        required = [self._clause(clause) for clause in plan.required]
        optional = [(Occur.Should, self._clause(clause)) for clause in plan.clauses if not clause.required]
        everything = [(Occur.Must, query) for query in required]
        yield Reading(all_of(held), Engine.boolean_query([*everything, *optional]), (plan.required, 0), False)
        for least in range(len(required) - 1, 0, -1):
            enough = (Occur.Must, _enough(required, least))
            some = Engine.boolean_query([enough, *optional])
            yield Reading(_enough(held, least), some, (plan.required, least), True)

    def preferring(self, query: Engine, kinds: Sequence[str]) -> Engine:
        """What is in force comes before what is like it and closed; these kinds come before others."""
        active = Engine.const_score_query(Engine.term_query(self._schema, "f_status", "active"), IN_FORCE)
        preferred = [(Occur.Should, active)]
        if kinds:
            of_kinds = Engine.term_set_query(self._schema, "f_kind", list(kinds))
            preferred.append((Occur.Should, Engine.const_score_query(of_kinds, KIND_FIRST)))
        return Engine.boolean_query([(Occur.Must, query), *preferred])

    def beyond(self, fields: Sequence[str], numbers: Sequence[int], *, descending: bool) -> Engine:
        """What comes after these numbers, the first of them compared first."""
        alternatives = []
        for place, (field, number) in enumerate(zip(fields, numbers, strict=True)):
            before = [self._range(name, same, same, True) for name, same in zip(fields[:place], numbers, strict=False)]
            low, high = (None, number) if descending else (number, None)
            further = [*before, self._range(field, low, high, False)]
            alternatives.append((Occur.Should, all_of(further)))
        return Engine.const_score_query(Engine.boolean_query(alternatives), 0.0)

    def _range(self, field: str, low: int | None, high: int | None, inclusive: bool) -> Engine:
        return Engine.range_query(
            self._schema,
            field,
            FieldType.Integer,
            low,
            high,
            inclusive or low is None,
            inclusive or high is None,
        )

    def beginning(self, words: Sequence[str]) -> Engine:
        """Names of which a word begins like each of these (folded) words."""
        return all_of([Engine.regex_query(self._schema, "names", f"{word}.*") for word in words])

    def of_kind(self, kind: str) -> Engine:
        return Engine.term_query(self._schema, "f_kind", kind)

    def of_key(self, key: str) -> Engine:
        return Engine.term_query(self._schema, "key", key)

    def _held(self, clause: Clause) -> Engine:
        """What fits a clause, without regard to where its words stand, which is quicker to find."""
        ways: dict[tuple[str, tuple[str, ...]], Engine] = {}
        for variant in clause.widest:
            if len(variant.stems) == 1:
                where = f"all_{variant.lang}"
                ways[where, variant.stems] = self._terms(where, variant.stems)
            else:
                for name in STEMMED:
                    where = f"{name}_{variant.lang}"
                    ways[where, variant.stems] = self._terms(where, variant.stems)
            if len(variant.words) == 1:
                ways["names", variant.words] = self._terms("names", variant.words)
        return _enough(list(ways.values()), 1)

    def _clause(self, clause: Clause) -> Engine:
        ways: list[Engine] = []
        plain: dict[tuple[str, ...], float] = {}
        for variant in clause.variants:
            ways += [
                self._weighted(f"{name}_{variant.lang}", variant.stems, WEIGHTS[name] * variant.weight)
                for name in STEMMED
            ]
            plain.setdefault(variant.words, variant.weight)
        for words, weight in plain.items():
            ways += self._plain_ways(words, weight)
        return ways[0] if len(ways) == 1 else Engine.disjunction_max_query(ways, _TIE_BREAKER)

    def _plain_ways(self, words: Sequence[str], weight: float) -> list[Engine]:
        """One word as it was written, in names that are not stemmed: acronyms, codes, words without accents."""
        return [self._weighted("names", words, WEIGHTS["names"] * weight)] if len(words) == 1 else []

    def _weighted(self, field: str, terms: Sequence[str], weight: float) -> Engine:
        return Engine.boost_query(self._terms(field, terms, "freq"), weight)

    def _terms(self, field: str, terms: Sequence[str], option: str = "basic") -> Engine:
        """All the terms of an expression in one field."""
        return all_of([Engine.term_query(self._schema, field, term, option) for term in dict.fromkeys(terms)])


def all_of(queries: Sequence[Engine]) -> Engine:
    """What fits every one of these."""
    if len(queries) == 1:
        return queries[0]
    return Engine.boolean_query([(Occur.Must, query) for query in queries])


def _enough(queries: Sequence[Engine], least: int) -> Engine:
    """What fits at least so many of these."""
    if len(queries) == 1:
        return queries[0]
    return Engine.boolean_query([(Occur.Should, query) for query in queries], minimum_number_should_match=least)

"""The floor of the search: the same engine on the same index, behind the smallest endpoint that could be written.

No correction, no synonyms, no words to explain a hit, no links: twenty hits and twelve facets as JSON.
``gunicorn bench.floor:app`` with ``ACERVO_BENCH_INDEX`` naming the folder of an installation's index.
"""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import tantivy
from flask import Flask, Response, request
from tantivy import Occur
from tantivy import Query as Engine

from search.backend import FACETS
from search.embedded_documents import STEMMED, register_analysers, schema

HITS = 20
_FIELDS = ["names", *(f"{name}_{lang}" for name in STEMMED for lang in ("es", "en"))]
_MOST_VALUES = 20_000
_WORD = re.compile(r"[^\W_]+")

app = Flask(__name__)


@lru_cache(maxsize=1)
def _index() -> tantivy.Index:
    folder = Path(os.environ["ACERVO_BENCH_INDEX"])
    index = tantivy.Index.open(str(folder / (folder / "current").read_text().strip()))
    register_analysers(index)
    return index


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    return schema()


@app.get("/search")
def search() -> Response:
    """All the words, in any field; facets that ignore their own filter, as the product's do."""
    index = _index()
    words = _WORD.findall(request.args.get("q", ""))
    text = index.parse_query(" ".join(words), _FIELDS, conjunction_by_default=True) if words else Engine.all_query()
    filters = {
        facet: Engine.term_set_query(_schema(), f"f_{facet}", values)
        for facet in FACETS
        if (values := request.args.getlist(facet))
    }
    searcher = index.searcher()
    # The engine's own description of its results leaves the count out.
    found: Any = searcher.search(_all_of([text, *filters.values()]), limit=HITS, count=True)
    hits = [json.loads(searcher.doc(place).get_first("source") or b"{}") for _, place in found.hits]
    answer = {"total": found.count, "items": hits, "facets": _facets(searcher, text, filters)}
    return Response(json.dumps(answer, ensure_ascii=False), mimetype="application/json")


def _facets(searcher: tantivy.Searcher, text: Engine, filters: dict[str, Engine]) -> dict[str, Any]:
    free = [facet for facet in FACETS if facet not in filters]
    counts = _count(searcher, _all_of([text, *filters.values()]), free)
    for facet in filters:
        others = [query for name, query in filters.items() if name != facet]
        counts |= _count(searcher, _all_of([text, *others]), [facet])
    return counts


def _count(searcher: tantivy.Searcher, query: Engine, facets: list[str]) -> dict[str, Any]:
    asked = {facet: {"terms": {"field": f"f_{facet}", "size": _MOST_VALUES}} for facet in facets}
    return {facet: found["buckets"] for facet, found in searcher.aggregate(query, asked).items()}


def _all_of(queries: list[Engine]) -> Engine:
    return queries[0] if len(queries) == 1 else Engine.boolean_query([(Occur.Must, query) for query in queries])
